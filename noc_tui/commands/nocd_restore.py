"""`nocd restore BACKUP`: a backup in the place of the database, while no `nocd` runs."""

import argparse
from pathlib import Path

from noc_tui.commands.configured import configured
from noc_tui.commands.failure import BadInput, CommandRefused
from noc_tui.commands.output import say
from noc_tui.daemon.core.instance import AlreadyRunning, Instance
from noc_tui.i18n import _
from storage import files
from storage.errors import StorageError
from storage.verify import verify


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the backup."""
    parser.add_argument("backup", metavar=_("BACKUP"), help=_("such as noc.db.before-0040_oncall"))


def run(arguments: argparse.Namespace) -> int:
    """Restore, and say what the chain in the restored file is; exit code 4 while `nocd` runs."""
    path = configured(arguments).database.path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        instance = Instance(path)
    except AlreadyRunning as error:
        raise CommandRefused(str(error)) from error
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
    try:
        files.restore(Path(arguments.backup), path)
    except StorageError as error:
        raise BadInput(str(error)) from error
    finally:
        instance.release()
    report = verify(path)
    say(
        _("{file}: restored, {count} evidence entries, chain {verdict}").format(
            file=path, count=report.count, verdict=report.verdict
        )
    )
    return 0
