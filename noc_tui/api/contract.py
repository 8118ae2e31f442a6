"""The hoster's official text."""

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.roles import Role


class OfficialText(Body, frozen=True):
    """The hoster's contract as text, and the name of the file it stood in."""

    name: str
    text: str


class Imported(msgspec.Struct, frozen=True):
    """The text's SHA-256 in hexadecimal, and the clauses that were found in it."""

    sha256: str
    clauses: tuple[str, ...]


IMPORT = post("/v1/contract", Role.LEAD, OfficialText, Imported, status=201)
