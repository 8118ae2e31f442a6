"""`nocd check --config FILE`: the configuration, every problem at once."""

import argparse

from noc_tui.commands.configured import configuration_file, terms_of
from noc_tui.commands.failure import BadInput
from noc_tui.commands.output import say
from noc_tui.config import ConfigurationError, load_for_daemon
from noc_tui.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No argument of its own."""


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 when `nocd` could start with it, 2 and the list of problems otherwise."""
    file = configuration_file(arguments)
    try:
        config, _secrets = load_for_daemon(file)
    except ConfigurationError as error:
        raise BadInput(
            _("{count} problems").format(count=len(error.problems)) + f"\n{error}"
        ) from error
    terms_of(config)
    say(_("{file}: nothing wrong").format(file=file))
    return 0
