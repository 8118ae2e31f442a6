"""Foreign text made harmless: what a guest, a client or a log wrote, as it may be shown.

Nothing is dropped: a control character or a bidirectional override is replaced by a visible
stand-in of one column, so that an operator sees that it is there (rule 7 of ARCHITECTURE.md).
"""

import re
from collections.abc import Iterable

_CONTROLS = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"}
_C1 = dict.fromkeys(range(0x80, 0xA0), "␛")
# Marks, embeddings, overrides and isolates that change the order in which text is read.
_BIDI = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "⇄")
# Characters without a width of their own, separators of lines, and lone surrogates.
_INVISIBLE = dict.fromkeys(
    (0x00AD, 0x034F, 0x180E, *range(0x200B, 0x200E), *range(0x2060, 0x2065), 0xFEFF), "·"
) | dict.fromkeys((0x2028, 0x2029), "␤")
_MARKS: dict[int, str] = _CONTROLS | _C1 | _BIDI | _INVISIBLE
_LOST = "�"
"""Stands for a lone surrogate: half of a character."""

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~&])")


def _any_of(codes: Iterable[int]) -> re.Pattern[str]:
    """One of these characters or a surrogate. A table with each of the 2 048 surrogates in it would
    take half a megabyte of every console."""
    return re.compile(f"[{re.escape(''.join(map(chr, codes)))}\\ud800-\\udfff]")


_HARMFUL = _any_of(_MARKS)
_HARMFUL_IN_LINES = _any_of(_MARKS.keys() - {0x09, 0x0A})


def _mark(found: re.Match[str]) -> str:
    return _MARKS.get(ord(found[0]), _LOST)


def visible(text: str) -> str:
    """One line of foreign text, every control character and override made visible."""
    return _HARMFUL.sub(_mark, text)


def visible_lines(text: str) -> str:
    """Foreign text of several lines: as `visible`, but line feeds and tabs stay."""
    return _HARMFUL_IN_LINES.sub(_mark, text.replace("\r\n", "\n"))


def clip_text(text: str, width: int) -> str:
    """`visible(text)` in at most `width` characters, an ellipsis where it was cut."""
    shown = visible(text)
    return shown if len(shown) <= width else shown[: max(0, width - 1)] + "…"


def escape_markdown(text: str) -> str:
    """One line of foreign text for a Markdown file: visible, and nothing in it read as markup."""
    return _MARKDOWN.sub(r"\\\1", visible(text))
