"""Which call answers a path: a tree of segments, and what each call needs to run."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json
from noc_tui.simulator.parameters import VMID, Parameter, text

_PATH_PARTS = {"vmid": VMID}
_ANY_PART = Parameter(text(), optional=False)


class Check(Protocol):
    """Whether the caller may; raises 403."""

    def __call__(self, call: Call, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Method:
    """One call of the API.

    `protected` ones run in pvedaemon of the answering node; those with `{node}` in their path run
    on that node, unless they are `local`. `public` ones need no credentials, `ticket_only` ones
    refuse API tokens. Nodes whose major version is not from `since` to `until` do not have it.
    """

    verb: str
    path: str
    handler: Callable[[Call], Json]
    schema: Mapping[str, Parameter] = field(default_factory=dict)
    check: Check | None = None
    protected: bool = False
    public: bool = False
    ticket_only: bool = False
    since: int = 0
    until: int = 99
    local: bool = False

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The schema with what the path captures."""
        parts = re.findall(r"\{(\w+)\}", self.path)
        return {part: _PATH_PARTS.get(part, _ANY_PART) for part in parts} | dict(self.schema)

    @property
    def proxied(self) -> bool:
        return "{node}" in self.path and not self.local


@dataclass(slots=True)
class _Branch:
    children: dict[str, "_Branch"] = field(default_factory=dict)
    capture: str = ""
    captured: "_Branch | None" = None
    methods: dict[str, Method] = field(default_factory=dict)


class Table:
    """All calls, found by verb and path."""

    def __init__(self, methods: Iterable[Method]) -> None:
        self._root = _Branch()
        for method in methods:
            self._add(method)

    def find(self, verb: str, segments: list[str]) -> tuple[Method, dict[str, str]] | None:
        """The call and what its path captures, or None where nothing answers."""
        branch = self._root
        captured: dict[str, str] = {}
        for segment in segments:
            following = branch.children.get(segment)
            if following is None and branch.captured is not None:
                captured[branch.capture] = segment
                following = branch.captured
            if following is None:
                return None
            branch = following
        method = branch.methods.get(verb)
        return None if method is None else (method, captured)

    def _add(self, method: Method) -> None:
        branch = self._root
        for segment in method.path.strip("/").split("/"):
            if segment.startswith("{"):
                branch.capture = segment.strip("{}")
                branch.captured = branch.captured or _Branch()
                branch = branch.captured
            elif segment:
                branch = branch.children.setdefault(segment, _Branch())
        branch.methods[method.verb] = method


def needs(path: str, *privileges: str, any_of: bool = False) -> Check:
    """Privileges on a path, whose `{…}` come from the call's own path; all, or any one of them."""

    def check(call: Call, /) -> None:
        call.need(path.format(**call.path), *privileges, any_of=any_of)

    return check


def index(verb: str, path: str, key: str, *names: str) -> Method:
    """A call that lists what is below its path."""
    return Method(verb, path, lambda _: [{key: name} for name in names])
