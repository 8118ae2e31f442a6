"""Imports the tenant register as a whole."""

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.roles import Role


class RegisterFile(Body, frozen=True):
    """A register as text; `name` is the file's, for its kind and for its problems.

    `confirmed` are the clients that it leaves without any of the guests that run, knowingly.
    """

    name: str
    text: str
    confirmed: tuple[str, ...] = ()


class Imported(msgspec.Struct, frozen=True):
    """The number of tenants in the imported register.

    `proposed` numbers the entry instead where another person must import the same register first:
    it changes months that are over.
    """

    tenants: int
    proposed: int | None = None


class NamedTenant(msgspec.Struct, frozen=True):
    """A client by its id and name; `guests` of it run and would be nobody's after the import."""

    tenant: str
    name: str
    guests: int = 0


class FieldChange(msgspec.Struct, frozen=True):
    """A field, named as the column of a register's file, that says otherwise than what is stored;
    values as the file writes them, empty where nothing is given.
    """

    tenant: str
    field: str
    before: str
    after: str


class RegisterPreview(msgspec.Struct, frozen=True):
    """What a register would change: `losing` are the clients that it leaves without any of the
    guests that run, `unknown` a sentence for each pool that no cluster has, `refused` why it would
    not be taken at all, `past` the months that are over and change with it, for which another
    person imports the same file.
    """

    tenants: int
    added: tuple[NamedTenant, ...] = ()
    removed: tuple[NamedTenant, ...] = ()
    changed: tuple[FieldChange, ...] = ()
    losing: tuple[NamedTenant, ...] = ()
    refused: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class Emptiness(Body, frozen=True):
    """Why the client has no guest."""

    reason: str


class WantedEmpty(msgspec.Struct, frozen=True):
    """Since when it is on record as wanted that the tenant has no guest (RFC 3339)."""

    tenant: str
    since: str


IMPORT = post("/v1/register", Role.LEAD, RegisterFile, Imported)
"""It takes the place of the configured file, or, with any mistake in it, changes nothing."""

PREVIEW = post("/v1/register/preview", Role.LEAD, RegisterFile, RegisterPreview)
"""What importing that register would change; nothing is kept."""

WANT_EMPTY = post("/v1/tenants/{tenant}/emptiness", Role.OPERATOR, Emptiness, WantedEmpty)
"""That the client wants no guest is put on record: its time is available, and not unproven."""
