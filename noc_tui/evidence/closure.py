"""Decides which entries of the chain concern a subject, from what the entries name. Pure.

An entry names its subjects, and what its payload refers to: `tenant`, `tenants`, `message_id` (a
mail), `intent` (a power order). From these names follows whom it concerns.

**A tenant** owns an entry that names it. Where an entry names no tenant, the first of these that it
names and whose owner is known decides: mail, power order, alert, exclusion, outage, suspension,
guest, probe, pool, incident, maintenance, ticket. A guest and a pool belong to the tenant who had
them when the entry was written; every other thing belongs to the tenants that are named together
with it in any entry. An entry that two tenants own is *shared*: it counts among the entries of each
and its content is in the pack of neither.

**Any other subject** owns the entries that name it, and those that name a thing of its own. A thing
is its own when an entry of its own names it and it stands lower in this order: pool, guest, case
(suspension, incident, maintenance), outage, exclusion, ticket, alert, then mail and power order.
To a suspension belongs besides what was recorded of its guests from its first entry to its last.

To every subject belongs the entry that erased the content of one of its entries.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec

DECIDING = (
    "mail", "order", "alert", "exclusion", "outage", "suspension", "guest", "probe", "pool",
    "incident", "maintenance", "ticket",
)  # fmt: skip
"""The most specific first: in this order the things that an entry names decide whose it is."""

NAMED = frozenset(DECIDING) - {"guest", "probe", "pool"}
"""Whose these are follows from what is named with them; guests, probes and pools change hands."""

_PLACES = {kind: place for place, kind in enumerate(DECIDING)}
NOBODY: frozenset[str] = frozenset()

RANKS = {
    "pool": 1, "guest": 2, "suspension": 3, "incident": 3, "maintenance": 3, "outage": 4,
    "exclusion": 5, "ticket": 5, "alert": 6, "mail": 7, "order": 7,
}  # fmt: skip
"""What may belong to another thing, which stands higher: under a smaller number."""

ERASED = "evidence.erased"


class Mention(msgspec.Struct, frozen=True):
    """What an entry names. `at` is microseconds since the epoch."""

    seq: int
    at: int
    kind: str
    names: frozenset[str]


class Holding(msgspec.Struct, frozen=True):
    """A guest, a probe or a pool was the tenant's from `since` on (microseconds), until the next
    holding of the same thing."""

    thing: str
    since: int
    tenant: str


class Concern(msgspec.Struct, frozen=True):
    """The entries of a subject: those that go into its pack in full, and those that are shared with
    other tenants; `things` are the names through which they were found."""

    full: frozenset[int]
    shared: frozenset[int]
    things: frozenset[str]


def names_of(subjects: Iterable[str], payload: object) -> frozenset[str]:
    """Return what an entry names, from its subjects and its decoded payload (None once it was
    erased).
    """
    found = set()
    for subject in subjects:
        found |= _aliases(subject)
    if isinstance(payload, Mapping):
        found |= _referred(payload)
    return frozenset(found)


def _aliases(subject: str) -> set[str]:
    """The subject, and whose it is where it says so itself."""
    for wrapper in ("observer:", "source:"):
        if subject.startswith((wrapper + "probe:", wrapper + "guest:")):
            return {subject, subject.removeprefix(wrapper)}
    kind, _colon, rest = subject.partition(":")
    if kind == "tenant" and "/" in rest:  # a tenant's month
        return {subject, "tenant:" + rest.split("/")[0]}
    return {subject}


def _referred(payload: Mapping[str, object]) -> set[str]:
    found = set()
    for key, kind in (("tenant", "tenant"), ("message_id", "mail"), ("intent", "order")):
        value = payload.get(key)
        if isinstance(value, str | int) and value != "":
            found.add(f"{kind}:{value}")
    tenants = payload.get("tenants")
    if isinstance(tenants, Sequence) and not isinstance(tenants, str):
        found |= {f"tenant:{one}" for one in tenants if isinstance(one, str)}
    return found


def concern(subject: str, mentions: Sequence[Mention], holdings: Iterable[Holding]) -> Concern:
    """The entries that concern a subject, by the rule of this module."""
    if subject.startswith("tenant:"):
        found = _of_tenant(subject.removeprefix("tenant:"), mentions, _Owners(holdings))
    else:
        found = _of_thing(subject, mentions)
    own = found.full | found.shared
    erasing = {
        mention.seq for mention in mentions if mention.kind == ERASED and own & _erased(mention)
    }
    return msgspec.structs.replace(found, full=found.full | erasing, shared=found.shared - erasing)


def _erased(mention: Mention) -> set[int]:
    """The numbers of the entries whose content an entry erased."""
    numbers = (name.removeprefix("entry:") for name in mention.names if _kind(name) == "entry")
    return {int(number) for number in numbers if number.isdecimal()}


class _Owners:
    """Whose every thing is, as far as it is known."""

    def __init__(self, holdings: Iterable[Holding]) -> None:
        self._held: dict[str, list[tuple[int, str]]] = {}
        for holding in sorted(holdings, key=lambda one: (one.thing, one.since)):
            self._held.setdefault(holding.thing, []).append((holding.since, holding.tenant))
        self._named: dict[str, frozenset[str]] = {}

    def learn(self, mentions: Sequence[Mention]) -> None:
        """Work out the owners of all things that these entries name."""
        grew = True
        while grew:
            grew = False
            for mention in mentions:
                tenants = self.of(mention)
                for thing in mention.names if tenants else ():
                    known = self._named.get(thing, NOBODY)
                    if _kind(thing) in NAMED and not tenants <= known:
                        self._named[thing] = known | tenants
                        grew = True

    def of(self, mention: Mention) -> frozenset[str]:
        """The tenants whose entry it is."""
        named = frozenset(
            name.removeprefix("tenant:")
            for name in mention.names
            if name.startswith("tenant:") and "/" not in name
        )
        return named or self._by_things(mention)

    def _by_things(self, mention: Mention) -> frozenset[str]:
        things: dict[int, list[str]] = {}
        for name in mention.names:
            if (place := _PLACES.get(_kind(name))) is not None:
                things.setdefault(place, []).append(name)
        for place in sorted(things):
            if owners := NOBODY.union(*(self._of(one, mention.at) for one in things[place])):
                return owners
        return NOBODY

    def _of(self, thing: str, at: int) -> frozenset[str]:
        if thing.startswith("probe:"):
            return frozenset({thing.removeprefix("probe:").split("/")[0]})
        held = self._held.get(thing)
        if held is None:
            return self._named.get(thing, NOBODY)  # nothing for a guest that was nobody's
        for (_since, tenant), (until, _next) in pairwise(held):
            if at < until:
                return frozenset({tenant})
        return frozenset({held[-1][1]})


def _of_tenant(tenant: str, mentions: Sequence[Mention], owners: _Owners) -> Concern:
    owners.learn(mentions)
    whose = {mention.seq: owners.of(mention) for mention in mentions}
    own = [mention for mention in mentions if tenant in whose[mention.seq]]
    full = [mention for mention in own if len(whose[mention.seq]) == 1]
    return Concern(
        frozenset(mention.seq for mention in full),
        frozenset(mention.seq for mention in own if len(whose[mention.seq]) > 1),
        _things(full),
    )


def _of_thing(subject: str, mentions: Sequence[Mention]) -> Concern:
    things = {subject}
    own: dict[int, Mention] = {}
    grew = True
    while grew:
        grew = False
        for mention in mentions:
            through = things & mention.names
            if not through or (mention.seq in own and _below(through, mention.names) <= things):
                continue
            own[mention.seq] = mention
            things |= _below(through, mention.names)
            grew = True
    if subject.startswith("suspension:") and own:
        own |= {one.seq: one for one in _of_its_guests(subject, mentions)}
    return Concern(frozenset(own), frozenset(), frozenset(things) | _things(own.values()))


def _below(through: Iterable[str], names: Iterable[str]) -> frozenset[str]:
    """The names that may belong to one of those through which an entry was found."""
    highest = min(RANKS.get(_kind(name), 0) for name in through)
    return frozenset(name for name in names if RANKS.get(_kind(name), 0) > highest)


def _of_its_guests(subject: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return what was recorded of a suspension's guests while it lasted."""
    case = [mention for mention in mentions if subject in mention.names]
    guests = {name for one in case for name in one.names if name.startswith("guest:")}
    first, last = case[0].seq, case[-1].seq
    return [one for one in mentions if first <= one.seq <= last and guests & one.names]


def _things(mentions: Iterable[Mention]) -> frozenset[str]:
    return frozenset(
        name for mention in mentions for name in mention.names if _kind(name) in DECIDING
    )


def _kind(name: str) -> str:
    return name.partition(":")[0]
