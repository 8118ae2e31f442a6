"""Facts of invoices and direct debits that accounting exports (R20)."""

from datetime import datetime
from typing import Annotated

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.roles import Role

LARGEST_FILE = 4 * 1024 * 1024


class PaymentsFile(Body, frozen=True):
    """An export in CSV, in base64: its name, and the instant that its facts are true for, with its
    offset. Nothing is kept until it is sent again with `confirm`.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    content: Annotated[bytes, msgspec.Meta(max_length=LARGEST_FILE)]
    as_of: datetime
    confirm: bool = False


class InvoiceTaken(msgspec.Struct, frozen=True):
    """An invoice that was understood, in cents: what is left of it, and what was left before; null
    where it was not known.
    """

    tenant: str
    reference: str
    amount: int
    left: int
    left_before: int | None


class RowLeftOut(msgspec.Struct, frozen=True):
    """A row that was left out: its line (from 1), what it is about, and why."""

    line: int
    what: str
    why: str


class PaymentsTaken(msgspec.Struct, frozen=True):
    """What the file holds, and whether it is kept now; `unread` are columns that nobody reads."""

    kept: bool
    invoices: tuple[InvoiceTaken, ...]
    left_out: tuple[RowLeftOut, ...]
    unread: tuple[str, ...]


IMPORT = post("/v1/payments", Role.OPERATOR, PaymentsFile, PaymentsTaken)
