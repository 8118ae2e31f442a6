"""An answer of `nocd` to each change that it can be asked for."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from noc_tui.api import (
    acts,
    alerts,
    announcements,
    authority,
    clock,
    contract,
    core,
    downtime,
    evacuation,
    evidence,
    guest_console,
    guests,
    handover,
    incidents,
    legal,
    liability,
    messages,
    months,
    payments,
    promises,
    register,
    restoration,
    reversibility,
    scope,
    suspension,
)
from noc_tui.api import credits as claims
from noc_tui.contract.suspension.values import Person
from noc_tui.contract.terms import BilingualText
from tests.support.endpoints import ENDPOINTS

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)

_GIVEN: tuple[msgspec.Struct, ...] = (
    acts.OrderedActs((1, 2)),
    acts.ActPreview(
        guests=(
            acts.GuestEffect(
                guest="rennes/101",
                name="web-1",
                tenant="acme",
                node="pve1",
                status="running",
                ha="",
                effect=("moved to pve2 while it runs on",),
            ),
        ),
        tenants=("acme",),
        interrupted=(),
        quorate=True,
        nodes=(acts.NodeMemory("pve2", 1 << 40, 0, 1 << 32),),
    ),
    alerts.Alert(
        fingerprint="node node:rennes/pve1",
        rule="node",
        severity="critical",
        scope="cluster:rennes",
        subject="node:rennes/pve1",
        tenant="",
        words=("pve1",),
        deadline=None,
        state="open",
        since=AT,
        raised=1,
        resolved_at=None,
        acknowledged_at=None,
        acknowledged_by="",
        acknowledged_severity="",
        snoozed_until=None,
        assignee="",
        incident=1,
        woken_at=None,
    ),
    alerts.Acknowledged(alerts=(), left=("node:node:rennes/pve1",)),
    alerts.Shift(id=1, start=AT, end=AT, account="omar", planned_by="lea"),
    announcements.Window(1),
    authority.OrderDocument(
        id="A-0001",
        kind="civil",
        authority="Tribunal",
        reference="42/2026",
        legal_basis="",
        scope="x",
        authenticity="called back",
        received_at=AT,
        secrecy="allowed",
        recorded_by=Person(uid=1000, name="omar", role="operator"),
        recorded_at=AT,
        kind_label=BilingualText(fr="Décision", en="Decision"),
        due_at=None,
        seconds_left=None,
        secrecy_over=False,
        preserve_months=0,
    ),
    contract.Imported("00", ("1",)),
    authority.HeldOutages(),
    clock.ClockState(AT, 0, unsettled=False),
    core.Nothing(),
    claims.Credit("acme", "2026-02"),
    evacuation.EvacuationPlan(
        node="pve1",
        moves=(
            evacuation.PlannedMove(
                guest="rennes/101",
                name="web-1",
                tenant="acme",
                target="pve2",
                how="live",
                wave=1,
                memory=1 << 32,
            ),
        ),
        left=(evacuation.LeftGuest("rennes/102", "db-1", "acme", "it is locked (backup)"),),
        tenants=("acme",),
        interrupted=(),
        nodes=(acts.NodeMemory("pve2", 1 << 40, 0, 1 << 32),),
        warnings=(),
        digest="00",
    ),
    evacuation.MaintenanceEffect(
        "ha-manager crm-command node-maintenance enable pve1", ("rennes/101 web-1",), (), ()
    ),
    downtime.Answered(1, "approved", 2),
    downtime.Attributed(1, None),
    downtime.Ended(1, "2026-03-01T00:00:00Z"),
    downtime.Excluded((1,)),
    downtime.Outage(1),
    downtime.Reviewed(1),
    downtime.Withdrawn(1),
    evidence.Erasures((evidence.ErasureRequest(9, AT, "lea", "time over", (4,), AT),), (5,)),
    evidence.Head(1, "00", "key", "2026-03-10T09:00:00Z", "AA=="),
    evidence.Pack(b"PK"),
    evidence.FaultAnswer(1, accepted=True),
    evidence.Recorded(1),
    liability.ReparationNoted(1, Decimal("15000.00"), Decimal("14000.00"), exceeded=False),
    legal.Registered(1),
    guests.Ordered(1),
    handover.Accepted(1),
    handover.Noted(1),
    handover.Opened(1, 1),
    handover.Signed(1, ()),
    incidents.Incident(1),
    months.Closed("2026-02", 1, 9),
    months.Mailed((months.QueuedLetter("acme", "<1@example.fr>"),)),
    months.SignedCredits("avoirs-2026-02.csv", 0, b"csv", b"s", b"{}", b"s"),
    months.SignedPapers((months.SignedFile("acme", "a.pdf", b"%PDF", b"s"),), "PEM", "00"),
    messages.Queued("<1@example.fr>"),
    promises.Noted(1),
    promises.LimitsSet("acme", ""),
    promises.EdgeSet("acme", "vpn", "tcp://vpn.acme.example.fr:443", watched=True),
    payments.PaymentsTaken(
        kept=False,
        invoices=(payments.InvoiceTaken("acme", "F-1", 125_000, 125_000, None),),
        left_out=(payments.RowLeftOut(3, "acme F-2", "amount: empty"),),
        unread=("Commentaire",),
    ),
    register.Imported(1),
    guest_console.ConsoleTicket("s", 7, "web", "acme", 600),
    register.RegisterPreview(
        1,
        added=(register.NamedTenant("acme", "Acme"),),
        changed=(register.FieldChange("beta", "email", "a@b.example.fr", "c@b.example.fr"),),
        losing=(register.NamedTenant("zeta", "Zeta", 2),),
    ),
    register.WantedEmpty("acme", "2026-03-01T00:00:00Z"),
    reversibility.CopyStanding(1, "requested"),
    restoration.Held(True, AT, "lea", (restoration.HeldItem("mail:<1@x>", "x", AT),), "00"),
    scope.Decided(1),
    suspension.PlannedOrders((suspension.PlannedOrder("S-0001", "acme", "Acme", AT),)),
    suspension.DrawnLetter(subject="Mise en demeure", text="Madame, Monsieur,", until=AT.date()),
    suspension.CaseDocument(
        id="S-0001",
        tenant="acme",
        tenant_name="Acme",
        ground="contract-breach",
        terms_version="1",
        opened_by=Person(uid=1000, name="omar", role="operator"),
        opened_at=AT,
        digest="00",
        earlier_breaches=0,
        terms_kept=False,
    ),
)
ANSWERS = {type(one): one for one in _GIVEN}


def answer_to(method: str, path: str) -> tuple[int, bytes]:
    """Status and JSON of an answer to that request. `LookupError` where nothing answers it."""
    for endpoint in ENDPOINTS.values():
        pattern = re.sub(r"\{\w+\}", "[^/]+", endpoint.path)
        if endpoint.method == method and re.fullmatch(pattern, path):
            return endpoint.status, msgspec.json.encode(ANSWERS[endpoint.answer])
    raise LookupError(f"nothing answers {method} {path}")
