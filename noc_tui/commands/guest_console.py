"""`noc-tui guest console`: a guest's serial console, relayed by `nocd` on its socket (R36)."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import msgspec

from noc_tui.api import guest_console as api
from noc_tui.api.endpoint import PLAYED
from noc_tui.api.guest_console import HANDED, HandedConsole
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput, CommandFailure, OutOfReach
from noc_tui.commands.options import common_options
from noc_tui.commands.output import say
from noc_tui.commands.questions import is_asked_here
from noc_tui.commands.raw_terminal import raw_terminal, terminal_size, write_all
from noc_tui.i18n import _, language, use
from noc_tui.labels.guest_console import banner_lines, describe_end
from noc_tui.terminal_filter import TerminalFilter

if TYPE_CHECKING:  # it takes time to load
    from aiohttp import ClientWebSocketResponse

LEAVE = b"\x1d"
"""Ctrl+]."""
CHUNK = 4096


def add_console(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the verb."""
    text = _("the guest’s serial console, in the circumstance that is given (art. 5.1)")
    made = verbs.add_parser("console", help=text, description=text, parents=[common_options()])
    made.add_argument("guest", metavar=_("CLUSTER/VMID"))
    made.add_argument("--circumstance", required=True, choices=get_args(api.Circumstance))
    made.add_argument(
        "--reference", required=True, metavar=_("TEXT"), help=_("a ticket, an incident, a case")
    )
    made.add_argument("--serial", type=int, choices=range(4), help=_("else the first one"))


def run_console(arguments: argparse.Namespace) -> int:
    """Ask for the console, put the terminal through to it, give the terminal back."""
    cluster, slash, vmid = arguments.guest.rpartition("/")
    if not (cluster and slash and vmid.isascii() and vmid.isdecimal()):
        raise BadInput(_("a guest is named CLUSTER/VMID"))
    if not (is_asked_here() and sys.stdout.isatty()):
        raise BadInput(_("a console needs a terminal"))
    config = load_configuration(arguments)
    asked = api.ConsoleRequest(arguments.circumstance, arguments.reference, arguments.serial)
    ticket = ask(arguments, config, api.REQUEST(asked, cluster=cluster, vmid=int(vmid)))
    return show_console(config.socket.path, ticket, arguments.guest, arguments.play)


def show_console(path: Path, ticket: api.ConsoleTicket, guest: str, play: str | None) -> int:
    """Put the terminal through to a console that was asked for; returns the exit code."""
    end = asyncio.run(_relay(path, ticket, guest, play))
    say(describe_end(end))
    return 3 if end.ended == "failed" else 0


def show_handed_console() -> int:
    """Show the console that the parent process asked for, whose ticket is in `HANDED`: the
    operator's screens give their terminal to a process of its own.
    """
    handed = msgspec.json.decode(os.environ.pop(HANDED), type=HandedConsole)
    use(handed.language)
    try:
        return show_console(Path(handed.socket), handed.ticket, handed.guest, handed.play)
    except CommandFailure as failure:
        sys.stderr.write(f"{failure}\n")
        return failure.code


async def _relay(
    path: Path, ticket: api.ConsoleTicket, guest: str, play: str | None
) -> api.ConsoleEnd:
    # Here alone a command needs a client of web sockets, which takes time to load.
    from aiohttp import ClientConnectionError, ClientSession, UnixConnector, WSServerHandshakeError

    headers = {"Accept-Language": language(), **({PLAYED: play} if play else {})}
    url = f"http://nocd{api.STREAM.at(session=ticket.session)}"
    try:
        async with (
            ClientSession(connector=UnixConnector(path=str(path))) as session,
            session.ws_connect(url, headers=headers, max_msg_size=0) as socket,
        ):
            with raw_terminal() as keyboard:
                banner = "\r\n".join(banner_lines(ticket, guest, terminal_size()[0]))
                write_all(f"\x1b[7m{banner}\x1b[0m\r\n\r\n".encode())
                async with _sizes(socket):
                    return await _talk(keyboard, socket)
    except WSServerHandshakeError as error:
        text = _("nocd did not open the console: {why}").format(why=error.message)
        raise CommandFailure(text, 4) from error
    except (ClientConnectionError, OSError) as error:
        raise OutOfReach(_("the console broke off: {why}").format(why=error)) from error


async def _talk(keyboard: int, socket: "ClientWebSocketResponse") -> api.ConsoleEnd:
    """Pass keys on and show the guest, until one side ends."""
    typing = asyncio.create_task(_type(keyboard, socket))
    showing = asyncio.create_task(_show(socket))
    try:
        await asyncio.wait({typing, showing}, return_when=asyncio.FIRST_COMPLETED)
        if showing.done():
            return showing.result()
        return api.ConsoleEnd("closed")
    finally:
        for side in (typing, showing):
            side.cancel()
        await asyncio.gather(typing, showing, return_exceptions=True)


async def _type(keyboard: int, socket: "ClientWebSocketResponse") -> None:
    """Send each key; ends at the one that leaves, and at the end of the input."""
    loop, keys = asyncio.get_running_loop(), asyncio.Queue[bytes]()
    loop.add_reader(keyboard, lambda: keys.put_nowait(os.read(keyboard, CHUNK)))
    try:
        while data := await keys.get():
            before, leaves, _rest = data.partition(LEAVE)
            if before:
                await socket.send_bytes(before)
            if leaves:
                return
    finally:
        loop.remove_reader(keyboard)


async def _show(socket: "ClientWebSocketResponse") -> api.ConsoleEnd:
    """Show what comes; why it ended."""
    clean = TerminalFilter()
    async for message in socket:
        if isinstance(message.data, bytes):
            write_all(clean.clean(message.data))
        elif isinstance(message.data, str):
            return msgspec.json.decode(message.data, type=api.ConsoleEnd)
    return api.ConsoleEnd("failed")


@asynccontextmanager
async def _sizes(socket: "ClientWebSocketResponse") -> AsyncIterator[None]:
    """Tell the guest how large the terminal is, at first and whenever it changes."""
    loop = asyncio.get_running_loop()
    sent: set[asyncio.Task[None]] = set()

    def tell() -> None:
        columns, rows = terminal_size()
        size = msgspec.json.encode(api.Size(columns, rows)).decode()
        task = loop.create_task(socket.send_str(size))
        sent.add(task)
        task.add_done_callback(sent.discard)

    tell()
    loop.add_signal_handler(signal.SIGWINCH, tell)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGWINCH)
        for task in sent:
            task.cancel()


if __name__ == "__main__":
    sys.exit(show_handed_console())
