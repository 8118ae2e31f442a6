"""Reads a case with all that stands beside it, for who has no file to read it from."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from noc_tui.api.suspension import Act, CaseDocument, CasePage, GuestProgress, JournalStep
from storage import suspension as stored
from storage.connection import Readable
from storage.evidence import acts_on
from storage.exhibits import exhibit_sizes

T = TypeVar("T", bound=msgspec.Struct)


async def read_page(db: Readable, case: CaseDocument) -> CasePage:
    """Return the page of a case from the file in which it stands."""
    terms = await stored.TERMS_TEXTS.get(db, case.terms_version)
    return CasePage(
        case=case,
        guests=_as(GuestProgress, await stored.guests_of(db, case.id)),
        journal=_as(JournalStep, await stored.steps_of(db, case.id)),
        files=await exhibit_sizes(db, case.id),
        acts=_as(Act, await acts_on(db, f"suspension:{case.id}")),
        terms="" if terms is None else terms.content,
    )


def _as(kind: type[T], rows: Iterable[msgspec.Struct]) -> tuple[T, ...]:
    return tuple(msgspec.convert(row, kind, from_attributes=True) for row in rows)
