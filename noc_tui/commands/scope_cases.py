"""`noc-tui scope overrides|approve|decline|export-cases`: overrides that become own cases."""

import argparse
from pathlib import Path

import msgspec

from noc_tui.api import scope as api
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput
from noc_tui.commands.output import say, say_json, table
from noc_tui.commands.reading import read
from noc_tui.contract.annexe2.answer import ScopeVerdict
from noc_tui.contract.annexe2.evaluation import LabelledTicket
from noc_tui.i18n import _
from noc_tui.labels.scope import VERDICTS
from noc_tui.labels.scope_decisions import CASES
from noc_tui.text import visible
from storage import scope


class OverrideLine(msgspec.Struct, frozen=True):
    """An override as scripts read it; `state` is proposed, approved or declined."""

    id: int
    state: str
    tenant: str
    reference: str
    proposed_verdict: str
    verdict: str
    row: str
    reason: str
    said_by: str
    said_because: str
    text: str


def run_cases(arguments: argparse.Namespace) -> int:
    """List, approve, decline or export. Exit code 2 for what is missing."""
    config = load_configuration(arguments)
    if arguments.text == "overrides":
        _list([_line(*one) for one in read(config, scope.list_overrides)], document=arguments.json)
    elif arguments.file is None:
        raise BadInput(_("{verb}: name what it is about").format(verb=arguments.text))
    elif arguments.text == "export-cases":
        _export(Path(arguments.file).expanduser(), read(config, scope.find_approved))
    else:
        endpoint = api.LEARN if arguments.text == "approve" else api.DECLINE
        if not arguments.file.isdecimal():
            raise BadInput(_("{text}: not a decision's number").format(text=repr(arguments.file)))
        body = api.Judgement(arguments.reason)
        done = ask(arguments, config, endpoint(body, number=arguments.file))
        state = scope.APPROVED if arguments.text == "approve" else scope.DECLINED
        say(_("decision {number}: {state}").format(number=done.id, state=_(CASES[state])))
    return 0


def _line(decision: scope.Decision, case: scope.OverrideReview | None) -> OverrideLine:
    return OverrideLine(
        id=decision.id,
        state=scope.PROPOSED if case is None else case.state,
        tenant=decision.tenant,
        reference=decision.reference,
        proposed_verdict=decision.proposed_verdict,
        verdict=decision.verdict,
        row=decision.row,
        reason=decision.reason,
        said_by="" if case is None else case.account,
        said_because="" if case is None else case.reason,
        text=decision.text,
    )


def _list(lines: list[OverrideLine], *, document: bool) -> None:
    if document:
        say_json({"overrides": lines})
        return
    if not lines:
        say(_("No override is on record."))
        return
    cells = [
        (
            str(one.id),
            _(CASES[one.state]),
            _(VERDICTS[ScopeVerdict(one.verdict)]),
            one.row or _("(no row fits)"),
            visible(one.reason)[:40],
            visible(one.text)[:60] or _("(erased)"),
        )
        for one in lines
    ]
    for row in table(("#", _("State"), _("Verdict"), _("Row"), _("Reason"), _("Ticket")), cells):
        say(row)


def _export(file: Path, found: list[scope.Decision]) -> None:
    """Write the approved cases as `scope evaluate` reads them; a case without a row is left out."""
    lines = [
        msgspec.json.encode(
            LabelledTicket(f"scope-{one.id}", one.text, one.row, ScopeVerdict(one.verdict))
        )
        for one in found
        if one.row
    ]
    try:
        with file.open("xb") as out:
            out.writelines(line + b"\n" for line in lines)
    except FileExistsError as error:
        raise BadInput(_("{file}: this file exists already").format(file=file)) from error
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error
    say(_("cases written: {n}").format(n=len(lines)))
    if len(lines) < len(found):
        say(_("left out, as no row fits: {n}").format(n=len(found) - len(lines)))
