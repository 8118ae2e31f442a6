"""A handover that was: what changed since the one before, and a file of it to keep. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from noc_tui.handover.build import due_text, item_text
from noc_tui.i18n import _, language, ngettext
from noc_tui.labels import formats
from noc_tui.text import escape_markdown, visible
from storage.oncall import Handover, HandoverItem

Form = Literal["md", "html"]
_STYLE = (
    "body{font-family:sans-serif;max-width:48em;margin:2em auto}"
    "th{text-align:left;padding-right:2em;font-weight:normal;color:#555}li{margin:.4em 0}"
)


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
    """The document that both shifts sign, as Markdown or HTML: from whom to whom and when, each
    item with what is due and who has it, what changed since the handover before, the signatures.
    """
    name, ended = title(handover, len(rows)), find_ended(rows, before)
    new = find_new(rows, before)
    items = [
        (row.accepted_at is not None, _item_line(row, new=row.position in new)) for row in rows
    ]
    parts = _Document(name, _list_facts(handover), items, ended, _list_signatures(handover))
    return _html(parts) if form == "html" else _markdown(parts)


@dataclass(frozen=True, slots=True)
class _Document:
    """A handover's document, in words that are neither Markdown nor HTML yet."""

    name: str
    facts: list[tuple[str, str]]
    items: list[tuple[bool, str]]
    ended: list[HandoverItem]
    signatures: list[tuple[str, str]]


def _list_facts(handover: Handover) -> list[tuple[str, str]]:
    nobody = _("(nobody yet)")
    told = [
        (_("From"), visible(handover.outgoing)),
        (_("To"), visible(handover.incoming) or nobody),
        (_("Opened"), formats.instant(handover.opened_at)),
        (_("Next shift until"), formats.instant(handover.until)),
    ]
    if handover.signed_at is not None:
        told.append((_("Signed"), formats.instant(handover.signed_at)))
    return told


def _list_signatures(handover: Handover) -> list[tuple[str, str]]:
    """Who signs for what; nocd's own record says when each did it."""
    signed = _("not signed yet")
    if handover.signed_at is not None:
        signed = formats.instant(handover.signed_at)
    handed = f"{visible(handover.outgoing)}, {formats.instant(handover.opened_at)}"
    taken = f"{visible(handover.incoming) or _('(nobody yet)')}, {signed}"
    return [(_("Handed over"), handed), (_("Taken over"), taken)]


def _item_line(row: HandoverItem, *, new: bool) -> str:
    """The item, what is due, who has it, when it was accepted, and whether it is new."""
    told = [f"{item_text(row.kind, row.words)}{due_text(row.due)}"]
    if row.holder:
        told.append(formats.label_line(_("With"), visible(row.holder)))
    if row.accepted_at is not None:
        told.append(formats.label_line(_("Accepted"), formats.instant(row.accepted_at)))
    if new:
        told.append(_("new since the handover before"))
    return " · ".join(told)


def _markdown(parts: _Document) -> str:
    lines = [f"# {escape_markdown(parts.name)}", ""]
    lines += [
        f"- {formats.label_line(label, escape_markdown(text))}" for label, text in parts.facts
    ]
    lines += ["", f"## {_('What is handed over')}", ""]
    for number, (accepted, text) in enumerate(parts.items, 1):
        lines.append(f"- [{'x' if accepted else ' '}] {number}. {escape_markdown(text)}")
    if parts.ended:
        lines += ["", f"## {_('no more since the handover before')}", ""]
        lines += [f"- {escape_markdown(item_text(row.kind, row.words))}" for row in parts.ended]
    lines += ["", f"## {_('Signatures')}", ""]
    lines += [
        f"- {formats.label_line(label, escape_markdown(text))}" for label, text in parts.signatures
    ]
    return "\n".join([*lines, ""])


def _html(parts: _Document) -> str:
    name = escape(parts.name)
    lines = [
        f'<!DOCTYPE html><html lang="{language()}"><head><meta charset=utf-8>',
        f"<title>{name}</title><style>{_STYLE}</style></head>",
        f"<body><h1>{name}</h1>",
        *_html_table(parts.facts),
        f"<h2>{escape(_('What is handed over'))}</h2><ol>",
        *(f"<li>{'✔ ' if done else '☐ '}{escape(text)}</li>" for done, text in parts.items),
        "</ol>",
    ]
    if parts.ended:
        lines += [f"<h2>{escape(_('no more since the handover before'))}</h2><ul>"]
        lines += [f"<li>{escape(item_text(row.kind, row.words))}</li>" for row in parts.ended]
        lines += ["</ul>"]
    lines += [f"<h2>{escape(_('Signatures'))}</h2>", *_html_table(parts.signatures)]
    return "\n".join([*lines, "</body></html>", ""])


def _html_table(facts: Sequence[tuple[str, str]]) -> list[str]:
    rows = [f"<tr><th>{escape(label)}</th><td>{escape(text)}</td></tr>" for label, text in facts]
    return ["<table>", *rows, "</table>"]
