"""`noc-tui evidence verify-pack` of a folder of statements: the manifest, its files, their key."""

import argparse
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from noc_tui.commands.failure import BadInput
from noc_tui.commands.output import say, say_json
from noc_tui.i18n import N_, _, ngettext
from noc_tui.statement.document import StatedClosing
from noc_tui.statement.manifest import FolderReport, FolderVerdict, verify_folder
from noc_tui.text import visible

_SAID = {
    FolderVerdict.ALTERED: N_("not as it was signed: {names}"),
    FolderVerdict.INCOMPLETE: N_("missing: {names}"),
    FolderVerdict.UNSIGNED: N_("there is no signature: {names}"),
    FolderVerdict.WRONG_KEY: N_("signed by a key that you do not know: {names}"),
    FolderVerdict.UNREADABLE: N_("cannot be read: {names}"),
}


def verify(arguments: argparse.Namespace, known: Collection[str]) -> int:
    """Say the verdict, and on standard error why; the exit code."""
    if arguments.database:
        raise BadInput(_("--database compares a pack; this is a folder of statements"))
    report = verify_folder(Path(arguments.pack), known, unsigned=arguments.unsigned)
    lines = list(_lines(report, known, unsigned=arguments.unsigned))
    if arguments.json:
        say_json({"verdict": report.verdict, "lines": lines})
    else:
        say(report.verdict)
        sys.stderr.write("".join(f"{line}\n" for line in lines))
    return 0 if report.verdict is FolderVerdict.INTACT else 1


def _lines(report: FolderReport, known: Collection[str], *, unsigned: bool) -> Iterator[str]:
    if report.verdict in _SAID:
        yield _(_SAID[report.verdict]).format(names=visible(", ".join(report.names)))
    manifest = report.manifest
    if manifest is None:
        return
    count = len(manifest.files)
    text = ngettext("{month}: {n} file", "{month}: {n} files", count)
    yield text.format(month=visible(manifest.month), n=count)
    yield _closing_line(manifest.closing)
    if manifest.left_out:
        names = ", ".join(one.tenant for one in manifest.left_out)
        yield _("left out: {names}").format(names=visible(names))
    if report.unsigned:
        names = visible(", ".join(report.unsigned))
        yield _("not signed, and not compared: {names}").format(names=names)
    if unsigned:
        yield _("a missing signature is accepted")
    if known:
        yield _("key: {id}, which you know").format(id=visible(manifest.key_id))
    else:
        text = _("key: {id}, NOT COMPARED with one that you know (--key)")
        yield text.format(id=visible(manifest.key_id))


def _closing_line(closing: StatedClosing | None) -> str:
    """Of which closing the statements are."""
    if closing is None:
        return _("the month was not closed yet")
    text = _("closing {number}, {time}, entry {entry}")
    said = text.format(number=closing.number, time=visible(closing.closed), entry=closing.entry)
    if closing.reopened is None:
        return said
    text = _("{closing}; reopened {time}, entry {entry}")
    return text.format(closing=said, time=visible(closing.reopened), entry=closing.reopened_by)
