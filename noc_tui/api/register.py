"""Imports the tenant register as a whole."""

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.roles import Role


class RegisterFile(Body, frozen=True):
    """A register as text; `name` is the file's, for its kind and for its problems."""

    name: str
    text: str


class Imported(msgspec.Struct, frozen=True):
    """The number of tenants in the imported register."""

    tenants: int


IMPORT = post("/v1/register", Role.LEAD, RegisterFile, Imported)
"""It takes the place of the configured file, or, with any mistake in it, changes nothing."""
