"""Own words and earlier mails of a text: which of them is the matter.

A reply is about what its author writes above the history. A mail that was forwarded, or whose own
words only point at what is below, is about what is below.
"""

import re
from dataclasses import dataclass

_MARK = re.compile(
    r"(?im)^[ \t>]*(?:"
    r"-{2,} ?(?:message d.origine|message original|original message|forwarded message"
    r"|message transf|début du message|mail transf|transféré par|forwarded by).*"
    r"|(?:début du message (?:transféré|réexpédié)|begin forwarded message) ?:.*"
    r"|(?:le|on) .{4,120}(?:a écrit|a ecrit|wrote) ?:[ \t]*"
    r"|_{8,}[ \t]*"
    r"|(?:de|from|von) ?:[^\n]{2,120}\n[ \t>]*(?:envoyé|sent|date|à|to|objet|subject) ?:.*"
    r")$"
)
_LINES_OF_HEAD = re.compile(
    r"(?im)^[ \t>]*(?:de|from|à|to|cc|envoyé|sent|date|objet|subject|reply-to|répondre à) ?:.*$"
)
_SUBJECT = re.compile(r"(?im)^[ \t>]*(?:objet|subject) ?:[ \t]*(.+)$")
_QUOTE = re.compile(r"(?m)^[ \t]*(?:>[ \t]?)+")
_POINTS = re.compile(
    r"(?i)ci[- ]?dessous|ci[- ]?apr[eè]s|plus bas|en dessous|below|underneath|transf[eéè]r"
    r"|\bfwd?\b|\btr ?:|forward|\bcf\b|pour info|\bfyi\b|pour suite|suite à donner|je vous laisse"
    r"|see (?:mail|attached|thread)|voir (?:mail|message|échange|fil)|que faire|vous en pensez"
    r"|en pensez[- ]vous|can you (?:handle|deal|look)|pouvez[- ]vous (?:traiter|regarder|voir"
    r"|gérer|faire le)|merci de (?:traiter|voir|gérer|faire le)|c'est pour vous|is this yours"
    r"|qu'est-ce qu'on|à votre attention"
)
_STOCK = re.compile(
    r"(?i)\b(?:bonjour|bonsoir|hello|hi|dear|merci|thanks|thank you|cordialement|cdlt|regards"
    r"|d'avance|svp|stp|please|urgent|bonne journée|bien à vous)\b"
)
_FEW, _SHORT = 5, 30


@dataclass(frozen=True, slots=True)
class Thread:
    """A text cut at its history: own words, then the nearest earlier mail with words of its own."""

    own: str
    earlier: str
    forwarded: bool

    @property
    def matter(self) -> str:
        """The words to judge."""
        if self.earlier and (self.forwarded or points_below(self.own)):
            return f"{self.own.strip()}\n{self.earlier}".strip()
        return self.own if self.own.strip() else self.earlier


def read_thread(text: str, subject: str = "") -> Thread:
    """Cut a mail's text. `subject` says by its mark that the mail was forwarded."""
    found = _MARK.search(text)
    if found is None:
        return Thread(text, "", forwarded=False)
    own, below = text[: found.start()], text[found.start() :]
    marked = bool(
        re.search(r"(?i)transf|forward|réexpédié", found.group())
        or re.match(r"(?i)\s*(?:tr|fwd?|wg|i) ?:", subject)
    )
    short = len(_STOCK.sub("", own).split()) <= _SHORT
    return Thread(own, _nearest(below), forwarded=marked and short)


def points_below(own: str) -> bool:
    """Return whether the words only point at what stands below them, or are next to none."""
    words = _STOCK.sub("", own).split()
    return len(words) <= _FEW or (len(words) <= _SHORT and bool(_POINTS.search(own)))


def _nearest(below: str) -> str:
    """The nearest earlier mail that says something, its subject first, without its marks."""
    pieces = [piece for piece in _MARK.split(below) if piece and piece.strip()]
    heads = [found.group() for found in _MARK.finditer(below)]
    best = ""
    for number, piece in enumerate(pieces[:12]):
        head = heads[number] if number < len(heads) else ""
        subject = _SUBJECT.search(f"{head}\n{piece}")
        said = _QUOTE.sub("", _LINES_OF_HEAD.sub("", piece)).strip()
        if len(_STOCK.sub("", said).split()) > _FEW:
            return f"{subject.group(1).strip()}.\n{said}" if subject else said
        best = best or said
    return best
