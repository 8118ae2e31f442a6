"""A ticket as it is read: bounded, checked to be text, in clauses, with what they show."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from noc_tui.contract.annexe2.answer import TicketFrame
from noc_tui.contract.annexe2.clauses import ClauseRole, Correct, TicketClause, clauses
from noc_tui.contract.annexe2.features import features
from noc_tui.contract.annexe2.lexicon import Lexicon

HEAD = 12_000
TAIL = 4_000
_BINARY_SHARE = 0.05
_SPACES = re.compile(r"[ \t\r\f\v]{3,}")
_EMPTY_LINES = re.compile(r"\n\s*\n\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd\ud800-\udfff]")
_ENGLISH = frozenset(
    {"the", "is", "are", "we", "our", "you", "your", "please", "could", "can", "to"}
)
_FRENCH = frozenset(
    {"le", "la", "les", "est", "nous", "notre", "vous", "votre", "merci", "de", "du"}
)
_SIDES = frozenset(
    {"front_side", "from_outside", "inside_ok", "one_person", "everyone", "all_vms", "same_time"}
)


class UnreadableTicketError(ValueError):
    """The text cannot be a ticket: empty, or not text at all."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules and the model see. Places in `shown` are places in `text`."""

    text: str
    clauses: tuple[TicketClause, ...]
    shown: dict[str, list[tuple[int, int]]]
    truncated: bool
    language: str


def read(text: str, lexicon: Lexicon, correct: Correct = str) -> Reading:
    """Read a ticket; of a longer one, its first 12 000 and its last 4 000 characters.

    Raises `UnreadableTicketError` for an empty or binary text. Work is bounded whatever the size.
    """
    kept, truncated = _bounded(text)
    if not kept.strip():
        raise UnreadableTicketError("the ticket is empty")
    if len(_CONTROL.findall(kept)) > _BINARY_SHARE * len(kept):
        raise UnreadableTicketError("the ticket is not text")
    found = clauses(kept, lexicon, correct)
    if not found:
        raise UnreadableTicketError("the ticket has no words")
    words = [token.word for clause in found for token in clause.row]
    return Reading(kept, tuple(found), features(found), truncated, language(words))


def _bounded(text: str) -> tuple[str, bool]:
    head = text[: 4 * HEAD]
    tail = text[max(len(head), len(text) - 4 * TAIL) :]
    packed = _EMPTY_LINES.sub("\n", _SPACES.sub("  ", head))
    packed_tail = _EMPTY_LINES.sub("\n", _SPACES.sub("  ", tail))
    truncated = len(text) > len(head) + len(tail)
    if len(packed) + len(packed_tail) <= HEAD + TAIL:
        return packed + packed_tail, truncated
    if not packed_tail:
        return packed[:HEAD] + "\n" + packed[-TAIL:], True
    return packed[:HEAD] + "\n" + packed_tail[-TAIL:], True


def language(words: Iterable[str]) -> str:
    """`en` when the commonest words are English, else `fr`."""
    row = list(words)
    english = sum(word in _ENGLISH for word in row)
    french = sum(word in _FRENCH for word in row)
    return "en" if english > french else "fr"


def frame(found: Sequence[TicketClause]) -> TicketFrame:
    """Return what was asked, of what, on which side: requests first, then the rest of what is
    said.
    """
    spoken = [clause for clause in found if clause.role is ClauseRole.request]
    told = [clause for clause in found if clause.role in (ClauseRole.trouble, ClauseRole.other)]
    asked = _named(spoken, "action") or _named(told, "action")
    concepts = _named([*spoken, *told], "concept")
    objects = tuple(name for name in concepts if name not in _SIDES)
    return TicketFrame(asked, objects, tuple(name for name in concepts if name in _SIDES))


def _named(found: Sequence[TicketClause], kind: str) -> tuple[str, ...]:
    names = (hit.name.partition(".") for clause in found for hit in clause.hits)
    return tuple(dict.fromkeys(name for head, _, name in names if head == kind))
