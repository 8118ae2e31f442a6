"""Text for terminals whose character set is not UTF-8: as many columns, the nearest sign."""

from collections.abc import Callable

from rich.cells import get_character_cell_size

_SMALL_FONTS = frozenset({"linux", "vt100", "vt220", "ansi", "cons25"})
"""Values of `TERM` whose fonts have letters and hardly any sign."""
_BRAILLE = 0x2800
_HEIGHTS = " _-=#"
"""A sign of braille that is filled from below, by how many rows of dots it has: 0 to 4."""
_DOTS = (0xC0, 0x24, 0x12, 0x09)
"""The dots of each row, the lowest first."""


def _height_of(dots: int) -> str:
    """The sign for a sign of braille: how many rows it is filled from below, or has at all."""
    rows = [bool(dots & row) for row in _DOTS]
    return _HEIGHTS[max((row + 1 for row, filled in enumerate(rows) if filled), default=0)]


_NEAREST = str.maketrans(
    {
        **dict.fromkeys("─╌┄▔⎯–—", "-"),
        **dict.fromkeys("━═", "="),
        **dict.fromkeys("│║╎┆▏▎▍▌▐▕┤├", "|"),
        **dict.fromkeys("┃┣┫", "#"),
        **dict.fromkeys("┌┐└┘┬┴┼╭╮╰╯", "+"),
        **dict.fromkeys("┏┓┗┛╔╗╚╝", "#"),
        **dict.fromkeys("█▓▒▇▆■▪", "#"),
        **dict.fromkeys("▄▅▀", "="),
        "▁": "_",
        "▂": ".",
        "▃": "-",
        "░": ".",
        **dict.fromkeys("●◉•∙", "*"),
        "·": ".",
        **dict.fromkeys("○◯◔◐◷▫", "o"),
        "◌": "~",
        **dict.fromkeys("✖✗✘", "X"),
        "×": "x",
        **dict.fromkeys("✔✓", "v"),
        "▲": "!",
        **dict.fromkeys("△↑", "^"),
        **dict.fromkeys("▼▽↓", "v"),
        **dict.fromkeys("▶▸→›❯", ">"),
        **dict.fromkeys("◀◂←‹❮", "<"),
        "↷": ">",
        "⏎": "<",
        "␣": "_",
        "☎": "@",
        "‖": "=",
        "‼": "!",
        "−": "-",
        "œ": "o",
        "Œ": "O",
        "€": "E",
        **dict.fromkeys("’‘", "'"),
        **dict.fromkeys("“”«»", '"'),
        **dict.fromkeys("\u00a0\u202f", " "),
        "…": ".",
        "⚠": "!",
        **{chr(_BRAILLE + dots): _height_of(dots) for dots in range(256)},
    }
)


def signs_of(term: str, encoding: str) -> str:
    """Return the character set of the signs that a terminal has, given `TERM` and its encoding.

    The console of Linux takes UTF-8 and has a font of at most 512 signs.
    """
    return "iso8859-15" if term in _SMALL_FONTS else encoding


def speller(encoding: str) -> Callable[[str], str]:
    """Return what turns a text into one that `encoding` can show in as many columns.

    `encoding` is that of the signs that the terminal has: its font may have fewer than the
    character set that it is written in.
    """
    if encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig"):
        return str

    def spelled(text: str) -> str:
        return text if _fits(text, encoding) else "".join(_nearest(c, encoding) for c in text)

    return spelled


def _nearest(char: str, encoding: str) -> str:
    if _fits(char, encoding):
        return char
    near = char.translate(_NEAREST)
    return near if near != char else "?" * get_character_cell_size(char)


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
