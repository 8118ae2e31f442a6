"""`noc-tui tenants import`: shows what a register changes, asks, and hands it to `nocd`."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from noc_tui import register
from noc_tui.api.register import (
    IMPORT,
    PREVIEW,
    Imported,
    NamedTenant,
    RegisterFile,
    RegisterPreview,
)
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput, CommandRefused
from noc_tui.commands.options import common_options
from noc_tui.commands.output import say, say_json, table
from noc_tui.commands.questions import is_asked_here, read_answer, require_agreement
from noc_tui.config import Configuration
from noc_tui.i18n import _, ngettext
from noc_tui.spreadsheet.encoding import UTF8, DecodedText
from noc_tui.text import visible

NONE = "—"


def add_import(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the verb."""
    text = _("replace the register: shown and asked in a terminal; from a script it is taken")
    taking = verbs.add_parser("import", help=text, description=text, parents=[common_options()])
    taking.add_argument("file", metavar=_("FILE"), type=Path)
    taking.add_argument(
        "--confirm",
        action="append",
        default=[],
        metavar=_("TENANT"),
        help=_("a client that it leaves without any of the guests that run, if that is meant"),
    )
    taking.add_argument("--dry-run", action="store_true", help=_("show what it changes, no more"))
    taking.add_argument("--yes", action="store_true", help=_("take it without asking"))
    taking.add_argument("--json", action="store_true", help=_("one JSON document"))


def run(arguments: argparse.Namespace) -> int:
    """Check the file here, so that its mistakes are told without `nocd`; show what it changes and
    ask where somebody can answer; then hand it over.
    """
    decoded = _checked(arguments.file)
    config = load_configuration(arguments)
    handed = RegisterFile(arguments.file.name, decoded.text, tuple(arguments.confirm))
    if arguments.dry_run:
        return _show(arguments, config, handed, decoded)
    if is_asked_here() and not (arguments.yes or arguments.json):
        handed = _agreed(arguments, config, handed, decoded)
    taken = ask(arguments, config, IMPORT(handed))
    if arguments.json:
        say_json(taken)
    else:
        say(_describe_import(taken))
    return 0


def _checked(file: Path) -> DecodedText:
    try:
        decoded = register.read_text(file)
        register.parse(decoded.text, file)
    except register.RegisterError as error:
        raise BadInput(str(error)) from error
    return decoded


def _show(
    arguments: argparse.Namespace,
    config: Configuration,
    handed: RegisterFile,
    decoded: DecodedText,
) -> int:
    """Show the changes; 1 where the register would not be taken as it is."""
    found = ask(arguments, config, PREVIEW(handed))
    if arguments.json:
        say_json(found)
    else:
        for line in describe_preview(found, decoded.encoding):
            say(line)
    unconfirmed = {one.tenant for one in found.losing} - set(handed.confirmed)
    return 1 if found.refused or unconfirmed else 0


def _agreed(
    arguments: argparse.Namespace,
    config: Configuration,
    handed: RegisterFile,
    decoded: DecodedText,
) -> RegisterFile:
    """The register with the clients confirmed that it leaves without guests. Raises
    `CommandRefused` where the operator does not agree.
    """
    found = ask(arguments, config, PREVIEW(handed))
    for line in describe_preview(found, decoded.encoding):
        say(line)
    if found.refused:
        raise CommandRefused(_("nothing was imported"))
    confirmed = [*handed.confirmed, *_confirm_each(found.losing, handed.confirmed)]
    require_agreement(
        _("Import this register? [y/N] "),
        unanswered=_("nothing was imported"),
        refused=_("nothing was imported"),
    )
    return RegisterFile(handed.name, handed.text, tuple(confirmed))


def _confirm_each(losing: Sequence[NamedTenant], given: Sequence[str]) -> Iterator[str]:
    """Yield each client whose id was typed. Raises `CommandRefused` at the first other answer."""
    for one in losing:
        if one.tenant in given:
            continue
        question = _("Type the id of this client if it is to lose its guests ({tenant}): ")
        if read_answer(question.format(tenant=one.tenant)) != one.tenant:
            raise CommandRefused(_("nothing was imported"))
        yield one.tenant


def describe_preview(found: RegisterPreview, encoding: str) -> Iterator[str]:
    """Yield the lines that say what a register would change."""
    if encoding != UTF8:
        yield _("read as {encoding}: check the accents below").format(encoding=encoding)
    for text, clients in (
        (_("new: {client}"), found.added),
        (_("leaves: {client}"), found.removed),
    ):
        yield from (text.format(client=_client(one)) for one in clients)
    if found.changed:
        header = [_("tenant"), _("field"), _("before"), _("after")]
        cells = [
            [one.tenant, one.field, visible(one.before) or NONE, visible(one.after) or NONE]
            for one in found.changed
        ]
        yield from table(header, cells)
    yield from (
        ngettext(
            "▲ {client}: {n} guest runs, and would be nobody’s",
            "▲ {client}: {n} guests run, and would be nobody’s",
            one.guests,
        ).format(client=_client(one), n=one.guests)
        for one in found.losing
    )
    yield from (f"▲ {visible(line)}" for line in found.unknown)
    if found.past:
        yield _("this changes months that are over; another person imports the same file too:")
        yield from (f"  {line}" for line in found.past)
    yield from (f"✖ {line}" for line in found.refused)
    if not (found.added or found.removed or found.changed):
        yield _("it says nothing else than the register in force")


def _client(one: NamedTenant) -> str:
    return f"{one.tenant} ({visible(one.name)})"


def _describe_import(taken: Imported) -> str:
    if taken.proposed is None:
        return _("tenants in the register: {n}").format(n=taken.tenants)
    text = _(
        "proposed (entry {entry}): it changes months that are over, and is taken once another"
        " person imports the same file"
    )
    return text.format(entry=taken.proposed)
