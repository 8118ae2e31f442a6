"""A guest in memory whose server prints interface lines in an order of its own."""

import msgspec

from noc_tui.cluster.actions import ActionStep, GuestState, NetLine, Write
from noc_tui.cluster.actions.dry_run import imagine_state


def applied(write: Write, state: GuestState) -> GuestState:
    """The guest after the write, its interfaces printed anew."""
    after = imagine_state(write, state)
    config = {k: _anew(v) if k.startswith("net") else v for k, v in after.config.items()}
    return replace(after, config=config)


def _anew(line: str) -> str:
    parts = line.split(",")
    return ",".join([parts[0], *sorted(parts[1:])])


def carried_out(steps: tuple[ActionStep, ...], state: GuestState) -> tuple[GuestState, list[Write]]:
    """Every step until it finds itself done."""
    writes: list[Write] = []
    for step in steps:
        for _ in range(5):
            if step.finding(state).kind != "todo":
                break
            writes.append(step.request(state))
            state = applied(writes[-1], state)
        assert step.finding(state).kind == "done", (step, step.finding(state))
    return state, writes


def replace(state: GuestState, **fields: object) -> GuestState:
    return msgspec.structs.replace(state, **fields)


def meaning(state: GuestState) -> object:
    """Everything that is to be the same after a restoration, parsed."""
    nets = {key: NetLine.parse(line).meaning() for key, line in state.nets.items()}
    config = {key: value for key, value in state.config.items() if key not in nets}
    firewall = None
    if state.firewall is not None:
        rules = tuple(
            msgspec.structs.replace(rule, pos=0, digest=None) for rule in state.firewall.rules
        )
        firewall = (dict(state.firewall.options), rules)
    acl = None if state.acl is None else frozenset(state.acl)
    return nets, config, state.status, state.qmpstatus, state.ha, acl, firewall
