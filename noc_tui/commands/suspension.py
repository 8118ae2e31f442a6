"""`noc-tui suspension`: every verb of the wizard for scripts. A refusal is exit code 4."""

import argparse
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from noc_tui.commands.configured import configured, daemon
from noc_tui.commands.failure import BadInput, Refused
from noc_tui.commands.files import text_of
from noc_tui.commands.output import say, say_json, table
from noc_tui.commands.reading import read
from noc_tui.commands.suspension_arguments import add_arguments, edit_of, pair
from noc_tui.commands.suspension_text import case_lines, preview_lines
from noc_tui.config import Configuration
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.cases import STATES
from noc_tui.labels.states import word
from noc_tui.statement.termination import gathered
from storage.suspension import SUSPENSIONS, Suspension, guests_of

__all__ = ["add_arguments", "run"]

Document = dict[str, Any]
_OVER = ("closed", "cancelled")
_FAR = datetime.max.replace(tzinfo=UTC)


def run(arguments: argparse.Namespace) -> int:
    """The verb that was asked for."""
    config = configured(arguments)
    if arguments.verb == "list":
        return _list(arguments, config)
    if arguments.verb == "show":
        return _show(arguments, config)
    if arguments.verb == "rehearse":
        return _rehearse(arguments, config)
    if arguments.verb == "file":
        return _file(arguments, config)
    document = _asked(arguments, config)
    if arguments.json:
        say_json(document)
    else:
        for line in case_lines(document):
            say(line)
    return 0


def _asked(arguments: argparse.Namespace, config: Configuration) -> Document:
    """Ask `nocd`; the case as it then is."""
    if arguments.verb == "plan":
        return _plan(arguments, config)
    if arguments.verb == "check":
        for step, reason in map(pair, arguments.waive):
            _post(arguments, config, "waive", {"step": step, "reason": reason})
        return _post(arguments, config, "check", {})
    if arguments.verb == "notice":
        return _notice(arguments, config)
    bodies: dict[str, Document] = {
        "approve": {"seen": getattr(arguments, "digest", "")},
        "order": {
            "seen": getattr(arguments, "digest", ""),
            "typed_name": getattr(arguments, "tenant_name", ""),
            "break_glass": getattr(arguments, "break_glass", False),
        },
        "restore": {
            "guests": getattr(arguments, "guest", []),
            "found": getattr(arguments, "found", ""),
        },
        "data-access": {"open": getattr(arguments, "way", "") == "open"},
        "reapply": {},
    }
    body = bodies.get(arguments.verb, {"text": getattr(arguments, "text", "")})
    return _post(arguments, config, arguments.verb, body)


def _plan(arguments: argparse.Namespace, config: Configuration) -> Document:
    if not arguments.case:
        if not (arguments.tenant and arguments.ground):
            raise BadInput(_("a new case needs --tenant and --ground"))
        opening = {
            "tenant": arguments.tenant,
            "ground": arguments.ground,
            "rehearsal": arguments.rehearsal,
            "edit": edit_of(arguments),
        }
        with daemon(arguments, config) as nocd:
            return nocd.post("/v1/suspensions", Document, opening)
    return _post(arguments, config, "edit", edit_of(arguments))


def _notice(arguments: argparse.Namespace, config: Configuration) -> Document:
    edit = {"language": arguments.language, "subject": arguments.subject}
    if arguments.body_file is not None:
        edit["body"] = text_of(arguments.body_file)
    given = {key: value for key, value in edit.items() if value is not None}
    if arguments.draft:
        return _post(
            arguments, config, "notice", {"action": "draft", "language": arguments.language}
        )
    document = _post(arguments, config, "edit", given) if given else None
    for action, reason in (
        ("send", "" if arguments.send else None),
        ("after", "" if arguments.after else None),
        ("waive", arguments.waive),
        ("withhold", arguments.withhold),
    ):
        if reason is not None:
            body = {"action": action, "reason": reason}
            return _post(arguments, config, "notice", body)
    if document is None:
        raise BadInput(_("say what to do: --draft, --send, --after, --waive or --withhold"))
    return document


def _post(
    arguments: argparse.Namespace, config: Configuration, verb: str, body: Document
) -> Document:
    with daemon(arguments, config) as nocd:
        return nocd.post(f"/v1/suspensions/{_case(arguments)}/{verb}", Document, body)


def _case(arguments: argparse.Namespace) -> str:
    if not str(arguments.case).replace("-", "").isalnum():
        raise BadInput(_("a case is called like S-0001, not {text!r}").format(text=arguments.case))
    return str(arguments.case)


def _rehearse(arguments: argparse.Namespace, config: Configuration) -> int:
    with daemon(arguments, config) as nocd:
        document = nocd.get(f"/v1/suspensions/{_case(arguments)}/preview", Document)
    if arguments.json:
        say_json(document)
    else:
        for line in preview_lines(document):
            say(line)
    hindered = any(
        "error" in row or any(step["obstacles"] for step in row["steps"])
        for row in document["guests"]
    )
    if hindered:
        raise Refused(_("some of it cannot be done as planned"))
    return 0


def _show(arguments: argparse.Namespace, config: Configuration) -> int:
    with daemon(arguments, config) as nocd:
        document = nocd.get(f"/v1/suspensions/{_case(arguments)}", Document)
    guests = read(config, lambda db: guests_of(db, arguments.case))
    document["guests"] = msgspec.to_builtins(guests)
    if arguments.json:
        say_json(document)
        return 0
    for line in case_lines(document):
        say(line)
    return 0


def _file(arguments: argparse.Namespace, config: Configuration) -> int:
    with daemon(arguments, config) as nocd:
        case = nocd.get(f"/v1/suspensions/{_case(arguments)}", Document)
    found = read(config, partial(gathered, case=case))
    if arguments.json:
        say_json(found.document())
        return 0
    for line in found.lines():
        say(line)
    return 0


def _list(arguments: argparse.Namespace, config: Configuration) -> int:
    found = read(config, SUSPENSIONS.read)
    rows = [row for row in found if arguments.all or row.state not in _OVER]
    rows.sort(key=lambda row: (row.state in _OVER, row.deadline or _FAR, row.id))
    if arguments.json:
        keys = [key for key in Suspension.__struct_fields__ if key != "document"]
        say_json({"suspensions": [{key: getattr(row, key) for key in keys} for row in rows]})
        return 0
    header = [_("case"), _("tenant"), _("ground"), _("state"), _("deadline"), _("owed")]
    cells = [
        [row.id, row.tenant_name, row.ground, word(STATES, row.state).text, _day(row), _owed(row)]
        for row in rows
    ]
    for line in table(header, cells):
        say(line)
    return 0


def _day(row: Suspension) -> str:
    return "" if row.deadline is None else formats.instant(row.deadline)


def _owed(row: Suspension) -> str:
    words = [_("notice")] if row.notice_owed else []
    return ", ".join(words + ([_("review")] if row.review_due else []))
