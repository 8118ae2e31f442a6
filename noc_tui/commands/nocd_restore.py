"""`nocd restore BACKUP`: a backup in the place of the database, while no `nocd` runs.

What would be lost is said first, and asked for. `nocd` then starts held: `nocd resume`.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from noc_tui import roles
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.failure import BadInput, CommandRefused
from noc_tui.commands.output import say
from noc_tui.daemon.core.instance import AlreadyRunning, Instance
from noc_tui.daemon.program.bootstrap import clock_of
from noc_tui.i18n import _
from noc_tui.queries.kept_heads import read_kept_heads
from noc_tui.queries.record_check import check_record
from storage import restoration
from storage.database_backup import check_manifest
from storage.errors import StorageError
from storage.evidence import Actor
from storage.heads import Head, KeyFileError, SigningKey, load_key
from storage.restoration import Comparison
from storage.sealed import sealed_copy_path, sealed_path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the backup."""
    parser.add_argument("backup", metavar=_("BACKUP"), help=_("such as noc.db.before-0040_oncall"))
    parser.add_argument("--yes", action="store_true", help=_("do not ask, for scripts"))


def run(arguments: argparse.Namespace) -> int:
    """Compare, ask, restore, and say what the chain is; exit code 4 while `nocd` runs, or no."""
    config, backup = load_configuration(arguments), Path(arguments.backup)
    path = config.database.path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        instance = Instance(path)
    except AlreadyRunning as error:
        raise CommandRefused(str(error)) from error
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
    try:
        found = _compared(backup, path, read_kept_heads(config))
        _ask(found, path, yes=arguments.yes)
        uid = os.getuid()
        actor = Actor(uid, roles.account_name(uid))
        key = _signing_key(config.evidence.key_file or path.with_name("evidence.key"))
        kept = restoration.restore(backup, path, found, actor, clock_of(config).now(), key)
        _restore_sealed(backup, path, actor, clock_of(config).now(), key)
    except StorageError as error:
        raise BadInput(str(error)) from error
    finally:
        instance.release()
    _say_result(path, kept)
    return 0


def _restore_sealed(
    backup: Path, path: Path, actor: Actor, now: datetime, key: SigningKey | None
) -> None:
    """Put the sealed file's copy in its place, where the backup has one. Without one what stands
    there stays, secret orders that came since among it.
    """
    copied, place = sealed_copy_path(backup), sealed_path(path)
    if not copied.is_file():
        say(_("this backup has no sealed file: the one in place stays as it is"))
        return
    compared = restoration.compare(copied, place)
    kept = restoration.restore(copied, place, compared, actor, now, key)
    if kept is not None:
        say(
            _("the sealed file goes back with it; the one that was there is kept: {file}").format(
                file=kept
            )
        )


def _compared(backup: Path, path: Path, kept: Sequence[Head]) -> Comparison:
    """Return what would be lost; refused for a backup that is not what its manifest says."""
    if not backup.is_file():
        raise BadInput(_("{file}: there is no such backup").format(file=backup))
    if wrong := check_manifest(backup):
        raise CommandRefused(wrong)
    return restoration.compare(backup, path, kept)


def _signing_key(file: Path) -> SigningKey | None:
    """The key that makes the restore's entry believed; None where this account cannot read it."""
    try:
        return load_key(file)
    except KeyFileError:
        return None


def _ask(found: Comparison, path: Path, *, yes: bool) -> None:
    """Say what the file in place has besides; go on only with a yes."""
    if found.unreadable:
        text = _("{file} cannot be read, so nothing is known of what would be lost: {error}")
        say(text.format(file=path, error=found.unreadable))
    elif found.place is not None:
        say(
            _("{file} goes to {at}, the backup to {copy}").format(
                file=path, at=_at(found.place.at), copy=_at(found.copy.at)
            )
        )
        say(_lost(found))
    if not (found.lost or found.unreadable) or yes:
        return
    if not sys.stdin.isatty():
        raise CommandRefused(_("nothing was restored: answer here, or give --yes"))
    sys.stdout.write(_("Restore all the same? The file in place is kept. [y/N] "))
    sys.stdout.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes", "o", "oui"):
        raise CommandRefused(_("nothing was restored"))


def _lost(found: Comparison) -> str:
    if not found.lost:
        return _("no evidence entry would be lost")
    return _("evidence entries that would be lost: {count}, from {start} to {end}").format(
        count=found.lost, start=_at(found.lost_from), end=_at(found.lost_until)
    )


def _at(at: datetime | None) -> str:
    return "-" if at is None else at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _say_result(path: Path, kept: Path | None) -> None:
    report = check_record(path)
    if kept is not None:
        say(_("the file that was there is kept: {file}").format(file=kept))
    say(
        _("{file}: restored, evidence entries: {count}, chain {verdict}").format(
            file=path, count=report.count, verdict=report.verdict
        )
    )
    say(_("nocd starts held: nothing queued before leaves until a lead runs nocd resume"))
