"""Lays out the look-up's answer: the verdict, the rows, and the details of a row."""

from dataclasses import dataclass

from rich.console import Group
from rich.text import Text

from noc_tui.console.fact_lines import facts
from noc_tui.contract.annexe2.answer import Answer, ScopeVerdict
from noc_tui.contract.annexe2.infogerance import Coverage
from noc_tui.contract.terms import Row, Terms
from noc_tui.i18n import _, language
from noc_tui.labels import formats
from noc_tui.labels.concepts import reason_line, word_concept
from noc_tui.labels.scope import COVERAGES, OURS, RECEIVED, VERDICTS
from noc_tui.text import visible_lines
from widgets.columns import Column
from widgets.live_table import LiveTable

MARKS = {
    ScopeVerdict.in_scope: "✔",
    ScopeVerdict.out_of_scope: "✖",
    ScopeVerdict.not_annexe2: "§",
    ScopeVerdict.ambiguous: "?",
}
TONES = {"in_scope": "good", "out_of_scope": "warning", "not_annexe2": "muted"}


@dataclass(frozen=True, slots=True)
class Line:
    """A candidate row as it is listed; `because` are the ticket's own words, and
    `concepts` what each stood for.
    """

    place: int
    row: Row
    share: float
    because: tuple[str, ...]
    concepts: tuple[str, ...]
    footnotes: tuple[str, ...]


def lines_of(terms: Terms, answer: Answer) -> dict[str, Line]:
    """The candidates by row id, best first."""
    return {
        found.row: Line(
            place,
            terms.row(found.row),
            found.share,
            because=found.because,
            concepts=found.concepts,
            footnotes=_footnotes(terms, terms.row(found.row)),
        )
        for place, found in enumerate(answer.candidates, 1)
    }


def verdict_line(answer: Answer | None, covered: Coverage, *, known: bool) -> str:
    """The final answer, how sure, and what it rests on. What hosting leaves to the client is ours
    where its support contract covers it; `known` says that we know whose ticket it is.
    """
    if answer is None:
        return _("Paste or type a ticket: the matrix answers as you write.")
    confidence = formats.share(answer.confidence)
    if known and covered in OURS:
        told = f"● {_(OURS[covered])} · {confidence}"
        told += " · " + _("annexe 2 alone: the client's")
    else:
        told = f"{MARKS[answer.verdict]} {_(VERDICTS[answer.verdict])} · {confidence}"
        if answer.verdict is ScopeVerdict.out_of_scope:
            told += " · " + _support_words(covered, known=known)
    if answer.received in RECEIVED:
        told += " · " + _(RECEIVED[answer.received])
    if answer.truncated:
        told += " · " + _("only its beginning and its end were read")
    return told


def _support_words(covered: Coverage, *, known: bool) -> str:
    """What a support contract makes of it; of an unknown tenant what one would."""
    if not known and covered == "covered":
        return _("ours with infogérance: whose ticket?")
    return _("level-2 infogérance: {word}").format(word=_(COVERAGES[covered]))


def value_of(row: Row) -> str:
    """The table's own word, as the contract writes it."""
    return {True: "Oui", False: "Non", None: "—"}[row.included]


def candidates_table() -> LiveTable[Line]:
    """The rows proposed."""
    return LiveTable(
        [
            Column("place", "", 2, lambda line: str(line.place), order=lambda line: line.place),
            Column("label", _("Row"), 24, lambda line: line.row.label, stretch=3),
            Column(
                "value", _("Value"), 5, lambda line: value_of(line.row),
                tone=lambda line: TONES.get(line.row.verdict, ""),
            ),
            Column("where", _("Where"), 18, lambda line: line.row.where, priority=1, stretch=1),
            Column("share", _("Share"), 5, lambda line: formats.share(line.share), priority=2),
        ],
        words=lambda line: f"{line.row.label} {line.row.id}",
        empty=_("No ticket yet."),
        no_match=_("No row matches {filter}"),
        id="rows",
    )  # fmt: skip


def detail(line: Line, answer: Answer, ready: str) -> Group:
    """Why this row, what was understood, the question, and the answer that is ready to copy."""
    told = [(_("Why"), reason_line(line.because, line.concepts) or "—")]
    told += [(_("Note"), text) for text in (_note(line.row), *line.footnotes) if text]
    told += _understood(answer)
    question = answer.question_fr if language() == "fr" else answer.question_en
    if question:
        told.append((_("Question"), question))
    return Group(
        facts(told), Text(), Text(_("Ready answer"), style="bold"), Text(visible_lines(ready))
    )


def _footnotes(terms: Terms, row: Row) -> tuple[str, ...]:
    return tuple(getattr(terms.footnotes[note], language()) for note in row.footnotes)


def _note(row: Row) -> str:
    return "" if row.note is None else str(getattr(row.note, language()))


def _understood(answer: Answer) -> list[tuple[str, str]]:
    """What is asked, about what, and on whose side, as far as the ticket says."""
    frame = answer.frame
    parts = [(_("Asked"), frame.asked), (_("About"), frame.objects), (_("Side"), frame.side)]
    return [(label, ", ".join(map(word_concept, names))) for label, names in parts if names]
