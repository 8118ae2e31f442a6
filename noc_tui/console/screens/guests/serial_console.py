"""Opens a guest's serial console from its page: the circumstance is asked first (R36).

The terminal goes to a process of its own while the screens are suspended, and comes back whole.
"""

import os
import sys
from typing import Any

import msgspec

from noc_tui.api.guest_console import HANDED, REQUEST, ConsoleRequest, ConsoleTicket, HandedConsole
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.lent_terminal import lend_terminal
from noc_tui.console.screen import NocScreen
from noc_tui.i18n import _, language
from noc_tui.labels.guest_console import CIRCUMSTANCES

_PROGRAM = "noc_tui.commands.guest_console"


async def open_serial_console(screen: NocScreen[Any], cluster: str, vmid: int) -> None:
    """Ask for the circumstance and its reference, then show the console until it ends."""
    choices = [(key, _(words)) for key, words in CIRCUMSTANCES.items()]
    title = _("Why look into this guest? It goes on record (art. 5.1).")
    chosen = await screen.app.push_screen_wait(ChooseOne(title, choices))
    if chosen is None:
        return

    def asked_of(reference: str) -> ConsoleRequest:
        return msgspec.convert({"circumstance": chosen, "reference": reference}, ConsoleRequest)

    ticket = await screen.ask_in(
        Ask(_("Reference"), _("a ticket, an incident, a case"), needed=True),
        lambda reference: REQUEST(asked_of(reference), cluster=cluster, vmid=vmid),
    )
    if ticket is not None:
        _show(screen, ticket, f"{cluster}/{vmid}")


def _show(screen: NocScreen[Any], ticket: ConsoleTicket, guest: str) -> None:
    session = screen.session
    handed = HandedConsole(
        socket=str(session.config.socket.path),
        ticket=ticket,
        guest=guest,
        play=session.nocd.play,
        language=language(),
    )
    environment = {**os.environ, HANDED: msgspec.json.encode(handed).decode()}
    command = [sys.executable, "-m", _PROGRAM]
    lend_terminal(screen, command, "noc-tui guest console", environment)
