"""Whose ticket it is, as its text says: the one tenant whose name stands in it. Pure."""

import re
from collections.abc import Iterable

from storage.register import Tenant
from widgets.folding import fold

SHORTEST = 5
"""A shorter name is a word of every ticket."""
_FORMS = re.compile(r"\b(?:sarl|sasu|sas|sa|eurl|sci|scop|snc|selarl)\b")
"""Legal forms, which a client leaves out of a signature."""
_GAPS = re.compile(r"[\W_]+")


def find_named_tenant(text: str, tenants: Iterable[Tenant]) -> str:
    """Return the id of the tenant that a ticket names, without case, accents and legal form; empty
    where it names none, or several.
    """
    words = f" {_plain(text)} "
    named = {
        tenant.id
        for tenant in tenants
        if len(name := _plain(tenant.name)) >= SHORTEST and f" {name} " in words
    }
    return named.pop() if len(named) == 1 else ""


def _plain(text: str) -> str:
    folded = _GAPS.sub(" ", fold(text))
    return _GAPS.sub(" ", _FORMS.sub(" ", folded)).strip()
