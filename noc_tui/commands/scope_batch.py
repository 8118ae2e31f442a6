"""`noc-tui scope --batch`: a ticket a line in, an answer a line out, in a stream."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

import msgspec

from noc_tui.contract.annexe2.answer import Answer
from noc_tui.contract.annexe2.reading import UnreadableTicketError
from noc_tui.i18n import _
from noc_tui.labels import decoding

LONGEST_LINE = 8 << 20
Judge = Callable[[str, str | None], Answer]
"""The answer to a text; the second argument is the tenant's id, or None."""
Coverage = Callable[[Answer, str | None], str]


class Ticket(msgspec.Struct, frozen=True):
    """One line in; its `id` is handed back as it came."""

    id: str | int
    text: str
    tenant: str | None = None


class ScopeAnswerLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of output; scripts rely on its keys, so keys are added and never renamed."""

    id: str | int
    verdict: str
    row: str
    rows: tuple[str, ...]
    confidence: float
    because: tuple[str, ...]
    infogerance: str
    question: str = ""
    readings: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    received: str = "ticket"
    near: tuple[str, ...] = ()


class ScopeFailure(msgspec.Struct, frozen=True):
    """A line that could not be answered; `id` is None when it could not even be read."""

    id: str | int | None
    error: str


def answers(lines: BinaryIO, judge: Judge, coverage: Coverage) -> Iterator[bytes]:
    """Yield an answer a line, in the same order, one ticket in memory at a time."""
    for raw in _lines(lines):
        if raw is None:
            text = _("the line is longer than {n} bytes").format(n=LONGEST_LINE)
            yield _encoded(ScopeFailure(None, text))
        else:
            yield _encoded(_answer(raw, judge, coverage))


def _answer(raw: bytes, judge: Judge, coverage: Coverage) -> ScopeAnswerLine | ScopeFailure:
    try:
        ticket = msgspec.json.decode(raw, type=Ticket)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return ScopeFailure(None, decoding.sentence(error))
    try:
        answer = judge(ticket.text, ticket.tenant)
    except UnreadableTicketError as error:
        return ScopeFailure(ticket.id, _(str(error)))
    return line(ticket.id, answer, coverage(answer, ticket.tenant))


def line(ticket: str | int, answer: Answer, coverage: str) -> ScopeAnswerLine:
    """The answer in the shape that scripts read."""
    return ScopeAnswerLine(
        id=ticket,
        verdict=answer.verdict.value,
        row=answer.row,
        rows=tuple(candidate.row for candidate in answer.candidates),
        confidence=answer.confidence,
        because=answer.because,
        infogerance=coverage,
        question=answer.question,
        readings=answer.readings,
        concepts=answer.concepts,
        received=answer.received,
        near=answer.near,
    )


def _lines(source: BinaryIO) -> Iterator[bytes | None]:
    """Lines of bounded length; None for a longer one, which is read to its end and dropped."""
    while raw := source.readline(LONGEST_LINE):
        if len(raw) < LONGEST_LINE or raw.endswith(b"\n"):
            yield raw
            continue
        while (rest := source.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        yield None


def _encoded(document: ScopeAnswerLine | ScopeFailure) -> bytes:
    return msgspec.json.encode(document) + b"\n"
