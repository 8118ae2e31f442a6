"""Words the legal registers: breaches, whom they are told to, sub-processors."""

from collections.abc import Iterable
from datetime import datetime

from noc_tui.contract.breaches import NoticeDuty
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.text import visible
from storage.legal_registers import BreachNotice, DataBreach, Subprocessor

ROLES = {
    "processor": N_("processor (clients’ data)"),
    "controller": N_("controller (our own data)"),
    "both": N_("processor and controller"),
}
RISKS = {
    "unknown": N_("not assessed"),
    "none": N_("no risk likely"),
    "risk": N_("risk"),
    "high": N_("high risk"),
}
SUBPROCESSOR_KINDS = {
    "sub-processor": N_("sub-processor"),
    "subcontractor": N_("subcontractor"),
}


def addressee_word(addressee: str) -> str:
    """Who is told: a client by its id, the authority, the persons."""
    kind, _colon, name = addressee.partition(":")
    if kind == "tenant":
        return _("client {name}").format(name=visible(name))
    return {"authority": _("the CNIL"), "persons": _("the persons concerned")}.get(
        addressee, visible(addressee)
    )


def duty_line(duty: NoticeDuty, notice: BreachNotice | None, now: datetime) -> str:
    """Whom, under which article, by when or when it was done."""
    text = f"{addressee_word(duty.addressee)} · " + _("GDPR art. {number}").format(
        number=duty.article
    )
    if notice is not None:
        done = [formats.instant(notice.told_at), notice.channel, notice.reference]
        late = _("late: {reason}").format(reason=notice.delay_reason)
        told = [part for part in done if part] + ([late] if notice.delay_reason else [])
        return visible(f"● {text} · {' · '.join(told)}")
    due = formats.instant(duty.due_at)
    why = _("72 h by law") if duty.by_law else _("without undue delay; our time")
    if now >= duty.due_at:
        return visible(f"✖ {text} · " + _("overdue since {due}").format(due=due) + f" ({why})")
    left = formats.age(duty.due_at - now)
    return visible(
        f"▲ {text} · " + _("by {due}, in {left}").format(due=due, left=left) + f" ({why})"
    )


def breach_facts(row: DataBreach) -> list[tuple[str, str]]:
    """What is on record of a breach, as label and value."""
    span = [at for at in (row.began_at, row.ended_at) if at is not None]
    clients = ", ".join(row.tenants)
    facts = [
        (_("Our role"), _(ROLES[row.role])),
        (_("Discovered on"), formats.instant(row.discovered_at)),
        (_("From, to"), " → ".join(map(formats.instant, span)) or formats.UNKNOWN),
        (_("Clients"), clients or "—"),
        (_("What happened"), row.nature),
        (_("Data"), row.data or formats.UNKNOWN),
        (_("Persons, number"), row.people or formats.UNKNOWN),
        (_("Likely consequences"), row.consequences or formats.UNKNOWN),
        (_("Measures"), row.measures or formats.UNKNOWN),
        (_("Risk for the persons"), _joined(_(RISKS[row.risk]), row.risk_reason)),
    ]
    if row.closed_at is not None:
        facts.append((_("Closed"), _joined(formats.instant(row.closed_at), row.closing)))
    return [(label, visible(value)) for label, value in facts]


def subprocessor_cells(row: Subprocessor) -> list[str]:
    """A sub-processor as the cells of a row of the register."""
    until = "" if row.ended_on is None else f" → {formats.day(row.ended_on)}"
    told = _("not announced") if row.announced_on is None else formats.day(row.announced_on)
    return [
        str(row.id),
        row.name,
        _(SUBPROCESSOR_KINDS[row.kind]),
        row.service,
        row.country,
        row.data or "—",
        f"{formats.day(row.since)}{until}",
        told,
    ]


def subprocessor_header() -> list[str]:
    """The heads of `subprocessor_cells`."""
    return [
        _("No."), _("Name"), _("Kind"), _("Service"), _("Country"), _("Personal data"), _("Since"),
        _("Announced"),
    ]  # fmt: skip


def _joined(*parts: str) -> str:
    return " · ".join(_filled(parts))


def _filled(parts: Iterable[str]) -> list[str]:
    return [part for part in parts if part]
