"""The options that every command takes, before and after its name and its verb alike."""

import argparse
from datetime import datetime

from noc_tui import i18n
from noc_tui.commands.failure import BadInput
from noc_tui.i18n import _


def common_options() -> argparse.ArgumentParser:
    """A parent parser; one a parser, since those that share one share its defaults too."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--config", metavar=_("FILE"), help=_("the configuration ($NOC_CONFIG)"))
    common.add_argument(
        "--as", dest="play", metavar=_("NAME"), help=_("in a demo only: play that operator")
    )
    common.add_argument("--lang", choices=i18n.LANGUAGES, help=_("the language"))
    return common


def given_instant(option: str, text: str | None) -> datetime | None:
    """The instant that an option gives; None where it is not given. Exit code 2 if malformed."""
    return None if text is None else instant_of(option, text)


def instant_of(option: str, text: str) -> datetime:
    """The instant that an option gives, with its offset. Exit code 2 if malformed."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        told = _("{option}: not a time: {text}").format(option=option, text=text)
        raise BadInput(told) from error
    if found.tzinfo is None:
        raise BadInput(_("{option}: a time needs its offset").format(option=option))
    return found
