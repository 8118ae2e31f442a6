"""`nocd --config FILE`: the daemon."""

import argparse
import os
import sys

from noc_tui.commands.configured import configuration_file
from noc_tui.commands.failure import BadInput, CommandFailure, OutOfReach
from noc_tui.config import ConfigurationError
from noc_tui.contract.terms import TermsError
from noc_tui.daemon.core.instance import AlreadyRunning
from noc_tui.daemon.program.run import run as run_daemon
from noc_tui.i18n import _
from storage.errors import StorageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the demo adds: the daemon ends when its input does."""
    parser.add_argument(
        "--until-eof", action="store_true", help=_("end when standard input ends (demo, tests)")
    )


def run(arguments: argparse.Namespace) -> int:
    """Run until told to stop."""
    file = configuration_file(arguments)
    try:
        run_daemon(file, _ready, getattr(arguments, "until_eof", False))
    except (ConfigurationError, TermsError) as error:
        raise BadInput(str(error)) from error
    except (AlreadyRunning, StorageError) as error:
        raise CommandFailure(str(error), 1) from error
    except OSError as error:
        raise OutOfReach(str(error)) from error
    return 0


def _ready() -> None:
    """Say so to whoever started us and waits; a service manager is told by `sd_notify`."""
    sys.stdout.write(f'{{"ready":true,"pid":{os.getpid()}}}\n')
    sys.stdout.flush()
