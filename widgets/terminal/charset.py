"""Text for terminals whose character set is not UTF-8: as many columns, the nearest sign."""

from collections.abc import Callable

from rich.cells import get_character_cell_size

_NEAREST = str.maketrans(
    {
        **dict.fromkeys("─━═╌┄▁▂▔⎯–—", "-"),
        **dict.fromkeys("│┃║╎┆▏▎▍▌▐▕", "|"),
        **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝┏┓┗┛", "+"),
        **dict.fromkeys("█▓▒░▄▀▅▆▇■▪", "#"),
        **dict.fromkeys("●◉•·∙", "*"),
        **dict.fromkeys("○◌◯", "o"),
        **dict.fromkeys("✖✗✘×", "x"),
        **dict.fromkeys("✔✓", "v"),
        **dict.fromkeys("▲△↑", "^"),
        **dict.fromkeys("▼▽↓", "v"),
        **dict.fromkeys("▶▸→›❯", ">"),
        **dict.fromkeys("◀◂←‹❮", "<"),
        **dict.fromkeys("’‘", "'"),
        **dict.fromkeys("“”«»", '"'),
        **dict.fromkeys("\u00a0\u202f", " "),
        "…": ".",
        "⚠": "!",
    }
)


def speller(encoding: str) -> Callable[[str], str]:
    """Return what turns a text into one that `encoding` can show in as many columns."""
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
