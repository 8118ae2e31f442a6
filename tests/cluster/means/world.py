"""A guest in memory on which writes take effect as the API's do. Pure, for property tests."""

import msgspec

from noc_tui.cluster.means.finding import Write
from noc_tui.cluster.means.netline import NetLine
from noc_tui.cluster.means.planning import Step
from noc_tui.cluster.means.state import AclMark, Firewall, GuestState, HaEntry, Rule


def printed_anew(line: str) -> str:
    """The server's own order of the options."""
    parts = line.split(",")
    return ",".join([parts[0], *sorted(parts[1:])])


def applied(write: Write, state: GuestState) -> GuestState:
    """The guest after the write, and after the task that it started."""
    where = write.path.removeprefix(state.guest.path + "/")
    values = {key: str(value) for key, value in write.values.items()}
    values.pop("digest", None)
    if where == "config":
        return _configured(state, values)
    if where.startswith("status/"):
        on = where == "status/start"
        word = "paused" if where == "status/suspend" else ("running" if on else "stopped")
        return replace(state, status="stopped" if word == "stopped" else "running", qmpstatus=word)
    if where.startswith("firewall/"):
        return _filtered(write, state, where.removeprefix("firewall/"), values)
    if where.startswith("cluster/ha/resources/"):
        assert state.ha is not None
        asked = values["state"]
        word = "running" if asked in ("started", "enabled") else "stopped"
        return replace(state, ha=HaEntry(state.ha.sid, asked), status=word, qmpstatus=word)
    assert where == "access/acl"
    return _barred(state, values)


def carried_out(steps: tuple[Step, ...], state: GuestState) -> tuple[GuestState, list[Write]]:
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
        rules = tuple(msgspec.structs.replace(rule, pos=0) for rule in state.firewall.rules)
        firewall = (dict(state.firewall.options), rules)
    acl = None if state.acl is None else frozenset(state.acl)
    return nets, config, state.status, state.qmpstatus, state.ha, acl, firewall


def _configured(state: GuestState, values: dict[str, str]) -> GuestState:
    config = dict(state.config)
    for key in filter(None, values.pop("delete", "").split(",")):
        config.pop(key, None)
    for key, value in values.items():
        config[key] = printed_anew(value) if key.startswith("net") else value
    return replace(state, config=config)


def _barred(state: GuestState, values: dict[str, str]) -> GuestState:
    (kind,) = {"users", "groups", "tokens"} & values.keys()
    mark = AclMark(kind[:-1], values[kind], values["roles"])
    others = tuple(entry for entry in state.acl or () if entry != mark)
    return replace(state, acl=others if values.get("delete") else (*others, mark))


def _filtered(write: Write, state: GuestState, where: str, values: dict[str, str]) -> GuestState:
    firewall = state.firewall
    assert firewall is not None
    rules, options = list(firewall.rules), dict(firewall.options)
    if where == "options":
        for key in filter(None, values.pop("delete", "").split(",")):
            options.pop(key, None)
        options |= values
    elif write.method == "POST":
        rules.insert(0, msgspec.convert({"pos": 0, **values}, Rule, strict=False))
    else:
        del rules[int(where.removeprefix("rules/"))]
    numbered = [msgspec.structs.replace(rule, pos=pos) for pos, rule in enumerate(rules)]
    return replace(state, firewall=Firewall(options, None, tuple(numbered), True))
