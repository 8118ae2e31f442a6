"""Stopping a guest so that it stays stopped, and starting again only what ran.

Under HA the wanted state is HA's own (`stopped`, which survives reboots and fencing; never
`disabled` or `ignored`), and HA does the rest. Otherwise `onboot` goes first, then a shutdown that
ends in a stop. A paused guest is left paused: nothing runs in it, and its memory survives.
"""

from typing import ClassVar

import msgspec

from noc_tui.cluster.actions.check import DONE, TODO, StepFinding, StepNote, Write, with_digest
from noc_tui.cluster.actions.state import GuestState, Part, normalise_ha_state

HA: frozenset[Part] = frozenset({"ha"})
MANAGERS: frozenset[Part] = frozenset({"managers"})
NOTHING: frozenset[Part] = frozenset()


class SetOnboot(msgspec.Struct, frozen=True, tag="set_onboot"):
    """Keep the node from starting the guest. `before` is the value as it stood, and was true."""

    reads: ClassVar[frozenset[Part]] = NOTHING
    before: str

    def finding(self, state: GuestState) -> StepFinding:
        if not state.starts_at_boot:
            return DONE
        if state.is_hibernated:
            return StepFinding("done", (StepNote("hibernated"),))
        return StepFinding("todo", (StepNote("starts_at_boot"),))

    def request(self, state: GuestState) -> Write:
        values = with_digest({"onboot": 0}, state.digest)
        return Write("PUT", f"{state.guest.path}/config", values)

    def inverse(self) -> "tuple[RestoreOnboot, ...]":
        return (RestoreOnboot(self.before),)


class RestoreOnboot(msgspec.Struct, frozen=True, tag="restore_onboot"):
    """Let the node start the guest again."""

    reads: ClassVar[frozenset[Part]] = NOTHING
    before: str

    def finding(self, state: GuestState) -> StepFinding:
        return DONE if state.starts_at_boot else TODO

    def request(self, state: GuestState) -> Write:
        values = with_digest({"onboot": self.before}, state.digest)
        return Write("PUT", f"{state.guest.path}/config", values)

    def inverse(self) -> tuple[SetOnboot, ...]:
        return (SetOnboot(self.before),)


class SetHa(msgspec.Struct, frozen=True, tag="set_ha"):
    """Ask HA for `wanted` where it was asked for `before` (None: its entry said nothing)."""

    reads: ClassVar[frozenset[Part]] = HA
    before: str | None
    wanted: str

    def finding(self, state: GuestState) -> StepFinding:
        if state.ha is None:
            return StepFinding("moved", (StepNote("ha_gone"),))
        if state.ha.asked == self.wanted:
            return DONE
        return StepFinding("todo", (StepNote("ha_wants", state.ha.asked),))

    def request(self, state: GuestState) -> Write:
        digest = state.ha.digest if state.ha else None
        values = with_digest({"state": self.wanted}, digest)
        return Write("PUT", f"cluster/ha/resources/{state.guest.sid}", values)

    def inverse(self) -> "tuple[RestoreHa, AwaitRunning]":
        return RestoreHa(before=self.before, ours=self.wanted), AwaitRunning()


class RestoreHa(msgspec.Struct, frozen=True, tag="restore_ha"):
    """Ask HA for what it was asked for before, unless somebody asked for something else since.
    Where its entry said nothing, it says nothing again.
    """

    reads: ClassVar[frozenset[Part]] = HA
    before: str | None
    ours: str

    def finding(self, state: GuestState) -> StepFinding:
        if state.ha is None:
            return StepFinding("moved", (StepNote("ha_gone"),))
        if state.ha.asked == normalise_ha_state(self.before):
            return DONE
        if state.ha.asked == self.ours:
            return TODO
        return StepFinding("moved", (StepNote("ha_changed", state.ha.asked),))

    def request(self, state: GuestState) -> Write:
        digest = state.ha.digest if state.ha else None
        back = {"delete": "state"} if self.before is None else {"state": self.before}
        values = with_digest({**back}, digest)
        return Write("PUT", f"cluster/ha/resources/{state.guest.sid}", values)

    def inverse(self) -> tuple[SetHa, ...]:
        return (SetHa(before=self.before, wanted=self.ours),)


class StopThroughHa(msgspec.Struct, frozen=True, tag="stop_through_ha"):
    """Stop a guest under HA as its button does: a task that asks HA for `stopped`, for which the
    guest's own power privilege is enough. `before` is what HA was asked for (None: nothing).
    """

    reads: ClassVar[frozenset[Part]] = HA
    requests: ClassVar[str] = "hastop"
    before: str | None
    timeout: int = 180

    def finding(self, state: GuestState) -> StepFinding:
        if state.ha is None:
            return StepFinding("moved", (StepNote("ha_gone"),))
        if state.ha.asked in ("stopped", "disabled"):
            return DONE
        return StepFinding("todo", (StepNote("ha_wants", state.ha.asked),))

    def request(self, state: GuestState) -> Write:
        # Without `forceStop` Proxmox refuses a paused guest before HA hears of it.
        values: dict[str, str | int] = {"timeout": self.timeout, "forceStop": 1}
        return Write("POST", f"{state.guest.path}/status/shutdown", values, is_task=True)

    def inverse(self) -> "tuple[StartThroughHa, AwaitRunning]":
        return StartThroughHa(self.before), AwaitRunning()


class StartThroughHa(msgspec.Struct, frozen=True, tag="start_through_ha"):
    """Start a guest under HA as its button does, unless HA was not asked to run it before, or
    somebody asked for something else since.
    """

    reads: ClassVar[frozenset[Part]] = HA
    requests: ClassVar[str] = "hastart"
    before: str | None

    def finding(self, state: GuestState) -> StepFinding:
        if state.ha is None:
            return StepFinding("moved", (StepNote("ha_gone"),))
        if state.ha.asked == normalise_ha_state(self.before):
            return DONE
        if state.ha.asked == "stopped" and normalise_ha_state(self.before) == "started":
            return TODO
        return StepFinding("moved", (StepNote("ha_changed", state.ha.asked),))

    def request(self, state: GuestState) -> Write:
        return Write("POST", f"{state.guest.path}/status/start", {}, is_task=True)

    def inverse(self) -> tuple[StopThroughHa, ...]:
        return (StopThroughHa(self.before),)


class AwaitStopped(msgspec.Struct, frozen=True, tag="await_stopped"):
    """Wait until HA has stopped the guest: twenty seconds of rounds, a minute of shutdown. A
    service in error is stopped by nobody until a person has looked.
    """

    reads: ClassVar[frozenset[Part]] = MANAGERS

    def finding(self, state: GuestState) -> StepFinding:
        if state.is_off:
            return DONE
        if state.service == "error":
            return StepFinding("moved", (StepNote("ha_error"),))
        return StepFinding("waits", (StepNote("runs"), *_silence(state)))

    def request(self, state: GuestState) -> Write:
        raise AssertionError("this step never writes")

    def inverse(self) -> tuple[()]:
        return ()


class AwaitRunning(msgspec.Struct, frozen=True, tag="await_running"):
    """Wait until HA has started the guest."""

    reads: ClassVar[frozenset[Part]] = MANAGERS

    def finding(self, state: GuestState) -> StepFinding:
        return StepFinding("waits", _silence(state)) if state.is_off else DONE

    def request(self, state: GuestState) -> Write:
        raise AssertionError("this step never writes")

    def inverse(self) -> tuple[()]:
        return ()


def _silence(state: GuestState) -> tuple[StepNote, ...]:
    """Why HA does not act: what it is at, or that its manager never took the service up."""
    holds = tuple(StepNote(hold.code, hold.detail) for hold in state.holds)
    return holds if state.service is not None or holds else (StepNote("ha_silent"),)


class PowerOff(msgspec.Struct, frozen=True, tag="power_off"):
    """Shut the guest down, and stop it after `timeout` seconds."""

    reads: ClassVar[frozenset[Part]] = NOTHING
    timeout: int = 180

    def finding(self, state: GuestState) -> StepFinding:
        return DONE if state.is_off else StepFinding("todo", (StepNote("runs"),))

    def request(self, state: GuestState) -> Write:
        values: dict[str, str | int] = {"timeout": self.timeout, "forceStop": 1}
        return Write("POST", f"{state.guest.path}/status/shutdown", values, is_task=True)

    def inverse(self) -> "tuple[PowerOn, ...]":
        return (PowerOn(),)


class PowerOn(msgspec.Struct, frozen=True, tag="power_on"):
    """Start the guest."""

    reads: ClassVar[frozenset[Part]] = NOTHING

    def finding(self, state: GuestState) -> StepFinding:
        return TODO if state.is_off else DONE

    def request(self, state: GuestState) -> Write:
        return Write("POST", f"{state.guest.path}/status/start", {}, is_task=True)

    def inverse(self) -> tuple[PowerOff, ...]:
        return (PowerOff(),)


class StayPaused(msgspec.Struct, frozen=True, tag="stay_paused"):
    """A paused guest is to stay paused (or go off); running again is drift."""

    reads: ClassVar[frozenset[Part]] = NOTHING

    def finding(self, state: GuestState) -> StepFinding:
        resumed = not state.is_off and not state.is_paused
        return (
            StepFinding("todo", (StepNote("runs"),))
            if resumed
            else StepFinding("done", (StepNote("paused"),))
        )

    def request(self, state: GuestState) -> Write:
        return Write("POST", f"{state.guest.path}/status/suspend", {}, is_task=True)

    def inverse(self) -> tuple[()]:
        return ()
