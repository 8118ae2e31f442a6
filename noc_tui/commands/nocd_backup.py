"""`nocd backup DIR`: a copy of the database while `nocd` runs, its manifest, and its way elsewhere.

Exit code 0 when all of it was done, 1 when the copy is not whole or did not reach the other site.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from msgspec.structs import replace

from noc_tui import __version__
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.failure import BadInput, CommandFailure
from noc_tui.commands.output import say
from noc_tui.config import Configuration
from noc_tui.config.values import BackupConfig
from noc_tui.daemon.program.bootstrap import clock_of
from noc_tui.i18n import _
from noc_tui.text import visible
from storage import database_backup
from storage.database_backup import BackupManifest, LastBackup
from storage.errors import StorageError
from storage.heads import KeyFileError, SigningKey, load_key
from storage.sealed import sealed_copy_path
from storage.verdict import Verdict


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where to, and how many to keep."""
    parser.add_argument("directory", metavar=_("DIR"), help=_("where the copy goes"))
    text = _("remove older copies there, but for the newest N")
    parser.add_argument("--keep", type=int, metavar="N", help=text)


def run(arguments: argparse.Namespace) -> int:
    """Copy, verify, sign, prune, send."""
    config, directory = load_configuration(arguments), Path(arguments.directory)
    if arguments.keep is not None and arguments.keep < 1:
        raise BadInput(_("--keep: at least one"))
    if not directory.is_dir():
        raise BadInput(_("{directory}: there is no such directory").format(directory=directory))
    database = config.database.path
    key_file = config.evidence.key_file or database.with_name("evidence.key")
    now = clock_of(config).now()
    try:
        backup, manifest = database_backup.make_backup(
            database,
            directory,
            now,
            version=__version__,
            key_file=key_file,
            key=_key(key_file),
        )
    except StorageError as error:
        raise CommandFailure(str(error), 1) from error
    say(_told(backup, manifest))
    last = LastBackup(
        at=now,
        file=str(backup.absolute()),
        digest=manifest.digest,
        count=manifest.count,
        verdict=manifest.verdict,
        signed=bool(manifest.signature),
    )
    intact = manifest.verdict == Verdict.INTACT
    if intact and arguments.keep is not None:
        for gone in database_backup.prune(directory, database.stem, arguments.keep):
            say(_("removed: {file}").format(file=gone))
    if config.backup is not None and config.backup.send:
        said = _send(config.backup, backup)
        last = replace(last, sent=not said, said=said)
    return _noted(config, last, intact=intact)


def _key(file: Path) -> SigningKey | None:
    """The key that signs the manifest, for an account that may read it."""
    try:
        return load_key(file)
    except KeyFileError as error:
        text = _("the manifest is not signed: {error}").format(error=error)
        sys.stderr.write(f"nocd: {text}\n")
        return None


def _told(backup: Path, manifest: BackupManifest) -> str:
    return _(
        "{file}: evidence entries: {count}, chain {verdict}; the signing key is not in it: {key}"
    ).format(file=backup, count=manifest.count, verdict=manifest.verdict, key=manifest.key_file)


def _send(config: BackupConfig, backup: Path) -> str:
    """Run the operator's own command; why it failed, empty when it did not."""
    names = {
        "file": str(backup),
        "manifest": str(database_backup.manifest_of(backup)),
        "directory": str(backup.parent),
        "sealed": str(sealed_copy_path(backup)),
    }
    words = [_filled(word, names) for word in config.send]
    try:
        done = subprocess.run(  # noqa: S603 - the configuration's own words, and no shell
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=config.send_timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _("no end after {seconds} s").format(seconds=round(config.send_timeout))
    except OSError as error:
        return visible(f"{words[0]}: {error.strerror}")
    if done.returncode == 0:
        return ""
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return visible(f"{words[0]}: {done.returncode} {said[-1] if said else ''}".strip())[:300]


def _filled(word: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        word = word.replace("{" + name + "}", value)
    return word


def _noted(config: Configuration, last: LastBackup, *, intact: bool) -> int:
    """Leave word for `nocd` and `doctor`; the exit code."""
    try:
        database_backup.put_last_backup(config.database.path, last)
    except StorageError as error:
        raise CommandFailure(str(error), 1) from error
    if last.sent is False:
        text = _("the copy did not reach the other site: {error}").format(error=last.said)
        raise CommandFailure(text, 1)
    if last.sent:
        say(_("sent to the other site"))
    return 0 if intact else 1
