"""The frozen values of an order or report of an authority (R37)."""

from datetime import datetime
from typing import Literal

import msgspec

from noc_tui.contract.suspension.values import Person

Secrecy = Literal["forbidden", "allowed", "unsaid"]
"""Whether the client may be told: the order or the law forbids it, it may be, nothing is said."""
State = Literal["open", "stopped", "carried-out", "withdrawn"]
Category = Literal["identity", "contact", "account", "payment", "connection", "content", "other"]
"""The categories of data that a disclosure holds."""


class _OrderPart(msgspec.Struct, frozen=True, kw_only=True):
    """What every part of an order is."""


class Pause(_OrderPart, frozen=True):
    """A time in which the deadline does not run: the order cannot be carried out, or is unclear.

    `told` is how the authority was told so; `until` is None while it lasts.
    """

    since: datetime
    why: str
    told: str
    by: Person
    until: datetime | None = None
    answer: str = ""


class Execution(_OrderPart, frozen=True):
    """The order was carried out: what was done, by whom; another person reviews it until
    `review_due`.
    """

    at: datetime
    by: Person
    what: str
    review_due: datetime


class OrderReview(_OrderPart, frozen=True):
    """What a second person found."""

    at: datetime
    by: Person
    finding: str


class Confirmation(_OrderPart, frozen=True):
    """The authority was told that its order was carried out: how, and under which reference."""

    at: datetime
    by: Person
    how: str


class Preservation(_OrderPart, frozen=True):
    """What is kept apart, where, and until when."""

    at: datetime
    by: Person
    what: str
    where: str
    until: datetime


class Disclosure(_OrderPart, frozen=True):
    """Data given to an authority under the order: to whom, which categories, what exactly (R36)."""

    at: datetime
    by: Person
    to: str
    categories: tuple[Category, ...]
    what: str
    case: str = ""


class SecrecyDecision(_OrderPart, frozen=True):
    """What a lead decided on telling the client, and why: silent until a date, or told."""

    at: datetime
    by: Person
    secrecy: Secrecy
    reason: str
    until: datetime | None = None


class AuthorityOrder(_OrderPart, frozen=True):
    """One order or report, from receipt to confirmation. Instants are UTC.

    `term` is the order's own deadline; `scope` its own words; `authenticity` how it was checked
    that it is genuine; `silent_until` when its secrecy ends, None where it names no date. `hold`
    is until when an order that says nothing of secrecy is held; `cases` are the suspensions that
    carry it out.
    """

    id: str
    kind: str
    authority: str
    reference: str
    legal_basis: str
    scope: str
    authenticity: str
    received_at: datetime
    secrecy: Secrecy
    recorded_by: Person
    recorded_at: datetime
    tenant: str = ""
    term: datetime | None = None
    silent_until: datetime | None = None
    secrecy_basis: str = ""
    hold: datetime | None = None
    state: State = "open"
    pauses: tuple[Pause, ...] = ()
    execution: Execution | None = None
    review: OrderReview | None = None
    confirmation: Confirmation | None = None
    preservations: tuple[Preservation, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    decisions: tuple[SecrecyDecision, ...] = ()
    cases: tuple[str, ...] = ()
    withdrawn_for: str = ""

    @property
    def secret(self) -> bool:
        """Return whether nobody but the accounts of `[roles.confidential]` may know of it.

        It does not end by itself: a person publishes the order when its secrecy is over.
        """
        return self.secrecy != "allowed"

    @property
    def pause(self) -> Pause | None:
        """The pause that lasts now, if any."""
        return self.pauses[-1] if self.pauses and self.pauses[-1].until is None else None
