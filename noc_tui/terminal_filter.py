"""Keeps a foreign terminal stream from acting on the operator's terminal. Pure.

What a guest writes on its console is shown as it is, so that editors and menus work; but strings to
the terminal itself (title, clipboard, colours, fonts, device control) and reports about its window
are left out: a guest could set the clipboard with them, or have something typed back.
"""

import re
from enum import Enum, auto

_STRINGS = frozenset(b"]P_^X")
"""After ESC: OSC, DCS, APC, PM, SOS; all end with BEL or ESC backslash."""
_ESC, _BEL, _BACKSLASH, _CSI = 0x1B, 0x07, 0x5C, 0x5B
LONGEST_CONTROL = 64
_WINDOW = re.compile(rb"\x1b\[[0-9;?>]*t\Z")


class _Where(Enum):
    TEXT = auto()
    ESCAPE = auto()
    CONTROL = auto()
    STRING = auto()
    STRING_ESCAPE = auto()


class TerminalFilter:
    """Takes a stream piece by piece; `clean` returns what may be shown of it."""

    def __init__(self) -> None:
        self._where = _Where.TEXT
        self._held = bytearray()

    def clean(self, data: bytes) -> bytes:
        """Return the piece without what is left out; a sequence that is not whole is held."""
        shown = bytearray()
        for byte in data:
            self._take(byte, shown)
        return bytes(shown)

    def _take(self, byte: int, shown: bytearray) -> None:
        match self._where:
            case _Where.TEXT:
                if byte == _ESC:
                    self._hold(byte, _Where.ESCAPE)
                else:
                    shown.append(byte)
            case _Where.ESCAPE:
                self._after_escape(byte, shown)
            case _Where.CONTROL:
                self._in_control(byte, shown)
            case _Where.STRING:
                self._in_string(byte)
            case _Where.STRING_ESCAPE:
                self._after_string(byte, shown)

    def _in_string(self, byte: int) -> None:
        if byte == _BEL:
            self._where = _Where.TEXT
        elif byte == _ESC:
            self._where = _Where.STRING_ESCAPE

    def _after_string(self, byte: int, shown: bytearray) -> None:
        """ESC ends a string whatever follows, as terminals have it."""
        if byte == _BACKSLASH:
            self._where = _Where.TEXT
        elif byte != _ESC:
            self._hold(_ESC, _Where.ESCAPE)
            self._after_escape(byte, shown)

    def _hold(self, byte: int, where: _Where) -> None:
        self._held = bytearray([byte])
        self._where = where

    def _after_escape(self, byte: int, shown: bytearray) -> None:
        if byte in _STRINGS:
            self._where = _Where.STRING
        elif byte == _CSI:
            self._held.append(byte)
            self._where = _Where.CONTROL
        elif byte == _ESC:
            self._hold(byte, _Where.ESCAPE)
        else:
            shown += self._held
            shown.append(byte)
            self._where = _Where.TEXT

    def _in_control(self, byte: int, shown: bytearray) -> None:
        """A control sequence ends with a byte from @ to ~; a control character aborts it."""
        if byte == _ESC:
            self._hold(byte, _Where.ESCAPE)
            return
        self._held.append(byte)
        if 0x40 <= byte <= 0x7E:
            if not _WINDOW.match(bytes(self._held)):
                shown += self._held
            self._where = _Where.TEXT
        elif byte < 0x20 or len(self._held) > LONGEST_CONTROL:
            self._where = _Where.TEXT
