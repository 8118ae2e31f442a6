"""`noc-tui handover`: what the next shift must know; hand over, accept, sign, export."""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from noc_tui.api import alerts
from noc_tui.api import handover as api
from noc_tui.commands.configured import load_configuration, terms_book
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput
from noc_tui.commands.handover_document import HandoverDocument, HandoverLine, document
from noc_tui.commands.options import common_options
from noc_tui.commands.output import say, say_json
from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.handover.diff import Form, as_file
from noc_tui.i18n import _, ngettext
from noc_tui.labels import decoding, formats
from noc_tui.text import visible
from noc_tui.views.published_clock import clock_of
from storage import oncall, settings
from storage.connection import Readable
from storage.oncall import Handover, HandoverItem, Shift

SHIFT_WORDS = 3
LONGEST_RANGE = 10_000
_RANGE = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `show`, `open`, `note`, `accept` and `export`."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    text = _("the open handover, else a draft of the next one")
    show = verbs.add_parser("show", help=text, description=text, parents=[common_options()])
    show.add_argument("--json", action="store_true", help=_("one JSON document"))
    text = _("hand over: build the handover from the state")
    verbs.add_parser("open", help=text, description=text, parents=[common_options()])
    text = _("a note for the next shift")
    note = verbs.add_parser("note", help=text, description=text, parents=[common_options()])
    note.add_argument("text", metavar=_("TEXT"))
    text = _("take over and sign: everything, or the items named; the rest stays where it is")
    accept = verbs.add_parser("accept", help=text, description=text, parents=[common_options()])
    accept.add_argument("--items", metavar=_("LIST"), help=_("such as 1,3-5"))
    text = _("what `show` said it showed; without it, what is open now is shown and accepted")
    accept.add_argument("--shown", type=int, metavar="N", help=text)
    accept.add_argument(
        "--unsigned", action="store_true", help=_("accept, and leave the handover open")
    )
    text = _("who is on call, or plan a shift: START END ACCOUNT; a lead plans")
    rota = verbs.add_parser("rota", help=text, description=text, parents=[common_options()])
    rota.add_argument("shift", nargs="*", metavar=_("START END ACCOUNT"), help=_("RFC 3339 times"))
    text = _("the handover as a file to keep")
    export = verbs.add_parser("export", help=text, description=text, parents=[common_options()])
    export.add_argument("--format", choices=("md", "html"), default="md", help=_("how"))
    export.add_argument("--number", type=int, metavar="N", help=_("an earlier one, by its number"))
    export.add_argument("--out", metavar=_("FILE"), help=_("else standard output"))


def run(arguments: argparse.Namespace) -> int:
    """Run the verb that was asked for; returns the exit code."""
    config = load_configuration(arguments)
    match arguments.verb:
        case "show":
            _show(config, as_json=arguments.json)
        case "export":
            _export(config, arguments.format, arguments.out, arguments.number)
        case "accept":
            _accept(arguments, config)
        case "rota":
            _rota(arguments, config)
        case "note":
            noted = ask(arguments, config, api.NOTE(api.Note(arguments.text)))
            say(_("note {number} kept").format(number=noted.note))
        case _:
            opened = ask(arguments, config, api.OPEN(api.Opening()))
            text = ngettext(
                "handover {number} open, {count} item",
                "handover {number} open, {count} items",
                opened.items,
            )
            say(text.format(number=opened.handover, count=opened.items))
    return 0


def _rota(arguments: argparse.Namespace, config: Configuration) -> None:
    if arguments.shift:
        if len(arguments.shift) != SHIFT_WORDS:
            raise BadInput(_("a shift is START END ACCOUNT"))
        ask(arguments, config, alerts.PLAN_SHIFT(_shift(*arguments.shift)))
    for shift in read(config, _shifts):
        span = " → ".join(map(formats.instant, (shift.start, shift.end)))
        say(f"{span}  {visible(shift.account)}")


def _shift(start: str, end: str, account: str) -> alerts.PlannedShift:
    typed = {"start": start, "end": end, "account": account}
    try:
        return msgspec.convert(typed, alerts.PlannedShift)
    except msgspec.ValidationError as error:
        raise BadInput(decoding.sentence(error)) from error


async def _shifts(db: Readable) -> list[Shift]:
    return await oncall.shifts_from(db, clock_of(await settings.read_clock(db)).now())


def positions(text: str) -> list[int]:
    """`1,3-5` as numbers; exit code 2 for anything else."""
    found: list[int] = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        if match is None or not 0 <= int(match[2] or match[1]) - int(match[1]) <= LONGEST_RANGE:
            raise BadInput(_("--items: not a list such as 1,3-5: {text}").format(text=text))
        found += range(int(match[1]), int(match[2] or match[1]) + 1)
    return found


def _accept(arguments: argparse.Namespace, config: Configuration) -> None:
    found = _found(config)
    wanted = (
        positions(arguments.items)
        if arguments.items is not None
        else [line.position for line in found.items if line.accepted_at is None]
    )
    entry = arguments.shown
    if entry is None:
        entry = found.entry or 0  # which is no entry: one opened since then was not read
        _say_lines([line for line in found.items if line.position in wanted])
    if wanted:
        taken = ask(arguments, config, api.ACCEPT(api.Acceptance(tuple(wanted), entry)))
        text = ngettext("{count} item accepted", "{count} items accepted", taken.accepted)
        say(text.format(count=taken.accepted))
    if not arguments.unsigned:
        signed = ask(arguments, config, api.SIGN(api.Signature(entry)))
        text = ngettext(
            "handover {number} signed, {count} item left with the outgoing operator",
            "handover {number} signed, {count} items left with the outgoing operator",
            len(signed.left),
        )
        say(text.format(number=signed.handover, count=len(signed.left)))


def _found(config: Configuration) -> HandoverDocument:
    terms = terms_book(config)
    return read(config, lambda db: document(db, terms))


def _show(config: Configuration, *, as_json: bool) -> None:
    found = _found(config)
    if as_json:
        say_json(found)
        return
    say(_title(found))
    _say_lines(found.items)
    if found.entry is not None:
        say(_("to accept what is shown here: --shown {entry}").format(entry=found.entry))


def _say_lines(lines: Sequence[HandoverLine]) -> None:
    for line in lines:
        mark = "✔" if line.accepted_at else "·"
        due = f"  {formats.instant(line.due)}" if line.due else ""
        say(f"{mark} {line.position:3}  {visible(line.text)}{due}  {visible(line.holder)}".rstrip())


def _title(found: HandoverDocument) -> str:
    if found.handover is None:
        return ngettext(
            "next handover (draft): {count} item",
            "next handover (draft): {count} items",
            len(found.items),
        ).format(count=len(found.items))
    return ngettext(
        "handover {number} of {outgoing}, {count} item",
        "handover {number} of {outgoing}, {count} items",
        len(found.items),
    ).format(number=found.handover, outgoing=visible(found.outgoing), count=len(found.items))


Kept = tuple[Handover, list[HandoverItem], list[HandoverItem]]


async def _kept(db: Readable, number: int | None) -> Kept | None:
    """A handover, else the newest; its items, and those of the one before."""
    found = await (oncall.last_handover(db) if number is None else oncall.HANDOVERS.get(db, number))
    if found is None:
        return None
    rows = await oncall.items_of(db, found.id)
    return found, rows, await oncall.items_of(db, found.id - 1)


def _export(config: Configuration, form: Form, out: str | None, number: int | None) -> None:
    kept = read(config, lambda db: _kept(db, number))
    if kept is None and number is not None:
        raise BadInput(_("there is no handover {number}").format(number=number))
    if kept is None:
        raise BadInput(_("there was no handover yet"))
    text = as_file(*kept, form)
    if out is None:
        say(text.rstrip("\n"))
        return
    try:
        Path(out).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{out}: {error.strerror}") from error
