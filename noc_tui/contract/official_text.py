"""The hoster's own contract text cut into articles and clauses, so that each can be shown alone.

The product does not ship that text: the hoster imports its file. Keys are those by which the terms
cite: `6` (an article), `5.1` and `13.2.1` (its numbered parts), `6.3` (the third bullet of an
article without numbered parts), `annexe 1`, and `C1` onward (the bullets of annexe 1).
"""

import re
from dataclasses import dataclass, field

_ARTICLE = re.compile(r"(\d{1,2})\.\s+\S")
_PART = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{1,2}))?\.?\s+\S")
_ANNEX = re.compile(r"ANNEXE\s+(\d{1,2})\b", re.IGNORECASE)
_BULLET = re.compile(r"[-–•]\s+\S")
_ASKED = re.compile(r"(?:article|art\.?|clause)?\s*(c?\d{1,2}(?:\.\d{1,2}){0,2})", re.IGNORECASE)
_ASKED_ANNEX = re.compile(r"annexe\s*(\d{1,2})", re.IGNORECASE)


def key_of(asked: str) -> str:
    """The key for what a person wrote (`art. 6.3`, `c7`, `Annexe 1`); unknown forms as they are."""
    asked = asked.strip()
    if match := _ASKED_ANNEX.fullmatch(asked):
        return f"annexe {match[1]}"
    if match := _ASKED.fullmatch(asked):
        return match[1].upper()
    return asked


def split_clauses(text: str) -> dict[str, str]:
    """Key → passage, in the order of the text; a passage holds its own heading and all below it.

    Numbers count only where they continue the numbering, so that a figure which begins a line does
    not open an article. What stands before article 1 belongs to no key.
    """
    cutter = _Cutter()
    for line in text.replace("\r\n", "\n").split("\n"):
        cutter.take(line)
    return {key: "\n".join(lines).strip() for key, lines in cutter.passages.items()}


@dataclass(slots=True)
class _Cutter:
    passages: dict[str, list[str]] = field(default_factory=dict)
    article: int = 0
    annex: int = 0
    part: str = ""
    bullet: str = ""
    bullets: int = 0

    def take(self, line: str) -> None:
        stripped = line.strip()
        if not (self._opens_annex(stripped) or self._opens_article(stripped)):
            _ = self._opens_part(stripped) or self._opens_bullet(stripped)
        for key in (self._head(), self.part, self.bullet):
            if key:
                self.passages.setdefault(key, []).append(line)

    def _head(self) -> str:
        if self.annex:
            return f"annexe {self.annex}"
        return str(self.article) if self.article else ""

    def _opens_annex(self, line: str) -> bool:
        match = _ANNEX.fullmatch(line)
        if not match or int(match[1]) != self.annex + 1:
            return False
        self.annex, self.part, self.bullet, self.bullets = self.annex + 1, "", "", 0
        return True

    def _opens_article(self, line: str) -> bool:
        match = _ARTICLE.match(line)
        if self.annex or not match or int(match[1]) != self.article + 1:
            return False
        self.article, self.part, self.bullet, self.bullets = self.article + 1, "", "", 0
        return True

    def _opens_part(self, line: str) -> bool:
        match = _PART.match(line)
        if self.annex or not match or int(match[1]) != self.article:
            return False
        self.part = ".".join(number for number in match.groups() if number)
        self.bullet = ""
        return True

    def _opens_bullet(self, line: str) -> bool:
        if self.part or self.annex > 1:
            return False
        if not _BULLET.match(line):
            if line and self.bullets and not self.annex:
                self.bullet = ""  # a paragraph after the bullets is the article's again
            return False
        self.bullets += 1
        self.bullet = f"C{self.bullets}" if self.annex else f"{self.article}.{self.bullets}"
        return bool(self.article)
