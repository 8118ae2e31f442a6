"""`noc-tui scope`: is this ticket ours (annexe 2)? One text, or a stream with --batch."""

import argparse
import sys

from noc_tui.commands.failure import BadInput
from noc_tui.commands.output import say, say_json
from noc_tui.commands.scope_batch import answers, line
from noc_tui.contract.annexe2 import infogerance, judge
from noc_tui.contract.annexe2.answer import Answer, Verdict
from noc_tui.contract.annexe2.reading import UnreadableTicketError
from noc_tui.contract.terms import Terms, load_terms
from noc_tui.i18n import N_, _
from noc_tui.text import visible

_LONGEST = 64 << 20
VERDICTS = {
    Verdict.in_scope: N_("in scope: ours"),
    Verdict.out_of_scope: N_("out of scope: the client's"),
    Verdict.not_annexe2: N_("not settled by annexe 2"),
    Verdict.ambiguous: N_("ambiguous: ask"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the text, the tenant and the batch."""
    parser.add_argument("text", nargs="?", metavar=_("TEXT"), help=_("else standard input"))
    parser.add_argument("--tenant", metavar=_("TENANT"), help=_("with this tenant's contract"))
    parser.add_argument("--json", action="store_true", help=_("one JSON document"))
    parser.add_argument(
        "--batch", action="store_true", help=_("a ticket a line in, an answer a line out")
    )


def run(arguments: argparse.Namespace) -> int:
    """Answer one ticket, or a stream of them. Exit code 2 for a text that cannot be read."""
    terms = load_terms()
    look_up = judge.shipped({row.id: row.verdict for row in terms.annexe2})
    if arguments.batch:
        return _batch(look_up, terms)
    text = arguments.text if arguments.text is not None else _standard_input()
    try:
        answer = look_up.answer(text)
    except UnreadableTicketError as error:
        raise BadInput(str(error)) from error
    if arguments.json:
        say_json(line("", answer, coverage(terms, answer)))
    else:
        _say(answer, terms)
    return 0


def _standard_input() -> str:
    return sys.stdin.buffer.read(_LONGEST).decode("utf-8", "replace")


def _batch(look_up: judge.Judge, terms: Terms) -> int:
    out = sys.stdout.buffer
    for raw in answers(sys.stdin.buffer, look_up.answer, lambda a, _t: coverage(terms, a)):
        out.write(raw)
        out.flush()
    return 0


def coverage(terms: Terms, answer: Answer) -> infogerance.Coverage:
    """What level-2 infogérance makes of the answer."""
    if answer.verdict is Verdict.ambiguous:
        return "unsettled"
    return infogerance.coverage(answer.row, terms.row(answer.row).infogerance, None)


def _say(answer: Answer, terms: Terms) -> None:
    say(f"{_(VERDICTS[answer.verdict])}  ({answer.confidence:.0%})")
    for candidate in answer.candidates:
        row = terms.row(candidate.row)
        say(f"  {row.label} [{row.where}] {candidate.share:.0%}")
        if candidate.because:
            say("    " + " · ".join(visible(word) for word in candidate.because))
    if answer.question:
        say(answer.question)
