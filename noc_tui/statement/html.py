"""A page as one self-contained HTML file: no script, nothing fetched, ready to print."""

from collections.abc import Iterable
from html import escape

from noc_tui.statement.page import FactBlock, Grid, StatementPage

_STYLE = """
body { font: 11pt/1.45 sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.8rem; overflow-wrap: anywhere; }
th, td { border: 1px solid #888; padding: 0.25rem 0.4rem; text-align: left; vertical-align: top; }
dl { display: grid; grid-template-columns: minmax(14rem, auto) 1fr; gap: 0.2rem 1rem; }
dt { color: #444; } dd { margin: 0; font-weight: 600; }
p { max-width: 48rem; } @media print { body { margin: 0; max-width: none; } }
""".strip()


def html(page: StatementPage) -> str:
    """The page as HTML, ending in a line feed."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: StatementPage) -> Iterable[str]:
    title = escape(page.title)
    yield "<!DOCTYPE html>"
    yield f'<html lang="{page.language}">'
    yield f'<head><meta charset="utf-8"><title>{title}</title>'
    yield f"<style>\n{_STYLE}\n</style></head>"
    yield f"<body><h1>{title}</h1>"
    for section in page.sections:
        yield f"<h2>{escape(section.title)}</h2>"
        for part in section.parts:
            yield from _part(part)
    yield "</body></html>"


def _part(part: str | FactBlock | Grid) -> Iterable[str]:
    if isinstance(part, FactBlock):
        yield "<dl>"
        yield from (f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in part.rows)
        yield "</dl>"
    elif isinstance(part, Grid):
        yield "<table><thead>"
        yield _row("th", part.header)
        yield "</thead><tbody>"
        yield from (_row("td", row) for row in part.rows)
        yield "</tbody></table>"
    else:
        yield f"<p>{escape(part)}</p>"


def _row(tag: str, cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"
