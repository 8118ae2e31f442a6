"""What a tenant's month is by rules R4 and R6 to R9, read slot by slot; shares no code with `nocd`.

Time is counted in polls. Slow and plain on purpose.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

CLUSTER = "cluster"
FOREVER = 10**9


@dataclass
class Look:
    """A source was seen good, bad, or (None) not to be told; `life` numbers the daemon's starts."""

    at: int
    good: bool | None
    life: int


@dataclass
class Reading:
    """Everything that was seen; `tolerated` polls without a look are no silence yet."""

    tolerated: int
    looks: dict[str, list[Look]] = field(default_factory=lambda: defaultdict(list))
    observer: dict[str, str] = field(default_factory=dict)
    seen: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    owners: dict[str, list[tuple[int, str | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def look(self, source: str, observer: str, tenant: str, look: Look) -> None:
        """An observation of a tenant's source."""
        self.looks[source].append(look)
        self.observer[source] = observer
        self.owners[source].append((look.at, tenant))

    def gone(self, source: str, at: int) -> None:
        """The source is nobody's from now on."""
        self.owners[source].append((at, None))

    def verdicts(self, tenant: str, now: int) -> list[str]:
        """One letter a slot: `d` down, `?` unmeasured, `a` available."""
        states = {source: self._states(source, now) for source in self.looks}
        return [
            _verdict(
                [states[one][slot] for one in self._mine(tenant, slot, "guest:")],
                [states[one][slot] for one in self._mine(tenant, slot, "probe:")],
                ordered=self._had_guests(tenant, slot),
            )
            for slot in range(now)
        ]

    def _had_guests(self, tenant: str, slot: int) -> bool:
        """Whether any was there by then: before the first, nothing was ordered yet."""
        return any(
            source.startswith("guest:") and at <= slot and owner == tenant
            for source, known in self.owners.items()
            for at, owner in known
        )

    def _mine(self, tenant: str, slot: int, kind: str) -> Iterable[str]:
        for source, known in self.owners.items():
            past = [owner for at, owner in known if at <= slot]
            if source.startswith(kind) and past and past[-1] == tenant:
                yield source

    def _states(self, source: str, now: int) -> str:
        """One letter a slot: up, failing, down, `?`."""
        marks: list[tuple[int, str]] = []
        state, failures, life, began = "?", 0, 0, 0
        observed = self.seen[self.observer[source]]
        for look in self.looks[source]:
            if look.life != life:
                life, failures = look.life, int(state in "fd")
            if look.good is None:
                before = max((at for at in observed if at < look.at), default=look.at)
                if state != "?":
                    marks.append((before, "?"))
                state = "?"
            elif look.good:
                marks.append((look.at, "u"))
                state, failures = "u", 0
            else:
                failures += 1
                if state not in "fd":
                    state, began = "f", look.at
                if failures > 1:
                    state = "d"
                marks.append((began, state))
        states = ["?"] * now
        for at, letter in marks:
            states[at:now] = letter * max(0, now - at)
        for start, end in self._silences(self.observer[source]):
            states[start : min(end, now)] = "?" * max(0, min(end, now) - start)
        return "".join(states)

    def _silences(self, observer: str) -> Iterable[tuple[int, int]]:
        known = self.seen[observer]
        for start, end in zip(known, [*known[1:], FOREVER], strict=True):
            if end - start > self.tolerated and end != FOREVER:
                yield start, end


def _verdict(guests: list[str], probes: list[str], *, ordered: bool) -> str:
    groups = [group for group in (guests, probes) if group]
    if not guests:
        return "?" if ordered else "a"
    if any(set(group) == {"d"} for group in groups):
        return "d"
    return "?" if any(not set(group) & {"u", "f"} for group in groups) else "a"
