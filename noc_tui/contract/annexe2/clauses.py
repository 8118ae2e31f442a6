"""From a mail to clauses: quotes, greetings and signatures out, each clause with how it speaks."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from noc_tui.contract.annexe2.lexicon import Hit, Lexicon
from noc_tui.contract.annexe2.tokens import WordToken, fold, tokens

Correct = Callable[[str], str]


class ClauseRole(StrEnum):
    """How a clause speaks."""

    request = "R"
    trouble = "T"
    known = "K"  # said to be fine, done, somebody else's, or not the matter
    other = "N"


@dataclass(frozen=True, slots=True)
class TicketClause:
    """Words that stand together, their terms, and the sentence they belong to."""

    row: tuple[WordToken, ...]
    hits: tuple[Hit, ...]
    role: ClauseRole
    sentence: int


_QUOTED = re.compile(r"(?m)^[ \t]*>.*$")
_HISTORY = re.compile(
    r"(?im)^[ \t]*(?:-{2,} ?(?:message d.origine|original message|forwarded message"
    r"|message transf).*"
    r"|(?:le|on) .{4,80}(?:a écrit|a ecrit|wrote) ?:.*|_{8,}.*)$"
)
_SIGNATURE = re.compile(
    r"(?im)^[ \t]*(?:--[ \t]*$|(?:bien )?cordialement|cdlt|cdt\b|best regards|kind regards"
    r"|regards,?$"
    r"|sincères salutations|salutations|bien à vous|envoyé (?:de|depuis) mon|sent from my"
    r"|ce message et ses pi|this (?:e-?mail|message) (?:and|is)).*$"
)
_GREETING = re.compile(
    r"(?i)\A[ \t\n]*(?:bonjour|bonsoir|bjr|bsr|salut|slt|hello|hi|dear|good (?:morning|afternoon)"
    r"|madame|monsieur|messieurs|coucou)(?: (?:all|team|there|à tous|a tous|l.équipe|support"
    r"|madame|monsieur|messieurs))?[ ,!.:]*"
)
_SENTENCE = re.compile(r"(?<=[.!?…])[\s\"»)]+|\n+|;\s")
_CLAUSE = re.compile(
    r",\s|:\s|\s[-–—]\s|\(|\)|=|\s(?=(?:mais|par contre|en revanche|but|however|alors que"
    r"|tandis que|car|parce que|because|donc|sinon|puis"
    r"|et (?:on|nous|je|vous|merci|pouvez|il|qui|ensuite)"
    r"|and (?:we|please|could|can|then|whether)|so|whereas|while)\s)"
)


def body(text: str) -> str:
    """The text with history, quotes, signature and greeting blanked; places do not move.

    A mail that holds nothing else keeps what it quotes: then that is what was asked.
    """
    kept = _blank(_GREETING, text)
    history = _HISTORY.search(kept)
    if history:
        kept = kept[: history.start()]
    kept = _blank(_QUOTED, kept)
    for signature in _SIGNATURE.finditer(kept):
        if _words(kept[: signature.start()]) >= _ENOUGH:
            kept = kept[: signature.start()]
            break
    return kept if _words(kept) >= _ENOUGH else text


_ENOUGH = 3


def _words(text: str) -> int:
    return len(text.split())


def _blank(rule: re.Pattern[str], text: str) -> str:
    return rule.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def _cut(rule: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    place = start
    for found in rule.finditer(text, start, end):
        if found.start() > place:
            yield place, found.start()
        place = max(place, found.end())
    if place < end:
        yield place, end


def clauses(text: str, lexicon: Lexicon, correct: Correct = str) -> list[TicketClause]:
    """The clauses of a ticket in order, with their roles; `correct` reads each unknown word."""
    kept = body(text)
    folded = fold(kept)
    found: list[TicketClause] = []
    for number, (start, end) in enumerate(_cut(_SENTENCE, kept, 0, len(kept))):
        spoken = _sentence(kept, folded, (start, end), lexicon, correct)
        found.extend(TicketClause(*clause, number) for clause in spoken)
    return found


def _sentence(
    text: str, folded: str, span: tuple[int, int], lexicon: Lexicon, correct: Correct
) -> Iterator[tuple[tuple[WordToken, ...], tuple[Hit, ...], ClauseRole]]:
    asked = text[slice(*span)].rstrip(' "»)').endswith("?")
    before = ClauseRole.other
    for left, right in _cut(_CLAUSE, folded, *span):
        row = tuple(
            WordToken(correct(token.word), token.start, token.end)
            for token in tokens(text[left:right], left)
        )
        if not row:
            continue
        hits = tuple(lexicon.find([token.word for token in row]))
        before = _role({hit.name for hit in hits}, asked=asked and right == span[1], before=before)
        yield row, hits, before


def _role(names: set[str], *, asked: bool, before: ClauseRole) -> ClauseRole:
    request = "cue.request" in names
    if "cue.negated" in names or "cue.third_party" in names:
        return ClauseRole.known
    if "cue.done" in names and not request:
        return ClauseRole.known
    if request or asked or "cue.question" in names:
        return ClauseRole.request
    if "cue.trouble" in names:
        return ClauseRole.trouble
    if "cue.ok" in names:
        return ClauseRole.known
    return before if before in (ClauseRole.request, ClauseRole.trouble) else ClauseRole.other


def select_role(found: Sequence[TicketClause], role: ClauseRole) -> list[TicketClause]:
    """The clauses of one role."""
    return [clause for clause in found if clause.role is role]
