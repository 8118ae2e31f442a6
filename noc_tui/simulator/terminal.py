"""A guest's serial console behind the term proxy: its frames, a login and a little shell.

What is typed comes framed (`0:LENGTH:BYTES`, `1:COLUMNS:ROWS:`, `2`), what is shown goes raw. The
first line is `user:ticket`, answered by `OK`.
"""

import re
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.model.tasks import Task

PORTS = range(5900, 6000)
_SIZE = re.compile(rb"1:(\d+):(\d+):")
_TYPED = re.compile(rb"0:(\d+):")
LONGEST_LINE = 400


@dataclass(slots=True)
class Terminal:
    """A console that a ticket was given for, and by whom it is used."""

    cluster: Cluster
    guest: Guest
    principal: str
    port: int
    task: Task


@dataclass(slots=True)
class Getty:
    """What the guest says on its serial line: a login, then a shell that knows a few words."""

    name: str
    columns: int = 80
    rows: int = 24
    user: str = ""
    line: bytearray = field(default_factory=bytearray)
    pending: bytes = b""

    def begin(self) -> bytes:
        """What is shown when somebody presses Enter on a quiet line."""
        return f"\r\nDebian GNU/Linux 12 {self.name} ttyS0\r\n\r\n{self.name} login: ".encode()

    def take(self, data: bytes) -> bytes:
        """Take frames as they come, in whatever pieces; what is shown for them."""
        self.pending += data
        shown = b""
        while (frame := self._frame()) is not None:
            shown += b"".join(self._key(bytes([one])) for one in frame)
        return shown

    def _frame(self) -> bytes | None:
        """The next typed bytes; None until more came."""
        while self.pending:
            if self.pending.startswith(b"2"):
                self.pending = self.pending[1:]
            elif size := _SIZE.match(self.pending):
                self.columns, self.rows = int(size[1]), int(size[2])
                self.pending = self.pending[size.end() :]
            elif (typed := _TYPED.match(self.pending)) and len(self.pending) >= typed.end() + int(
                typed[1]
            ):
                end = typed.end() + int(typed[1])
                frame, self.pending = self.pending[typed.end() : end], self.pending[end:]
                return frame
            else:
                return None
        return None

    def _key(self, key: bytes) -> bytes:
        if key in (b"\r", b"\n"):
            line, self.line = self.line.decode(errors="replace").strip(), bytearray()
            return b"\r\n" + self._obey(line)
        if key in (b"\x7f", b"\x08"):
            if not self.line:
                return b""
            del self.line[-1]
            return b"\b \b"
        if key < b" " or len(self.line) >= LONGEST_LINE:
            return b""
        self.line += key
        return key

    def _obey(self, line: str) -> bytes:
        if not self.user:
            self.user = line
            return self._prompt() if line else f"{self.name} login: ".encode()
        if line in ("exit", "logout"):
            self.user = ""
            return self.begin()
        told = {
            "": "",
            "hostname": f"{self.name}\r\n",
            "stty size": f"{self.rows} {self.columns}\r\n",
            "whoami": f"{self.user}\r\n",
            "hostile": "\x1b]52;c;cm0gLXJmIC8=\x07\x1b]0;not yours\x07shown\r\n",
        }
        said = told.get(line, f"-bash: {line.split(' ')[0]}: command not found\r\n")
        return said.encode() + self._prompt()

    def _prompt(self) -> bytes:
        return f"{self.user}@{self.name}:~$ ".encode()


async def serve_terminal(
    request: web.BaseRequest, terminals: dict[str, Terminal]
) -> web.StreamResponse:
    """Answer as the term proxy does, until the client goes or the guest stops."""
    ticket = request.query.get("vncticket", "")
    terminal = terminals.pop(ticket)
    socket = web.WebSocketResponse(protocols=("binary",))
    await socket.prepare(request)
    getty = Getty(terminal.guest.name)
    proven, head = False, b""
    async for message in socket:
        if message.type not in (WSMsgType.BINARY, WSMsgType.TEXT):
            break
        data = message.data.encode() if isinstance(message.data, str) else message.data
        if not proven:
            head += data
            line, found, rest = head.partition(b"\n")
            if not found:
                continue
            if line.decode(errors="replace") != f"{terminal.principal}:{ticket}":
                break
            proven, data = True, rest
            await socket.send_bytes(b"OK")
            await socket.send_bytes(getty.begin())
        if not terminal.guest.running:
            break
        if shown := getty.take(data):
            await socket.send_bytes(shown)
    terminal.cluster.close_task(terminal.task, "OK")
    await socket.close()
    return socket
