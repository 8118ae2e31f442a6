"""`noc-tui scope evaluate FILE`: how well the look-up does on a hoster's own labelled tickets."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import msgspec

from noc_tui.commands.failure import BadInput
from noc_tui.commands.files import text_of
from noc_tui.commands.output import say
from noc_tui.contract.annexe2.answer import Answer
from noc_tui.contract.annexe2.evaluation import LabelledTicket, ScopeEvaluation, compare, evaluate
from noc_tui.contract.annexe2.reading import UnreadableTicketError
from noc_tui.i18n import _
from noc_tui.labels import decoding, formats
from noc_tui.labels.scope import VERDICTS
from noc_tui.text import visible


def evaluate_file(
    name: str, look_up: Callable[[str], Answer], rows: Collection[str]
) -> ScopeEvaluation:
    """Answer each ticket of a file and compare. Exit code 2 for a file that is no such file."""
    outcomes = []
    for place, ticket in _tickets(Path(name).expanduser()):
        unknown = ticket.accepted - set(rows)
        if unknown:
            reason = _("annexe 2 has no row {row}").format(row=repr(min(unknown)))
            raise BadInput(f"{visible(place)}: {reason}")
        try:
            outcomes.append(compare(ticket, look_up(ticket.text)))
        except UnreadableTicketError as error:
            raise BadInput(f"{visible(place)}: {_(str(error))}") from error
    return evaluate(outcomes)


def _tickets(file: Path) -> Iterator[tuple[str, LabelledTicket]]:
    for number, line in enumerate(text_of(file).splitlines(), 1):
        if not line.strip():
            continue
        place = f"{file}:{number}"
        try:
            yield place, msgspec.json.decode(line, type=LabelledTicket)
        except msgspec.DecodeError as error:
            raise BadInput(f"{visible(place)}: {decoding.sentence(error)}") from error


def say_evaluation(found: ScopeEvaluation) -> None:
    """Say the shares, the reliability of the confidence, and each wrong verdict."""
    say(_("tickets: {n}").format(n=found.tickets))
    say(_("right verdict: {share}").format(share=formats.share(found.verdict)))
    say(_("a right row among three: {share}").format(share=formats.share(found.row_among_three)))
    say(_("sure and wrong: {share}").format(share=formats.share(found.sure_and_wrong)))
    for step in found.reliability:
        say(
            _("confidence {least} to {most}: {right} right of {n}").format(
                least=formats.share(step.least),
                most=formats.share(step.most),
                right=step.right,
                n=step.tickets,
            )
        )
    for one in found.wrong:
        say(
            f"  {visible(str(one.id))}: {_(VERDICTS[one.expected])} ({one.expected_row or '–'}) →"
            f" {_(VERDICTS[one.answered])} ({one.row}) {formats.share(one.confidence)}"
        )
