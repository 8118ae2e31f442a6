"""Keeps the terms under which suspensions were opened; a case is judged by its own terms (R15).

They bear their version's name. Where a file was changed and kept its version, what it says since is
kept beside it under the version and a digest: a name always means one text.
"""

import hashlib
from functools import lru_cache

from noc_tui.contract.terms import Terms, TermsError, encode_terms, read_terms
from storage.connection import Readable
from storage.suspension import TERMS_TEXTS, TermsText


async def row_of(db: Readable, terms: Terms) -> TermsText:
    """These terms as they are kept, or are to be put, with the name to stamp."""
    text = encode_terms(terms)
    for name in (terms.version, f"{terms.version}+{_digest(text)[:12]}"):
        known = await TERMS_TEXTS.get(db, name)
        if known is None:
            return TermsText(name, text)
        if known.content == text or _read(known.content) == terms:
            return known
    raise ValueError(f"{terms.version}: two terms have one digest")


async def find_terms(db: Readable, name: str) -> Terms | None:
    """Return the terms of that name; None if they are not kept, or have a shape that is not
    known.
    """
    row = await TERMS_TEXTS.get(db, name)
    return None if row is None else decode_terms(row.content)


def fingerprint(row: TermsText) -> str:
    """The SHA-256 of the terms as kept, for the record."""
    return _digest(row.content)


def decode_terms(text: str) -> Terms | None:
    """Return terms as they are kept; None for none, and for a shape that is not known."""
    return _read(text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=4)
def _read(text: str) -> Terms | None:
    try:
        return read_terms(text)
    except TermsError:
        return None
