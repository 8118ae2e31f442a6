"""Proposes who is responsible for an outage, from evidence; a person decides (R10, R14).

A proposal names its evidence. The default is the hoster: what nobody can show otherwise counts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from noc_tui.contract.sla_document import Basis
from noc_tui.contract.spans import Span


class Party(StrEnum):
    """The party that is held responsible for an outage."""

    HOSTER = "hoster"
    MAINTENANCE = "maintenance"
    SUSPENSION = "suspension"
    QUOTA = "quota"
    EMERGENCY = "emergency"
    CLIENT = "client"
    THIRD_PARTY = "third_party"
    ATTACK = "attack"
    FORCE_MAJEURE = "force_majeure"


BASIS: dict[Party, Basis | None] = {
    Party.HOSTER: None,
    Party.MAINTENANCE: "maintenance",
    Party.SUSPENSION: "suspension",
    Party.QUOTA: "quota",
    Party.EMERGENCY: "emergency",
    Party.CLIENT: "not_attributable",
    Party.THIRD_PARTY: "not_attributable",
    Party.ATTACK: "attack",
    Party.FORCE_MAJEURE: "force_majeure",
}
"""The legal basis on which each is left out of the count; None counts as downtime (R10)."""

ARTICLE: dict[Party, str] = {
    Party.HOSTER: "10.1",
    Party.MAINTENANCE: "10.1",
    Party.SUSPENSION: "6",
    Party.QUOTA: "5.1",
    Party.EMERGENCY: "10.1",
    Party.CLIENT: "10.1",
    Party.THIRD_PARTY: "10.1",
    Party.ATTACK: "9",
    Party.FORCE_MAJEURE: "15",
}

_STOPPING = frozenset(
    {"qmstop", "qmshutdown", "qmsuspend", "qmreboot", "qmreset", "qmdestroy"}
    | {"vzstop", "vzshutdown", "vzsuspend", "vzreboot", "vzdestroy"}
)
_ASKING_HA = "hastop"
"""Somebody asks HA for a stop, which HA then carries out as its own user."""

_HA = "root@pam"
_BACKUP = "vzdump"


@dataclass(frozen=True, slots=True)
class TaskSeen:
    """A task of the cluster that touched one of the instances."""

    upid: str
    user: str
    type: str
    guest: str
    started: int


@dataclass(frozen=True, slots=True)
class PlatformTrouble:
    """A node, storage or cluster of the hoster's that was lost, and which instances sat on it.

    With `supposed` they may have: they reached the storage, and nobody knows where their disks lie.
    """

    what: str
    span: Span
    guests: frozenset[str]
    supposed: bool = False


@dataclass(frozen=True, slots=True)
class Excuse:
    """A span on record that may explain an outage: a window, a suspension. `ref` is its entry, or
    the case. `guests` are those that it keeps out, empty where it takes the whole tenant out.
    """

    party: Party
    span: Span
    ref: str
    announced: bool = True
    guests: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OutageFacts:
    """What is known around an outage. `users` are the tenant's own Proxmox users."""

    outage: Span
    guests: frozenset[str]
    users: frozenset[str]
    tasks: Sequence[TaskSeen] = ()
    troubles: Sequence[PlatformTrouble] = ()
    excuses: Sequence[Excuse] = ()
    slack: int = field(default=0)
    """Microseconds before the first failed observation in which the cause may lie."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A party, the evidence for it, and what a person should still look at."""

    party: Party
    evidence: tuple[str, ...]
    caveat: str = ""

    @property
    def basis(self) -> Basis | None:
        """The legal basis of the exclusion that it leads to; None counts as downtime."""
        return BASIS[self.party]


def propose(facts: OutageFacts) -> list[Proposal]:
    """Return proposals, the strongest first; the hoster when the evidence shows no other party
    (R14).
    """
    found = [proposal for rule in _RULES for proposal in rule(facts)]
    return found or [Proposal(Party.HOSTER, (), caveat="no_evidence")]


def _excuses(facts: OutageFacts) -> Iterator[Proposal]:
    for excuse in facts.excuses:
        if not excuse.guests and _meets(excuse, facts):
            caveat = _caveat(excuse, facts)
            yield Proposal(
                excuse.party, (excuse.ref,), caveat if excuse.announced else "unannounced"
            )


def _partial_excuses(facts: OutageFacts) -> Iterator[Proposal]:
    """A suspension of some instances: they are out by it, whatever became of the others."""
    for excuse in facts.excuses:
        if excuse.guests & facts.guests and _meets(excuse, facts):
            whole = facts.guests <= excuse.guests
            caveat = _caveat(excuse, facts) if whole else "covers_a_part"
            yield Proposal(excuse.party, (excuse.ref,), caveat)


def _meets(excuse: Excuse, facts: OutageFacts) -> bool:
    return excuse.span.start < facts.outage.end and facts.outage.start < excuse.span.end


def _caveat(excuse: Excuse, facts: OutageFacts) -> str:
    # A suspension is on record from when it was seen to work: the outage is there a little before.
    slack = facts.slack if excuse.party is Party.SUSPENSION else 0
    begun = excuse.span.start - slack <= facts.outage.start
    return "" if begun and facts.outage.end <= excuse.span.end else "covers_a_part"


def _troubles(facts: OutageFacts) -> Iterator[Proposal]:
    yield from _lost(facts, supposed=False)


def _suppositions(facts: OutageFacts) -> Iterator[Proposal]:
    yield from _lost(facts, supposed=True)


def _lost(facts: OutageFacts, *, supposed: bool) -> Iterator[Proposal]:
    for trouble in facts.troubles:
        if trouble.supposed != supposed:
            continue
        touched = trouble.guests & facts.guests
        meets = (
            trouble.span.start < facts.outage.end
            and facts.outage.start - facts.slack <= trouble.span.end
        )
        if touched and meets:
            caveat = "" if touched == facts.guests else "covers_a_part"
            yield Proposal(Party.HOSTER, (trouble.what,), "disks_unknown" if supposed else caveat)


def _tasks(facts: OutageFacts) -> Iterator[Proposal]:
    begun = facts.outage.start - facts.slack
    near = [task for task in facts.tasks if begun <= task.started <= facts.outage.start]
    stops = _stops([task for task in near if task.guest in facts.guests])
    for party, mine in (
        (Party.CLIENT, [task for task in stops if task.user in facts.users]),
        (Party.HOSTER, [task for task in stops if task.user not in facts.users]),
    ):
        if mine:
            whole = {task.guest for task in mine} == facts.guests
            yield Proposal(party, tuple(t.upid for t in mine), "" if whole else "covers_a_part")
    backups = tuple(task.upid for task in near if task.type == _BACKUP)
    if backups:
        yield Proposal(Party.HOSTER, backups, "stop_mode_backup")


def _stops(near: Sequence[TaskSeen]) -> list[TaskSeen]:
    """Tasks that stopped an instance; of a stop through HA, who asked for it."""
    asked = {task.guest: task for task in near if task.type == _ASKING_HA}
    own = [
        task
        for task in near
        if task.type in _STOPPING
        and not (
            task.user == _HA and task.guest in asked and asked[task.guest].started <= task.started
        )
    ]
    return [*asked.values(), *own]


_RULES: tuple[Callable[[OutageFacts], Iterator[Proposal]], ...] = (
    _excuses,
    _troubles,
    _partial_excuses,
    _tasks,
    _suppositions,
)
