"""The text of a file, in whichever encoding a spreadsheet saved it."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

from noc_tui.i18n import _

UTF8 = "UTF-8"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", UTF8),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How xlsx and ods begin, and xls."""
_SAMPLE = 400
"""Bytes that tell whether every second one is zero, as in UTF-16 without a mark."""


class SheetError(ValueError):
    """The file cannot be read as a whole; the text says why, in the language in use."""


@dataclass(frozen=True, slots=True)
class DecodedText:
    """What the file says, without a byte order mark, and the name of its encoding."""

    text: str
    encoding: str


def decode_text(content: bytes) -> DecodedText:
    """Return the text of a file: UTF-8 and UTF-16 with or without a mark, else Windows-1252.

    Raises `SheetError` for a workbook and for what is no text.
    """
    if content.startswith(_WORKBOOKS):
        raise SheetError(_("this is a workbook of a spreadsheet, not a text"))
    for mark, codec, name in _MARKS:
        if content.startswith(mark):
            return _as_text(content, ((codec, name),))
    if (unmarked := _unmarked_utf16(content)) is not None:
        return _as_text(content, ((unmarked, "UTF-16"),))
    return _as_text(content, (("utf-8", UTF8), ("cp1252", "Windows-1252")))


def how_to_save() -> str:
    """Return how to save a sheet so that it is read here."""
    return _("save the sheet as “CSV UTF-8 (comma delimited)”")


def with_way_out(why: object, how: str) -> str:
    """Return why a file is refused and what to do about it, as one sentence."""
    return _("{why}; {how}").format(why=why, how=how)


def _unmarked_utf16(content: bytes) -> str | None:
    """The codec of a text in which every second byte of the heading is zero."""
    sample = content[:_SAMPLE]
    half = len(sample) // 2
    if half and sample[1::2].count(0) > half * 3 // 4:
        return "utf-16-le"
    if half and sample[::2].count(0) > half * 3 // 4:
        return "utf-16-be"
    return None


def _as_text(content: bytes, encodings: Sequence[tuple[str, str]]) -> DecodedText:
    for codec, name in encodings:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return DecodedText(text.lstrip("\ufeff"), name)
    raise SheetError(_("it is no text that a spreadsheet saves"))
