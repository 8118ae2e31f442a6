"""One call of the API while it is answered: who asks, what, of which cluster."""

from dataclasses import dataclass, field

from noc_tui.simulator.errors import forbidden_error, perl_error
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest, missing_text
from noc_tui.simulator.model.node import Node
from noc_tui.simulator.parameters import Value
from noc_tui.simulator.world import World


@dataclass(slots=True)
class Call:
    """`local` is the node that was asked; `path` what the path captured; `values` verified."""

    world: World
    cluster: Cluster
    local: Node
    principal: str
    path: dict[str, str]
    values: dict[str, Value] = field(default_factory=dict)

    @property
    def now(self) -> float:
        return self.cluster.now

    @property
    def node(self) -> Node:
        """The node that the path names."""
        return self.cluster.nodes[self.node_name]

    @property
    def node_name(self) -> str:
        name = self.path["node"]
        return self.local.name if name == "localhost" else name

    @property
    def vmid(self) -> int:
        return int(self.path["vmid"])

    @property
    def root(self) -> bool:
        """Whether it is the literal `root@pam`, which a token of it is not."""
        return self.principal == "root@pam"

    @property
    def user(self) -> str:
        return self.principal.partition("!")[0]

    def text(self, name: str, default: str = "") -> str:
        return str(self.values.get(name, default))

    def number(self, name: str, default: int = 0) -> int:
        return int(self.values.get(name, default))

    def flag(self, name: str, default: bool = False) -> bool:
        return bool(self.values.get(name, default))

    def has(self, path: str, privilege: str) -> bool:
        return self.cluster.access.has(self.principal, path, privilege)

    def need(self, path: str, *privileges: str, any_of: bool = False) -> None:
        """Raise 403 unless the caller has all (or any) of `privileges` on `path`."""
        held = self.cluster.access.privileges(self.principal, path)
        if any_of:
            if not any(name in held for name in privileges):
                raise forbidden_error(path, "|".join(privileges))
            return
        for name in privileges:
            if name not in held:
                raise forbidden_error(path, name)

    def guest(self, kind: str) -> Guest:
        """The guest that the path names, or 500 as for a missing configuration file."""
        guest = self.cluster.guests.get(self.vmid)
        if guest is None or guest.kind != kind or guest.node != self.node_name:
            raise perl_error(missing_text(self.node_name, kind, self.vmid))
        return guest

    def need_quorum(self, text: str) -> None:
        """Raise 500 with `text` when the cluster has no quorum."""
        if not self.cluster.quorate:
            raise perl_error(text)
