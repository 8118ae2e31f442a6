"""Lines of text in tones: wrapped with a hanging indent, never wider than their place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.widgets.frames import frame
from tests.widgets.host import Host
from widgets.cells import width_of
from widgets.toned_lines import TonedLine, TonedLines, fact_line, lay_out, line_of

pytestmark = pytest.mark.anyio


def texts(line: TonedLine, width: int) -> list[str]:
    return ["".join(text for text, _tone in row) for row in lay_out(line, width)]


def test_a_fact_goes_on_under_itself() -> None:
    line = fact_line("Next step", ("check power and network of the node", "strong"), width=10)
    assert texts(line, 30) == [
        "Next step  check power and ",
        "           network of the node",
    ]


def test_what_is_not_to_be_wrapped_is_cut_with_a_sign() -> None:
    assert texts(TonedLine((("a long title", ""),), whole=False), 8) == ["a long …"]


@given(st.lists(st.text(max_size=30), max_size=6), st.integers(1, 40), st.integers(0, 20))
def test_no_line_is_wider_than_its_place(pieces: list[str], width: int, indent: int) -> None:
    line = TonedLine(tuple((text, "") for text in pieces), indent)
    assert all(width_of(text.rstrip()) <= width for text in texts(line, width))


async def test_it_is_being_read_until_something_is_shown() -> None:
    shown = TonedLines()
    app = Host(shown)
    async with app.run_test(size=(30, 4)) as pilot:
        assert frame(app)[0] == " reading …"
        shown.show([line_of("● all is well", "good"), line_of("nothing due")])
        await pilot.pause()
        assert frame(app)[:2] == [" ● all is well", " nothing due"]
