"""A handover that was: what changed since the one before, and a file of it to keep. Pure."""

from collections.abc import Sequence
from html import escape
from typing import Literal

from noc_tui.handover.build import due_text, item_text, markdown
from noc_tui.i18n import _, language, ngettext
from noc_tui.text import escape_markdown, visible
from storage.oncall import Handover, HandoverItem

Form = Literal["md", "html"]


def find_new(rows: Sequence[HandoverItem], before: Sequence[HandoverItem]) -> frozenset[int]:
    """The positions of the items that the handover before did not hold."""
    known = {(row.kind, row.subject) for row in before}
    return frozenset(row.position for row in rows if (row.kind, row.subject) not in known)


def find_ended(rows: Sequence[HandoverItem], before: Sequence[HandoverItem]) -> list[HandoverItem]:
    """The items of the handover before that are in this one no more."""
    held = {(row.kind, row.subject) for row in rows}
    return [row for row in before if (row.kind, row.subject) not in held]


def title(handover: Handover, count: int) -> str:
    """A handover in one line."""
    return ngettext(
        "handover {number} of {outgoing}, {count} item",
        "handover {number} of {outgoing}, {count} items",
        count,
    ).format(number=handover.id, outgoing=visible(handover.outgoing), count=count)


def as_file(
    handover: Handover,
    rows: Sequence[HandoverItem],
    before: Sequence[HandoverItem],
    form: Form = "md",
) -> str:
    """Markdown or HTML; what the handover before held and this one does not stands at the end."""
    name, ended = title(handover, len(rows)), find_ended(rows, before)
    if form == "html":
        return _html(name, rows, ended)
    text = markdown(name, rows)
    if not ended:
        return text
    lines = [f"- {escape_markdown(item_text(row.kind, row.words))}" for row in ended]
    return "\n".join([text, f"## {_('no more since the handover before')}", "", *lines, ""])


def _html(name: str, rows: Sequence[HandoverItem], ended: Sequence[HandoverItem]) -> str:
    lines = [
        f'<!DOCTYPE html><html lang="{language()}"><head><meta charset=utf-8>',
        f"<title>{escape(name)}</title></head>",
        f"<body><h1>{escape(name)}</h1><ol>",
        *(f"<li>{escape(_line(row))}</li>" for row in rows),
        "</ol>",
    ]
    if ended:
        lines += [f"<h2>{escape(_('no more since the handover before'))}</h2><ul>"]
        lines += [f"<li>{escape(item_text(row.kind, row.words))}</li>" for row in ended]
        lines += ["</ul>"]
    return "\n".join([*lines, "</body></html>", ""])


def _line(row: HandoverItem) -> str:
    mark = "✔ " if row.accepted_at else ""
    told = f"{mark}{item_text(row.kind, row.words)}{due_text(row.due)}"
    return f"{told} ({visible(row.holder)})"
