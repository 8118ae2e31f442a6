"""Sends a command's request to `nocd`; a failure becomes a sentence and an exit code."""

import argparse
from typing import TypeVar

from noc_tui.api.endpoint import Request
from noc_tui.commands.failure import CommandFailure, OutOfReach
from noc_tui.config import Configuration
from noc_tui.console.nocd.client import DownError, Nocd, NocdError, StrangerError
from noc_tui.i18n import _

A = TypeVar("A")
TIMEOUT_SECONDS = 30.0


def ask(
    arguments: argparse.Namespace,
    config: Configuration,
    request: Request[A],
    *,
    timeout: float = TIMEOUT_SECONDS,
) -> A:
    """Return `nocd`'s answer to the operator that --as names. Raises `CommandFailure`.

    `timeout` is the longest silence that is waited for, in seconds.
    """
    return ask_at(Nocd(config.socket.path, arguments.play, timeout), request)


def ask_at(nocd: Nocd, request: Request[A]) -> A:
    """Return the answer of a daemon that is not the configured one. Raises `CommandFailure`."""
    try:
        return nocd.ask_blocking(request)
    except StrangerError as error:
        raise OutOfReach(str(error)) from error
    except DownError as error:
        text = _("nocd does not answer on {socket}: {error}")
        raise OutOfReach(text.format(socket=nocd.socket, error=error.reason)) from error
    except NocdError as error:
        raise CommandFailure(str(error), error.code) from error
