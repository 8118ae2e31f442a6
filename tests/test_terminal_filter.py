"""What a guest writes on its console cannot act on the operator's terminal."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.terminal_filter import TerminalFilter

PIECES = st.lists(
    st.sampled_from([
        b"text", b"\r\n", b"\x1b[1;31m", b"\x1b[2J", b"\x1b[?25l", b"\x1b(B", b"\x1b7",
        b"\x1b]0;title\x07", b"\x1b]52;c;cm0=\x1b\\", b"\x1bPq#0\x1b\\", b"\x1b_app\x1b\\",
        b"\x1b[8;1;1t", b"\x1b", b"\x1b[", b"\x1b]", b"\x07", b"\xc3\xa9",
    ]) | st.binary(max_size=6),
    max_size=12,
)  # fmt: skip
COLOURED = b"\x1b[1;31mred\x1b[0m\x1b[2J\x1b[?1049h\x1b(B\x1bM"
STRINGS = re.compile(rb"\x1b[\]P_^X]")
WINDOW = re.compile(rb"\x1b\[[0-9;?>]*t")


def clean(*pieces: bytes) -> bytes:
    filtered = TerminalFilter()
    return b"".join(filtered.clean(piece) for piece in pieces)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (b"plain \xc3\xa9\r\n", b"plain \xc3\xa9\r\n"),
        (COLOURED, COLOURED),
        (b"a\x1b]0;title\x07b", b"ab"),
        (b"a\x1b]52;c;cm0gLXJmIC8=\x1b\\b", b"ab"),
        (b"a\x1bP1$r\x1b\\b\x1b_x\x1b\\c\x1b^x\x1b\\d\x1bXx\x1b\\e", b"abcde"),
        (b"a\x1b[21tb\x1b[8;10;10tc", b"abc"),
        (b"a\x1b]0;one\x1b]52;c;two\x07b", b"ab"),
        (b"a\x1b]0;one\x1b[31mb", b"a\x1b[31mb"),
        (b"a\x1b[" + b"1" * 100 + b"mb", b"a"),
    ],
)  # fmt: skip
def test_colours_and_screens_pass_strings_and_windows_do_not(written: bytes, shown: bytes) -> None:
    assert clean(written).startswith(shown)
    assert clean(*(bytes([one]) for one in written)) == clean(written)


@given(PIECES)
def test_nothing_that_is_shown_sets_anything_however_it_is_cut(pieces: list[bytes]) -> None:
    shown = clean(*pieces)
    assert not STRINGS.search(shown)
    assert not WINDOW.search(shown)
    assert clean(b"".join(pieces)) == shown


@given(st.binary(max_size=200).filter(lambda one: b"\x1b" not in one))
def test_what_has_no_sequence_is_shown_whole(written: bytes) -> None:
    assert clean(written) == written
