"""Lends the terminal to another program while the screens are suspended; it comes back whole."""

import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from textual.app import SuspendNotSupported

from noc_tui.console.screen import NocScreen
from noc_tui.i18n import _


def lend_terminal(
    screen: NocScreen[Any],
    command: Sequence[str],
    instead: str,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a program in the screen's terminal until it ends. `instead` is the command to type where
    this terminal cannot be lent. Nothing is drawn meanwhile: the loop waits for the process.
    """
    try:
        with screen.app.suspend():
            subprocess.run(list(command), env=environment, check=False)  # noqa: S603 -- our own program, or the client that was shown
    except SuspendNotSupported:
        text = _("this terminal cannot be lent: use {command}").format(command=instead)
        screen.say(text, severity="error")
