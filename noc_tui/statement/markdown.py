"""A page as Markdown. Nothing foreign is read as markup."""

from collections.abc import Iterable

from noc_tui.statement.page import NO_BREAK, FactBlock, Grid, StatementPage
from noc_tui.text import escape_markdown


def markdown(page: StatementPage) -> str:
    """The page as Markdown, ending in a line feed."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: StatementPage) -> Iterable[str]:
    colon = f"{NO_BREAK}:" if page.language == "fr" else ":"
    yield f"# {escape_markdown(page.title)}"
    for section in page.sections:
        yield from ("", f"## {escape_markdown(section.title)}")
        for part in section.parts:
            yield ""
            if isinstance(part, FactBlock):
                yield from (
                    f"- {escape_markdown(name)}{colon} **{escape_markdown(value)}**"
                    for name, value in part.rows
                )
            elif isinstance(part, Grid):
                yield from _grid(part)
            else:
                yield escape_markdown(part)


def _grid(grid: Grid) -> Iterable[str]:
    yield _row(grid.header)
    yield _row("---" for _ in grid.header)
    for row in grid.rows:
        yield _row(escape_markdown(cell) for cell in row)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
