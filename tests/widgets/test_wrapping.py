"""No line of any widget begins with what a no-break space holds to the word before."""

import itertools
from collections.abc import Iterator

import pytest
from rich import _wrap as of_rich
from rich.console import Console
from rich.text import Text
from textual import _wrap as of_textual
from textual.content import Content

from widgets.toned_lines import lay_out, line_of
from widgets.wrapping import keep_glued

NARROW, WIDE = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"
SENTENCE = f"La facture est impayée{WIDE}: 2{NARROW}516,90{WIDE}€, dont 20{WIDE}% de taxe{NARROW}!"
SIGNS = ("!", "%", ":", "€", "516,90")


@pytest.fixture(autouse=True)
def kept() -> Iterator[None]:
    """The process as it was, afterwards."""
    before = of_rich.re_word, of_textual.re_chunk
    keep_glued()
    yield
    of_rich.re_word, of_textual.re_chunk = before


def starts(lines: list[str]) -> list[str]:
    return [line for line in lines if line.lstrip(f" {NARROW}{WIDE}").startswith(SIGNS)]


@pytest.mark.parametrize("width", range(14, 60))
def test_nothing_is_parted(width: int) -> None:
    content = [line.plain for line in Content(SENTENCE).wrap(width)]
    rich = [str(line) for line in Text(SENTENCE).wrap(Console(width=width), width)]
    toned = ["".join(text for text, _tone in row) for row in lay_out(line_of(SENTENCE), width)]
    offsets = [0, *of_textual.compute_wrap_offsets(SENTENCE, width, 4), len(SENTENCE)]
    area = [SENTENCE[a:b] for a, b in itertools.pairwise(offsets)]
    for lines in (content, rich, toned, area):
        assert starts(lines) == []
        assert "".join("".join(lines).split()) == "".join(SENTENCE.split())


def test_a_word_too_long_for_any_line_is_folded_as_before() -> None:
    lines = [line.plain for line in Content(f"{'a' * 12}{WIDE}: b").wrap(8)]
    assert all(len(line) <= 8 for line in lines)
    assert "".join(lines).startswith("a" * 12)
