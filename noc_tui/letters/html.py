"""A letter's plain text as one self-contained HTML page: no script, nothing fetched."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from noc_tui.letters.letter import split_blocks

_STYLE = (
    "body{font:11pt/1.5 Georgia,serif;color:#111;max-width:44rem;margin:1.5rem auto;padding:0 1rem}"
    "h1{font-size:1.1rem}h2{font-size:1rem;margin:1.4rem 0 .3rem}"
    "p{margin:.6rem 0}ul{margin:.4rem 0 .8rem;padding-left:1.4rem}li{margin:.2rem 0}"
)
_HEADING = re.compile(r"[1-9][0-9]?\. \S.*")
_ITEM = "- "


def print_html(title: str, text: str, language: str) -> str:
    """Return the page; all text is escaped, the blocks of `letter` are its only markup."""
    return "\n".join(_lines(title, text, language)) + "\n"


def _lines(title: str, text: str, language: str) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield f'<html lang="{language}"><head><meta charset="utf-8">'
    yield f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
    for block in split_blocks(text):
        yield from _block(block)
    yield "</body></html>"


def _block(lines: Sequence[str]) -> Iterator[str]:
    if len(lines) == 1 and _HEADING.fullmatch(lines[0]):
        yield f"<h2>{escape(lines[0])}</h2>"
    elif all(line.startswith(_ITEM) for line in lines):
        items = "".join(f"<li>{escape(line[len(_ITEM) :])}</li>" for line in lines)
        yield f"<ul>{items}</ul>"
    else:
        yield f"<p>{'<br>'.join(map(escape, lines))}</p>"
