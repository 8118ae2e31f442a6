"""`noc-tui scope`: is this ticket ours (annexe 2)? One text, or a stream with --batch.

What only some of its verbs need is imported where they are: the answer to one ticket waits for
imports more than for anything else.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from noc_tui.commands.configured import load_configuration, terms_book
from noc_tui.commands.failure import BadInput, CommandFailure
from noc_tui.commands.output import say, say_json
from noc_tui.commands.scope_batch import ScopeAnswerLine, answers, line
from noc_tui.config import Configuration
from noc_tui.contract.annexe2 import judge
from noc_tui.contract.annexe2.answer import Answer, ScopeVerdict
from noc_tui.contract.annexe2.infogerance import Coverage, SupportContract
from noc_tui.contract.annexe2.lexicon import VocabularyError
from noc_tui.contract.annexe2.own_cases import OwnCase
from noc_tui.contract.annexe2.reading import UnreadableTicketError
from noc_tui.contract.annexe2.support_coverage import judge_coverage
from noc_tui.contract.intake.desk import Arrival, receive
from noc_tui.contract.terms import Terms
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.concepts import reason_line
from noc_tui.labels.scope import COVERAGES, OURS, VERDICTS
from noc_tui.text import visible

_LONGEST = 64 << 20
_EVALUATE = "evaluate"
_CASES = ("overrides", "approve", "decline", "export-cases")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the text, the tenant and the batch."""
    parser.add_argument("text", nargs="?", metavar=_("TEXT"), help=_("else standard input"))
    text = _("with `evaluate` as the text: labelled tickets, one a line, to measure the look-up")
    more = _(
        "with `overrides` nothing; with `approve` or `decline` an override's number; with"
        " `export-cases` the file to write"
    )
    parser.add_argument("file", nargs="?", metavar=_("FILE"), help=f"{text}; {more}")
    text = _("with `approve` or `decline`: why; a lead does")
    parser.add_argument("--reason", default="", metavar=_("TEXT"), help=text)
    parser.add_argument("--tenant", metavar=_("TENANT"), help=_("with this tenant's contract"))
    text = _("a whole mail, as a file holds it; - is standard input")
    parser.add_argument("--mail", metavar=_("FILE"), help=text)
    parser.add_argument("--json", action="store_true", help=_("one JSON document"))
    parser.add_argument(
        "--batch", action="store_true", help=_("a ticket a line in, an answer a line out")
    )


def run(arguments: argparse.Namespace) -> int:
    """Answer one ticket, or a stream of them. Exit code 2 for a text that cannot be read."""
    if is_about_cases(arguments):
        from noc_tui.commands.scope_cases import run_cases

        return run_cases(arguments)
    config, contracts, cases, today = _known(arguments)
    look_ups = _LookUps(config, cases, today)
    if arguments.batch:
        return _batch(look_ups, contracts)
    terms, look_up = look_ups.of(arguments.tenant)
    if arguments.file is not None:
        return _evaluate(arguments, terms, look_up)
    received = _received(arguments)
    try:
        answer = look_up.answer_received(received)
    except UnreadableTicketError as error:
        raise BadInput(_(str(error))) from error
    covered = judge_coverage(
        terms, answer.verdict, answer.row, _contract(contracts, arguments.tenant)
    )
    document = _document(line("", answer, covered), received)
    told: Iterable[str] = ()
    if received.notice is not None or received.letter is not None:
        from noc_tui.commands.scope_mail import lead_lines, lead_on

        lead = lead_on(received, arguments.mail or "", config)
        document["leads_to"] = msgspec.to_builtins(lead)
        told = lead_lines(received, lead)
    if arguments.json:
        say_json(document)
        return 0
    _say(answer, terms, covered, of_tenant=arguments.tenant is not None)
    for said in told:
        say(said)
    return 0


def is_about_cases(arguments: argparse.Namespace) -> bool:
    """Whether the words are one of the verbs about own cases, and no ticket."""
    if arguments.text == _CASES[0]:
        return arguments.file is None
    return arguments.text in _CASES


def _evaluate(arguments: argparse.Namespace, terms: Terms, look_up: judge.Judge) -> int:
    if arguments.text != _EVALUATE:
        raise BadInput(_("one text, in quotes, or `evaluate` and a file"))
    from noc_tui.commands.scope_evaluate import evaluate_file, say_evaluation

    rows = {row.id for row in terms.annexe2}
    found = evaluate_file(arguments.file, look_up.answer, rows)
    if arguments.json:
        say_json(found)
    else:
        say_evaluation(found)
    return 0


def _received(arguments: argparse.Namespace) -> Arrival:
    if arguments.mail is None:
        return receive(arguments.text if arguments.text is not None else _standard_input())
    if arguments.text is not None:
        raise BadInput(_("a text or --mail, not both"))
    from noc_tui.commands.scope_mail import read_mail_file

    return read_mail_file(arguments.mail)


def _document(answer: ScopeAnswerLine, received: Arrival) -> dict[str, Any]:
    """The answer, and beside it what was recognised."""
    document: dict[str, Any] = msgspec.to_builtins(answer)
    if received.notice is not None:
        document["notice"] = msgspec.to_builtins(received.notice)
    if received.letter is not None:
        document["letter"] = msgspec.to_builtins(received.letter)
    return document


def _known(
    arguments: argparse.Namespace,
) -> tuple[Configuration | None, Mapping[str, SupportContract], tuple[OwnCase, ...], date]:
    """Configuration, tenants' contracts, own cases and the day: needed only where asked for.

    A NOC_CONFIG that leads nowhere is told and passed over.
    """
    asked = arguments.tenant or arguments.config != os.environ.get("NOC_CONFIG")
    if not asked and arguments.config is None:
        return None, {}, (), date.min
    try:
        config = load_configuration(arguments)
        from noc_tui.commands.scope_tenants import known_contracts

        return config, *known_contracts(config)
    except CommandFailure as failure:
        if asked:
            raise
        text = _("without the tenants' contracts: {reason}").format(reason=failure)
        sys.stderr.write(f"noc-tui scope: {text}\n")
        return None, {}, (), date.min


def _standard_input() -> str:
    return sys.stdin.buffer.read(_LONGEST).decode("utf-8", "replace")


class _LookUps:
    """The look-up of each tenant by its terms of today; each version is prepared once.

    The terms by default are there from the start, so that a bad vocabulary ends the command at
    once, with exit code 2.
    """

    def __init__(
        self, config: Configuration | None, cases: tuple[OwnCase, ...], today: date
    ) -> None:
        self._book = terms_book(config)
        self._words = None if config is None else config.contract.vocabulary_file
        self._cases = cases
        self._today = today
        self._made: dict[str, judge.Judge] = {}
        self.of(None)

    def of(self, tenant: str | None) -> tuple[Terms, judge.Judge]:
        """The tenant's terms and look-up; those by default where no tenant is named."""
        terms = self._book.for_tenant(tenant, self._today) if tenant else self._book.default
        if terms.version not in self._made:
            rows = {row.id: row.verdict for row in terms.annexe2}
            try:
                self._made[terms.version] = judge.load_judge(rows, self._words, self._cases)
            except VocabularyError as error:
                raise BadInput(str(error)) from error
        return terms, self._made[terms.version]


def _batch(look_ups: _LookUps, contracts: Mapping[str, SupportContract]) -> int:
    def answer(text: str, tenant: str | None) -> Answer:
        return look_ups.of(tenant)[1].answer(text)

    def covered(answer: Answer, tenant: str | None) -> str:
        terms, _look_up = look_ups.of(tenant)
        return judge_coverage(terms, answer.verdict, answer.row, contracts.get(tenant or ""))

    out = sys.stdout.buffer
    for raw in answers(sys.stdin.buffer, answer, covered):
        out.write(raw)
        out.flush()
    return 0


def _contract(
    contracts: Mapping[str, SupportContract], tenant: str | None
) -> SupportContract | None:
    if tenant is None:
        return None
    if tenant not in contracts:
        raise BadInput(_("no tenant is called {name}").format(name=repr(tenant)))
    return contracts[tenant]


def _say(answer: Answer, terms: Terms, covered: Coverage, *, of_tenant: bool) -> None:
    verdict = _(OURS[covered]) if of_tenant and covered in OURS else _(VERDICTS[answer.verdict])
    say(f"{verdict}  ({formats.share(answer.confidence)})")
    for candidate in answer.candidates:
        row = terms.row(candidate.row)
        where = f"[{row.where}] " if row.where else ""
        say(f"  {row.label} {where}{formats.share(candidate.share)}")
        if candidate.because:
            say("    " + reason_line(candidate.because, candidate.concepts))
    if answer.question:
        say(answer.question)
    for known in answer.near:
        say(_("means nearly the same: {ticket}").format(ticket=visible(known)))
    if answer.verdict is ScopeVerdict.out_of_scope:
        say(_("level-2 infogérance: {word}").format(word=_(COVERAGES[covered])))
