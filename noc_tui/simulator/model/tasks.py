"""Tasks: a worker process on a node, with a UPID, a log, and an end that may be bad."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Task:
    """`end` and `status` are set when it is over; `status` is `OK` or what went wrong."""

    upid: str
    node: str
    pid: int
    pstart: int
    start: int
    kind: str
    subject: str
    user: str
    log: list[str] = field(default_factory=list)
    end: int | None = None
    status: str | None = None
    on_kill: Callable[[], None] | None = None

    @property
    def running(self) -> bool:
        return self.status is None

    @property
    def owner(self) -> tuple[str, str]:
        """The user and, where a token started it, the token's own name."""
        user, _, token = self.user.partition("!")
        return user, token

    def visible_to(self, principal: str) -> bool:
        """A user sees its own tasks and those of its tokens, a token only its own."""
        return principal in (self.user, self.owner[0])

    def finish(self, now: float, status: str) -> None:
        """Over: the log's last line says how."""
        if self.status is not None:
            return
        self.end, self.status = int(now), status
        if status == "OK" or status.startswith("WARNINGS"):
            self.log.append(f"TASK {status}")
        elif status != "unexpected status":
            self.log.append(f"TASK ERROR: {status}")


@dataclass(slots=True)
class TaskBook:
    """Tasks of a cluster, newest last, at most `keep` finished ones of each node."""

    keep: int = 1000
    by_node: dict[str, list[Task]] = field(default_factory=dict)
    by_upid: dict[str, Task] = field(default_factory=dict)

    def add(self, task: Task) -> None:
        tasks = self.by_node.setdefault(task.node, [])
        tasks.append(task)
        self.by_upid[task.upid] = task
        if len(tasks) > self.keep + 50:
            self._forget(task.node)

    def of_node(self, node: str) -> list[Task]:
        return self.by_node.get(node, [])

    def _forget(self, node: str) -> None:
        tasks = self.by_node[node]
        old = {task.upid for task in tasks[: -self.keep] if not task.running}
        self.by_node[node] = [task for task in tasks if task.upid not in old]
        for upid in old:
            del self.by_upid[upid]


def upid(node: str, pid: int, pstart: int, start: int, kind: str, subject: str, user: str) -> str:
    """`UPID:node:pid:pstart:starttime:type:id:user:`, the trailing colon included."""
    return f"UPID:{node}:{pid:08X}:{pstart:08X}:{start:08X}:{kind}:{subject}:{user}:"
