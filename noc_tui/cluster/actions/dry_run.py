"""Computes what writes would do to a guest, without making them: for rehearsals and previews.
Pure.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from noc_tui.cluster.actions.check import Write
from noc_tui.cluster.actions.plan import ActionStep, inverse
from noc_tui.cluster.actions.state import AclMark, FirewallRule, GuestState, HaEntry

_POWER = {"start": "running", "shutdown": "stopped", "stop": "stopped", "suspend": "paused"}
_REPEATS = 5


def imagine_state(write: Write, state: GuestState) -> GuestState:
    """Return the guest's state after the write has taken effect and its task has ended."""
    where = write.path.removeprefix(f"{state.guest.path}/")
    ruled = write.path.removeprefix(f"{state.guest.firewall_path}/")
    values = {key: str(value) for key, value in write.values.items() if key != "digest"}
    if where == "config":
        return _changed(state, config=_merged(state.config, values), digest=None)
    if where.startswith("status/"):
        word = _POWER[where.removeprefix("status/")]
        return _powered(_asked_of_ha(state, word), word)
    if ruled != write.path:
        return _filtered(write, state, ruled, values)
    if where.startswith("cluster/ha/resources/") and state.ha is not None:
        after = HaEntry(state.ha.sid, values.get("state"))
        word = "running" if after.asked == "started" else "stopped"
        return _powered(_changed(state, ha=after), word)
    if where == "access/acl":
        return _barred(state, values)
    raise ValueError(f"no step writes {write}")


def simulate_steps(
    steps: Iterable[ActionStep], state: GuestState
) -> tuple[GuestState, list[Write]]:
    """Return the guest's state after the steps, and the writes that they make, in order."""
    writes: list[Write] = []
    for step in steps:
        for _ in range(_REPEATS):
            if step.finding(state).kind != "todo":
                break
            writes.append(step.request(state))
            state = imagine_state(writes[-1], state)
    return state, writes


def rehearse(steps: Sequence[ActionStep], record: GuestState) -> tuple[Write, ...]:
    """Return the writes that the steps make on the recorded guest. Nothing is sent."""
    return tuple(simulate_steps(steps, record)[1])


def rehearse_back(steps: Sequence[ActionStep], record: GuestState) -> tuple[Write, ...]:
    """The writes that undo the steps on a guest on which they were carried out."""
    suspended, _ = simulate_steps(steps, record)
    return tuple(simulate_steps(inverse(steps, record), suspended)[1])


def _changed(state: GuestState, **fields: object) -> GuestState:
    return msgspec.structs.replace(state, **fields)


def _asked_of_ha(state: GuestState, word: str) -> GuestState:
    """Of a guest under HA, its power is asked of HA."""
    if state.ha is None or not state.ha.manages:
        return state
    return _changed(state, ha=HaEntry(state.ha.sid, "started" if word == "running" else "stopped"))


def _powered(state: GuestState, word: str) -> GuestState:
    return _changed(state, status="stopped" if word == "stopped" else "running", qmpstatus=word)


def _merged(before: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    gone = {"delete", *values.get("delete", "").split(",")}
    return {key: value for key, value in {**before, **values}.items() if key not in gone}


def _barred(state: GuestState, values: dict[str, str]) -> GuestState:
    (kind,) = {"users", "groups", "tokens"} & values.keys()
    mark = AclMark(kind.removesuffix("s"), values[kind], values["roles"])
    others = tuple(entry for entry in state.acl or () if entry != mark)
    return _changed(state, acl=others if "delete" in values else (*others, mark))


def _filtered(write: Write, state: GuestState, where: str, values: dict[str, str]) -> GuestState:
    firewall = state.firewall
    if firewall is None:
        raise ValueError("the guest's firewall was not read")
    rules, options = list(firewall.rules), dict(firewall.options)
    if where == "options":
        options = _merged(options, values)
    elif write.method == "POST":
        rules.insert(0, msgspec.convert({"pos": 0, **values}, FirewallRule, strict=False))
    else:
        del rules[int(where.removeprefix("rules/"))]
    numbered = tuple(
        msgspec.structs.replace(rule, pos=pos, digest=None) for pos, rule in enumerate(rules)
    )
    after = msgspec.structs.replace(firewall, options=options, digest=None, rules=numbered)
    return _changed(state, firewall=after)
