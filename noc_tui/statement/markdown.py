"""A page as Markdown. Nothing foreign is read as markup."""

import re
from collections.abc import Iterable

from noc_tui.statement.page import NO_BREAK, Facts, Grid, Page

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!~&])")


def markdown(page: Page) -> str:
    """The page as Markdown, ending in a line feed."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterable[str]:
    colon = f"{NO_BREAK}:" if page.language == "fr" else ":"
    yield f"# {_safe(page.title)}"
    for section in page.sections:
        yield from ("", f"## {_safe(section.title)}")
        for part in section.parts:
            yield ""
            if isinstance(part, Facts):
                yield from (
                    f"- {_safe(name)}{colon} **{_safe(value)}**" for name, value in part.rows
                )
            elif isinstance(part, Grid):
                yield from _grid(part)
            else:
                yield _safe(part)


def _grid(grid: Grid) -> Iterable[str]:
    yield _row(grid.header)
    yield _row("---" for _ in grid.header)
    for row in grid.rows:
        yield _row(_safe(cell) for cell in row)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _safe(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
