"""Cutting a guest's network: `link_down=1` on each interface, in one write, and its exact inverse.

The same two steps set `firewall=1` for a filter. Interfaces that already had the option before are
recorded and never touched.
"""

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from noc_tui.cluster.actions.check import NoteCode, StepFinding, StepNote, Write, with_digest
from noc_tui.cluster.actions.netline import NetLine, NicOption
from noc_tui.cluster.actions.state import GuestState, Part

NO_PARTS: frozenset[Part] = frozenset()


class SetNics(msgspec.Struct, frozen=True, tag="set_nics"):
    """Set an option on the interfaces in `before`, whose lines are as they stood. A guest that
    hibernates has no network, and none that could be changed: once it runs, it is drift.
    """

    reads: ClassVar[frozenset[Part]] = NO_PARTS
    option: NicOption
    before: Mapping[str, str]

    def finding(self, state: GuestState) -> StepFinding:
        if state.is_hibernated:
            return StepFinding("done", (StepNote("hibernated"),))
        waiting = {change.key for change in state.pending}
        stuck = tuple(StepNote("nic_pending", key) for key in self._open(state) if key in waiting)
        if stuck:
            return StepFinding("moved", stuck)
        if open_keys := self._open(state):
            code: NoteCode = "link_up" if self.option == "link_down" else "outside_firewall"
            found = tuple(StepNote(code, key) for key in open_keys)
            return StepFinding("todo", (*found, *self._notes(state)))
        added = [key for key in self._added(state) if not _has(state, key, self.option)]
        notes = (*self._notes(state), *(StepNote("nic_added", key) for key in added))
        return StepFinding("moved" if added else "done", notes)

    def request(self, state: GuestState) -> Write:
        values: dict[str, str | int] = {
            key: NetLine.parse(state.config[key]).with_option(self.option, "1").text
            for key in self._open(state)
        }
        return _config(state, values)

    def inverse(self) -> "tuple[RestoreNics, ...]":
        return (RestoreNics(self.option, self.before),)

    def extended(self, state: GuestState) -> "SetNics":
        """The step with the interfaces added since, to be recorded before they are cut."""
        return SetNics(
            self.option, {**self.before, **{key: state.config[key] for key in self._added(state)}}
        )

    def _open(self, state: GuestState) -> list[str]:
        present = [key for key in self.before if key in state.config]
        return [key for key in present if not _has(state, key, self.option)]

    def _added(self, state: GuestState) -> list[str]:
        return [key for key in state.nets if key not in self.before]

    def _notes(self, state: GuestState) -> tuple[StepNote, ...]:
        return tuple(StepNote("nic_missing", key) for key in self.before if key not in state.config)


class RestoreNics(msgspec.Struct, frozen=True, tag="restore_nics"):
    """Give the interfaces in `before` back what they had: today's line with the option as it was.
    What else was changed meanwhile stays, and is noted.
    """

    reads: ClassVar[frozenset[Part]] = NO_PARTS
    option: NicOption
    before: Mapping[str, str]

    def finding(self, state: GuestState) -> StepFinding:
        open_keys = self._open(state)
        notes = [*self._notes(state, open_keys)]
        notes += [StepNote("nic_added", key) for key in state.nets if key not in self.before]
        return StepFinding("todo" if open_keys else "done", tuple(notes))

    def request(self, state: GuestState) -> Write:
        values: dict[str, str | int] = {
            key: self._target(key, NetLine.parse(state.config[key])).text
            for key in self._open(state)
        }
        return _config(state, values)

    def inverse(self) -> tuple[SetNics, ...]:
        return (SetNics(self.option, self.before),)

    def _open(self, state: GuestState) -> list[str]:
        return [
            key
            for key, line in self.before.items()
            if not NetLine.parse(line).has(self.option) and _has(state, key, self.option)
        ]

    def _target(self, key: str, current: NetLine) -> NetLine:
        return current.with_option(self.option, NetLine.parse(self.before[key]).value(self.option))

    def _notes(self, state: GuestState, open_keys: list[str]) -> list[StepNote]:
        notes = []
        for key, line in self.before.items():
            before, current = NetLine.parse(line), state.net(key)
            if current is None:
                notes.append(StepNote("nic_missing", key))
            elif before.has(self.option):
                if self.option == "link_down":
                    notes.append(StepNote("nic_was_down", key))
            elif not (self._target(key, current) if key in open_keys else current).same_as(before):
                notes.append(StepNote("nic_changed", key))
        return notes


def _has(state: GuestState, key: str, option: NicOption) -> bool:
    line = state.net(key)
    return line is not None and line.has(option)


def _config(state: GuestState, values: dict[str, str | int]) -> Write:
    return Write("PUT", f"{state.guest.path}/config", with_digest(values, state.digest))
