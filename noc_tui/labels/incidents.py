"""Words the lines of incidents that rules wrote, in the reader's language.

A line that a rule wrote is stored as the rule and its values (`rule=out`, `tenant=acme`); what
somebody wrote stays as written. The title of an incident that `nocd` opened follows from what it
was opened for.
"""

from dataclasses import dataclass
from datetime import datetime

from noc_tui.contract.calendar import PARIS, instant
from noc_tui.contract.instants import parse_instant
from noc_tui.i18n import N_, _, language
from noc_tui.labels import formats
from noc_tui.labels.statement import Words
from noc_tui.labels.states import INCIDENT, word_of
from noc_tui.ref import Ref
from noc_tui.views.incident import ProposedLine
from storage.incidents import Incident, IncidentEntry

BY_RULE = "nocd"
"""The account under which rules open incidents."""

_KINDS = {
    "opened": N_("opened"),
    "acknowledged": N_("acknowledged"),
    "mitigated": N_("mitigated"),
    "resolved": N_("resolved"),
    "reviewed": N_("reviewed"),
    "merged": N_("merged"),
    "split": N_("split"),
    "note": N_("note"),
    "correction": N_("correction"),
    "ticket": N_("ticket"),
    "outage": N_("outage"),
    "recovery": N_("recovery"),
    "attribution": N_("attribution"),
    "reopened": N_("reopened"),
    "message": N_("message"),
}
_LINES = {
    "out": N_("{tenant} is down since {start}"),
    "back": N_("{tenant} is available again"),
    "goes-on": N_("{tenant} is still down since {start}: the outage continues"),
    "moved": N_("{tenant} is down since {start}, not since {was}"),
    "over-before": N_("{tenant} was available again at {end} already"),
    "void": N_("{tenant} was not down after all"),
    "found": N_("{what} is back"),
    "merged": N_("merged into incident {number}"),
    "took": N_("took over incident {number}"),
    "split": N_("split off incident {number}"),
    "attributed": N_("{party}: {reason}"),
    "reopened": N_("to be attributed again, no longer as {party}: {reason}"),
}
_THINGS = {
    "node": N_("node {name}"),
    "storage": N_("storage {name}"),
    "quorum": N_("the quorum of cluster {name}"),
}
_TITLES = {
    "tenant": N_("{name} unavailable"),
    "node": N_("Node {name} lost"),
    "storage": N_("Storage {name} lost"),
    "quorum": N_("Cluster {name} without quorum"),
}


@dataclass(frozen=True, slots=True)
class LineText:
    """A text, and where a rule made it, that rule and its values for other readers."""

    text: str
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, rule: str, **values: object) -> "LineText":
        """Return what a rule says, `rule` being one of `_LINES`."""
        words = (f"rule={rule}", *(f"{name}={value}" for name, value in values.items()))
        return cls(_fill_line(words), words)


def kind_of(code: str) -> str:
    """The word for a line's kind; an unknown code is shown as it is."""
    return _(_KINDS.get(code, code))


def state_of(code: str) -> str:
    """The word for an incident's state."""
    return word_of(INCIDENT, code)


def title_by_rule(subject: str) -> str:
    """The title of what a rule opens for `node:rennes/pve1`; empty where no rule does."""
    about = Ref.parse(subject)
    return _(_TITLES[about.kind]).format(name=about.name) if about.kind in _TITLES else ""


def title_of(incident: Incident) -> str:
    """The title for who reads it: worded if by rule, else as somebody wrote it."""
    by_rule = title_by_rule(incident.subject) if incident.account == BY_RULE else ""
    return by_rule or incident.title


def text_of(entry: IncidentEntry, incident: Incident) -> str:
    """Return what a line says, to who reads it."""
    if entry.words:
        return _fill_line(entry.words)
    if entry.kind == "opened":
        return title_of(incident)
    return entry.text


def proposed_text(one: ProposedLine) -> str:
    """One line about a decision that waits for a second person: what, on what, why it waits."""
    words = Words(_)
    start = formats.instant_seconds(instant(parse_instant(one.start)))
    ends = None if one.end is None else formats.instant_seconds(instant(parse_instant(one.end)))
    text = _("decision {number} waits for a second person: {tenant}, {start} → {end}")
    head = text.format(
        number=one.id, tenant=one.tenant, start=start, end=_("ongoing") if ends is None else ends
    )
    what = words.cause(one.party) if one.party else words.basis(one.basis)
    needs = ", ".join(words.need(code) for code in one.needs)
    proof = words.proof(one.grounds, "")
    rest = (what, one.reason, one.link, proof, one.account, f"({needs})")
    return " · ".join(filter(None, (head, *rest)))


def _fill_line(words: tuple[str, ...]) -> str:
    values = dict(word.partition("=")[::2] for word in words)
    if "party" in values:
        values["party"] = Words(_).cause(values["party"])
    if "what" in values:
        about = Ref.parse(values["what"])
        if about.kind in _THINGS:
            values["what"] = _(_THINGS[about.kind]).format(name=about.name)
    for name in ("start", "was", "end"):
        if name in values:
            values[name] = _local_time(values[name])
    return _(_LINES[values.pop("rule")]).format_map(values)


def _local_time(at: str) -> str:
    """An instant of the stored words as people read it, in Paris."""
    local = datetime.fromisoformat(at).astimezone(PARIS)
    return local.strftime("%d/%m/%Y %H:%M:%S" if language() == "fr" else "%Y-%m-%d %H:%M:%S")
