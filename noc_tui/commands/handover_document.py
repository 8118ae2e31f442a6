"""A handover as scripts read it: the one that is open, else what one would hold now."""

from datetime import datetime, timedelta

import msgspec

from noc_tui.contract.terms_book import TermsBook
from noc_tui.handover.build import item_text
from noc_tui.handover.read import build_handover
from noc_tui.views.published_clock import clock_of
from storage import oncall, settings
from storage.connection import Readable
from storage.oncall import Handover, HandoverItem

LOOK_AHEAD = timedelta(hours=12)


class HandoverLine(msgspec.Struct, frozen=True):
    """One item as scripts read it."""

    position: int
    kind: str
    subject: str
    text: str
    due: datetime | None
    holder: str
    accepted_at: datetime | None


class HandoverDocument(msgspec.Struct, frozen=True):
    """`state` is preview (nothing was opened), open or signed; `entry` the evidence entry of its
    opening, by which what is accepted is known to be what was read.
    """

    handover: int | None
    state: str
    outgoing: str
    incoming: str
    opened_at: datetime | None
    signed_at: datetime | None
    until: datetime
    items: list[HandoverLine]
    entry: int | None = None


async def document(db: Readable, terms: TermsBook) -> HandoverDocument:
    """The handover that is open, else a preview of one."""
    last = await oncall.last_handover(db)
    if last is not None and last.state == "open":
        return _told(last, await oncall.items_of(db, last.id))
    now = clock_of(await settings.read_clock(db)).now()
    until = now + LOOK_AHEAD
    rows = await build_handover(db, now, until, terms)
    return HandoverDocument(
        handover=None,
        state="preview",
        outgoing="",
        incoming="",
        opened_at=None,
        signed_at=None,
        until=until,
        items=[_line(row) for row in rows],
    )


def _told(handover: Handover, rows: list[HandoverItem]) -> HandoverDocument:
    return HandoverDocument(
        handover=handover.id,
        state=handover.state,
        outgoing=handover.outgoing,
        incoming=handover.incoming,
        opened_at=handover.opened_at,
        signed_at=handover.signed_at,
        until=handover.until,
        items=[_line(row) for row in rows],
        entry=handover.evidence,
    )


def _line(row: HandoverItem) -> HandoverLine:
    return HandoverLine(
        position=row.position,
        kind=row.kind,
        subject=row.subject,
        text=item_text(row.kind, row.words),
        due=row.due,
        holder=row.holder,
        accepted_at=row.accepted_at,
    )
