"""Cases for the tests of suspensions: people, guests, and a case that lacks nothing."""

from datetime import UTC, datetime, timedelta

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.schedule import planned_start
from noc_tui.contract.suspension.values import (
    Case,
    GuestId,
    NoticeText,
    Person,
    Plan,
    PlannedGuest,
    Schedule,
    Scope,
    Tick,
    TickEvidence,
)
from noc_tui.contract.terms import Terms, load_terms

TERMS: Terms = load_terms()
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
OMAR = Person(uid=1001, name="omar", role="operator")
OLGA = Person(uid=1002, name="olga", role="operator")
LEA = Person(uid=1003, name="lea", role="lead")
VERA = Person(uid=1004, name="vera", role="viewer")
AT_ONCE = Schedule(short_notice="other clients are being attacked")
"""A notice that need not mature first."""
PROOF = (TickEvidence(kind="text", text="seen in the log"),)

ANSWERS = {
    "article_breached": "8",
    "duty_breached": "not to harm the proper working of the services",
    "invoice_ref": "F-2026-001",
    "issue_date": "2026-01-05",
    "amount": "1250.00",
    "debit_presented_on": "2026-02-10",
    "dispute_check": "none",
    "unpaid_part": "1250.00",
    "court_time_check": "none",
    "insolvency_check_on": "2026-03-09",
    "formal_notice_at": "2026-03-01",
    "formal_notice_until": "2026-03-09",
    "who_informed_us": "a rights holder",
    "informed_at": "2026-03-09T10:00:00+01:00",
    "content_location": "https://files.example.fr/x",
    "legal_provision": "article L. 335-3 of the code of intellectual property",
    "why_unlawful": "a film published without the rights holder's leave",
    "automated_means": "none",
    "authority": "Tribunal",
    "reference": "42/2026",
    "legal_basis": "article 60-1 of the code of criminal procedure",
    "genuine_check": "called back",
    "not_victim": "yes",
    "not_own_failure": "yes",
    "protective_reason": "other tenants",
    "window_start": "2026-03-12T22:00:00+01:00",
    "window_end": "2026-03-13T02:00:00+01:00",
    "announced_at": "2026-03-10T09:00:00+01:00",
    "usage": "robots",
    "history": "yes",
    "observed": "4 000 connections an hour",
    "observed_at": "2026-03-10T08:00:00+01:00",
    "source": "own",
    "urgent_because": "other tenants were out",
    "kind": "a court's order",
    "received_at": "2026-03-10T08:30:00+01:00",
    "scope_verbatim": "take it off the network",
    "milder": "tried",
    "remedy": "reinstall",
    "data_access": "by ticket, supervised",
}


def guest(vmid: int, cluster: str = "rennes") -> PlannedGuest:
    return PlannedGuest(ref=GuestId(cluster=cluster, vmid=vmid), kind="qemu", name=f"web{vmid}")


def draft(ground: str = "charte-breach") -> Case:
    return Case(
        id="S-1",
        tenant="acme",
        tenant_name="Acme",
        ground=ground,
        terms_version=TERMS.version,
        opened_by=OMAR,
        opened_at=NOW,
    )


def filled(ground: str = "charte-breach", scope: Scope = "guests") -> Case:
    """A draft in which every step of that ground is done."""
    ticks = [Tick(target="C7", evidence=PROOF)] if ground == "charte-breach" else []
    evidence = [row.id for row in TERMS.requirements if row.kind == "evidence"]
    ticks += [Tick(target=key, evidence=PROOF) for key in evidence]
    plan = Plan(
        scope=scope,
        guests=(guest(101), guest(102)),
        means=("vm_cut_network",),
        barrier=("acme@pve",),
        statement="third time" if scope == "tenant" else "",
        schedule=AT_ONCE,
    )
    event = ev.Edited(
        at=NOW,
        by=OMAR,
        plan=plan,
        facts=ANSWERS,
        ticks=tuple(ticks),
        text=NoticeText(subject="Suspension", body="Bonjour"),
    )
    return apply_event(draft(ground), event, TERMS)


def noticed(case: Case) -> Case:
    """The case with its notice accepted by the mail server."""
    case = apply_event(case, ev.NoticeQueued(at=NOW, by=OMAR, message_id="<1@example.fr>"), TERMS)
    return apply_event(case, ev.NoticeDelivered(at=NOW, delivery="accepted"), TERMS)


def ready(ground: str = "charte-breach", scope: Scope = "guests") -> Case:
    """A case that omar may order: checked, approved by lea, the client told."""
    case = apply_event(filled(ground, scope), ev.Checked(at=NOW, by=OMAR), TERMS)
    case = apply_event(case, ev.Approved(at=NOW, by=LEA, seen=digest(case)), TERMS)
    return noticed(case)


def order(case: Case, **changes: object) -> ev.Ordered:
    fields: dict[str, object] = {
        "at": NOW + timedelta(minutes=5),
        "by": OMAR,
        "typed_name": "Acme",
        "seen": digest(case),
    }
    return ev.Ordered(**(fields | changes))  # type: ignore[arg-type]  # a test's own keywords


def ordered(ground: str = "charte-breach", scope: Scope = "guests") -> Case:
    """The case ordered, its planned time come where it has one."""
    case = ready(ground, scope)
    case = apply_event(case, order(case), TERMS)
    start = planned_start(case)
    return case if start is None else apply_event(case, ev.StartReleased(at=start), TERMS)


def suspended(ground: str = "charte-breach", scope: Scope = "guests") -> Case:
    case = apply_event(ordered(ground, scope), ev.ExecutionBegan(at=NOW), TERMS)
    refs = tuple(row.ref for row in case.plan.guests)
    return apply_event(case, ev.Executed(at=NOW, suspended=refs, failed=(), started_at=NOW), TERMS)
