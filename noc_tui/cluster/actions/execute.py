"""Carries out a step: read, write once, read again. Safe to repeat after any crash.

`apply` always reads before it writes, so that what was done already is not done twice, and reads
after it wrote, so that an answer that never came is settled by the guest itself.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import msgspec

from noc_tui.cluster import errors
from noc_tui.cluster.actions.acl import Bar, Unbar
from noc_tui.cluster.actions.check import StepFinding, StepNote, Write
from noc_tui.cluster.actions.firewall import AddRule, RemoveRule, RestoreFirewall, SetFirewall
from noc_tui.cluster.actions.plan import ActionStep
from noc_tui.cluster.actions.power import RestoreHa, SetHa, StartThroughHa, StopThroughHa
from noc_tui.cluster.actions.read_state import read_cluster_parts, read_guest
from noc_tui.cluster.actions.state import GuestState, Part
from noc_tui.cluster.error_mapping import task_failure
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.guest_location import GuestGone, locate_guest
from noc_tui.cluster.ids import GuestPlace

OutcomeKind = Literal[
    "done", "already", "waiting", "locked", "conflict", "refused", "unreachable", "unknown", "gone"
]
_TRIES = 5
_NODELESS = (
    Bar, Unbar, SetHa, RestoreHa, AddRule, RemoveRule, SetFirewall, RestoreFirewall
)  # fmt: skip
"""Steps that write to what the whole cluster keeps: they need no node."""
_HA_ROUNDS = 30.0
"""Seconds within which HA acts on what a task asked of it: its manager looks every ten."""
_POWER_TASKS = frozenset(
    {
        "qmstart", "qmstop", "qmshutdown", "qmreboot", "qmpause", "hastart", "hastop",
        "vzstart", "vzstop", "vzshutdown", "vzreboot",
    }
)  # fmt: skip


class StepOutcome(msgspec.Struct, frozen=True):
    """The result of a step.

    done         it was written, and reading the guest shows it
    already      the guest was as wanted; nothing was written
    waiting      a task runs (`upid`: call `settle` later), or HA acts (`apply` again later)
    locked       e.g. a backup holds the guest: try again, for hours if need be
    conflict     the world moved, or moves all the time: a person decides
    refused      a privilege or a parameter: `said` has Proxmox's words
    unreachable  the cluster, the node, or its quorum is away, or the token is not known, whose file
                 is read again when it is renewed: try again
    unknown      the answer never came and the guest does not show the change: look again later
    gone         the guest is nowhere, or another guest has its number now

    `write` is what was sent last, None where nothing was; `state` what was read last; `upid` a task
    that still runs.
    """

    kind: OutcomeKind
    said: str = ""
    notes: tuple[StepNote, ...] = ()
    write: Write | None = None
    upid: str | None = None
    state: GuestState | None = None

    @property
    def settled(self) -> bool:
        """Whether the guest is as the step wants it."""
        return self.kind in ("done", "already")

    @property
    def again(self) -> bool:
        """Whether time alone may settle it."""
        return self.kind in ("waiting", "locked", "unreachable", "unknown")


Sent = Callable[[Write], Awaitable[None]]


async def apply(
    step: ActionStep, record: GuestState, gateway: Gateway, *, before_write: Sent | None = None
) -> StepOutcome:
    """Bring the guest of `record` to what the step wants, as far as one write does it.

    `before_write` is awaited with each write before it is sent: the place for the journal. Never
    raises a `GatewayError`; what went wrong is the outcome.
    """
    written: Write | None = None
    looked_twice = False
    for _ in range(_TRIES):
        try:
            state = await _read_for((step,), record, gateway)
        except (GuestGone, errors.GatewayError) as error:
            return _failed(error, written, None)
        finding = step.finding(state)
        if finding.kind != "todo":
            return _found(finding, written, state)
        running = await _running_task(gateway, step, state)
        if running is not None:
            return StepOutcome("waiting", notes=finding.notes, upid=running or None, state=state)
        if step.request(state).is_task and not looked_twice:
            # A task of before a crash may have ended after the guest was read: no task runs now,
            # so what is read next is what it came to.
            looked_twice = True
            continue
        written = step.request(state)
        if before_write is not None:
            await before_write(written)
        outcome = await _write(step, record, gateway, written, state)
        if outcome is not None:
            return outcome
    return StepOutcome("conflict", said="it changes as fast as it is written", write=written)


async def _write(
    step: ActionStep, record: GuestState, gateway: Gateway, write: Write, state: GuestState
) -> StepOutcome | None:
    """Send it once; None where the guest is to be looked at and the step judged anew."""
    try:
        if write.is_task:
            upid = await gateway.task(write.method, write.path, write.values)
            notes = step.finding(state).notes
            return StepOutcome("waiting", notes=notes, write=write, upid=upid, state=state)
        await gateway.write(write.method, write.path, write.values)
    except errors.DigestConflict:
        return None
    except errors.GatewayError as error:
        if isinstance(error, errors.ObjectMissing) and await _moved(gateway, state.guest):
            return None
        return await _after_error(step, record, gateway, write, error, state.guest)
    return None


async def settle(step: ActionStep, record: GuestState, gateway: Gateway, upid: str) -> StepOutcome:
    """What became of a step whose task runs. The guest decides, the task only explains. An outcome
    that is to be tried `again` and has no `upid` goes back to `apply`.
    """
    try:
        task = await gateway.task_status(upid)
        outcome, said = task.outcome, task.exitstatus or ""
    except (
        errors.ObjectMissing,
        errors.ParameterRefused,
        errors.Unreachable,
        errors.PermissionMissing,
    ) as error:
        outcome, said = "unknown", str(error)
    except errors.GatewayError as error:
        return _failed(error, None, None)
    if outcome == "running":
        return StepOutcome("waiting", upid=upid)
    try:
        state = await _read_for((step,), record, gateway)
    except (GuestGone, errors.GatewayError) as error:
        return _failed(error, None, None)
    finding = step.finding(state)
    if finding.kind == "done":
        return StepOutcome("done", said=said, notes=finding.notes, state=state)
    if outcome == "error":
        return _failed(task_failure(gateway.name, said), None, state)
    kind: OutcomeKind = "unknown" if outcome == "unknown" else "waiting"
    return StepOutcome(kind, said=said, notes=finding.notes, state=state)


async def read_recorded_guest(
    gateway: Gateway, record: GuestState, parts: frozenset[Part]
) -> GuestState:
    """The guest of `record` now, wherever it is: where the last poll has seen it, else where it was
    recorded. Raises `GuestGone` and `GatewayError`s.
    """
    guest = record.guest
    seen = gateway.last_place(guest.vmid) or guest
    return await read_guest(gateway, guest.vmid, record.identity, parts, seen=seen)


async def _read_for(
    steps: Sequence[ActionStep], record: GuestState, gateway: Gateway
) -> GuestState:
    """The guest as far as the steps look at it. Steps that need no node do not wait for one: of a
    guest whose node does not answer, they are shown what the cluster keeps.
    """
    parts = frozenset[Part]().union(*(step.reads for step in steps))
    try:
        return await read_recorded_guest(gateway, record, parts)
    except errors.GuestNotLocated:
        raise
    except errors.Unreachable:
        if not all(isinstance(step, _NODELESS) for step in steps):
            raise
        return await read_cluster_parts(gateway, record, parts)


async def check_steps(
    steps: Sequence[ActionStep], record: GuestState, gateway: Gateway
) -> tuple[tuple[ActionStep, StepFinding], ...]:
    """Each step with what it finds now, from one reading of the guest: drift is every finding
    that is not `done`. Raises `GuestGone` and `GatewayError`s.
    """
    state = await _read_for(steps, record, gateway)
    return tuple((step, step.finding(state)) for step in steps)


async def _after_error(
    step: ActionStep,
    record: GuestState,
    gateway: Gateway,
    written: Write,
    error: errors.GatewayError,
    asked: GuestPlace,
) -> StepOutcome | None:
    """The write failed or its answer is missing: the guest says what is so. None where it runs on
    another node than the one that was asked, and is to be judged there.
    """
    try:
        if isinstance(error, errors.ParameterRefused):
            await _revert(gateway, record, written)
        state = await _read_for((step,), record, gateway)
    except (GuestGone, errors.GuestNotLocated) as lost:
        return _failed(lost, written, None)
    except errors.GatewayError:
        return _failed(error, written, None)
    finding = step.finding(state)
    if finding.kind == "done":
        return StepOutcome("done", str(error), finding.notes, written, state=state)
    if finding.kind == "todo" and state.guest != asked and _is_silence(error):
        return None
    return _failed(error, written, state)


def _is_silence(error: errors.GatewayError) -> bool:
    """Whether nobody answered: whatever was asked of that node, another one has the guest now."""
    return isinstance(error, errors.Unreachable | errors.AmbiguousOutcome)


async def _revert(gateway: Gateway, record: GuestState, written: Write) -> None:
    """A hotplug that failed leaves our value waiting for the next start: take it back."""
    if not written.path.endswith("/config"):
        return
    state = await read_recorded_guest(gateway, record, frozenset())
    ours = [change.key for change in state.pending if change.key in written.values]
    if ours:
        await gateway.write("PUT", written.path, {"revert": ",".join(sorted(ours))})


async def _running_task(gateway: Gateway, step: ActionStep, state: GuestState) -> str | None:
    """A task that changes the guest's power right now, e.g. one that was started before a crash;
    "" where HA was just asked for what the step wants, and has not come to it yet.
    """
    if not step.request(state).is_task:
        return None
    try:
        tasks = await gateway.node_tasks(state.guest.node, vmid=state.guest.vmid, limit=20)
    except errors.GatewayError:
        return None  # the write that follows meets the same trouble, and says so
    running = (t for t in tasks if t.outcome == "running" and t.type in _POWER_TASKS)
    found = next((task.upid for task in running), None)
    if found is None and isinstance(step, StopThroughHa | StartThroughHa):
        now = gateway.now().timestamp()
        asked = (t for t in tasks if t.type == step.requests and t.outcome == "ok")
        return next(("" for t in asked if abs(now - (t.endtime or 0)) < _HA_ROUNDS), None)
    return found


async def _moved(gateway: Gateway, guest: GuestPlace) -> bool:
    """Whether the guest is on another node than where it was just written to."""
    try:
        return await locate_guest(gateway, guest.vmid) != guest
    except (GuestGone, errors.GatewayError):
        return False


def _found(finding: StepFinding, written: Write | None, state: GuestState) -> StepOutcome:
    kinds: dict[str, OutcomeKind] = {"waits": "waiting", "moved": "conflict"}
    done: OutcomeKind = "done" if written is not None else "already"
    return StepOutcome(kinds.get(finding.kind, done), "", finding.notes, written, state=state)


def _failed(error: Exception, written: Write | None, state: GuestState | None) -> StepOutcome:
    return StepOutcome(_kind(error), str(error), (), written, state=state)


def _kind(error: Exception) -> OutcomeKind:
    if isinstance(error, GuestGone):
        return "gone"
    if isinstance(error, errors.Locked):
        return "locked"
    if isinstance(error, errors.DigestConflict):
        return "conflict"
    if isinstance(error, errors.Unreachable | errors.NoQuorum | errors.AuthenticationFailed):
        return "unreachable"
    if isinstance(error, errors.AmbiguousOutcome | errors.BadAnswer):
        return "unknown"
    return "refused"
