"""The events of a case. Each says who acted and when; the state machine decides whether it is
allowed.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

import msgspec

from noc_tui.contract.payments.invoice import InvoiceFacts
from noc_tui.contract.suspension.values import (
    ConditionKind,
    DebtFacts,
    Delivery,
    Drift,
    GuestId,
    HoldReason,
    NoticeText,
    Person,
    Plan,
    PlannedGuest,
    Tick,
    Unproven,
)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a case; `by` is None when `nocd` itself observed it."""

    at: datetime
    by: Person | None = None


class Edited(Event, frozen=True, kw_only=True):
    """The draft was changed; what is None stays as it is. `ticks` are added to those there are.

    A `text` comes with the text `drawn` from the facts that it was left from, and its `basis`.
    """

    plan: Plan | None = None
    facts: Mapping[str, str] | None = None
    ticks: tuple[Tick, ...] | None = None
    cites: tuple[str, ...] | None = None
    aspects: tuple[str, ...] | None = None
    text: NoticeText | None = None
    drawn: NoticeText | None = None
    basis: str = ""


class ProofWithdrawn(Event, frozen=True, kw_only=True):
    """The proof of that number no longer supports its tick."""

    number: int
    reason: str


class ClientAnswered(Event, frozen=True, kw_only=True):
    """The client answered; `file` is the SHA-256 of what is kept of it, or empty."""

    text: str
    received_at: datetime
    file: str = ""
    name: str = ""


class StepWaived(Event, frozen=True, kw_only=True):
    """A step was set aside for a written reason."""

    step: str
    reason: str


class Checked(Event, frozen=True, kw_only=True):
    """The checklist is said to be complete; `earlier` breaches of the tenant were counted."""

    earlier: int = 0


class Approved(Event, frozen=True, kw_only=True):
    """A second person agrees to the plan with the digest that was shown."""

    seen: str


class NoticeQueued(Event, frozen=True, kw_only=True):
    """The mail to the client is in the outbox, under that Message-ID."""

    message_id: str


class NoticeDelivered(Event, frozen=True, kw_only=True):
    """The mail server's word on a queued notice."""

    delivery: Delivery
    message_id: str = ""


class FormalNoticeQueued(Event, frozen=True, kw_only=True):
    """The formal notice to pay is in the outbox; the client has until that day, in Paris."""

    until: date
    message_id: str


class FormalNoticeDelivered(Event, frozen=True, kw_only=True):
    """The mail server's word on a queued formal notice."""

    delivery: Delivery
    message_id: str


class InvoiceSeen(Event, frozen=True, kw_only=True):
    """What accounting says of the case's invoice; None where it says nothing."""

    invoice: InvoiceFacts | None


class NoticeSetAside(Event, frozen=True, kw_only=True):
    """The client is told after, by exception not before, or not at all by an authority's order."""

    mode: Literal["after", "waived", "withheld"]
    reason: str = ""


class Ordered(Event, frozen=True, kw_only=True):
    """The order, with the tenant's name as it was typed and the digest of the plan shown. `ran` are
    the guests that ran then, as last seen; `debt` is what was known of it.
    """

    typed_name: str
    seen: str
    earlier: int = 0
    break_glass: bool = False
    ran: tuple[GuestId, ...] = ()
    debt: DebtFacts = DebtFacts()


class DebtSeen(Event, frozen=True, kw_only=True):
    """Somebody looked whether the debt of the case is paid, and enters what was found."""

    debt: DebtFacts


class InsolvencySeen(Event, frozen=True, kw_only=True):
    """Somebody looked for a judgment that opens insolvency proceedings: the day of the look, that
    of the judgment or None, and `found`, what the client is told where that ends the suspension.
    """

    looked_on: date
    judgment: date | None = None
    found: str = ""


class StartReleased(Event, frozen=True, kw_only=True):
    """The planned time has come, and `nocd` found tenant and conditions as they were ordered."""

    ran: tuple[GuestId, ...] = ()
    debt: DebtFacts = DebtFacts()


class OrderMoved(Event, frozen=True, kw_only=True):
    """An order that waits is given another start, for a written reason; it is to be agreed to, told
    and ordered anew. `window_end` comes with another window of a maintenance, which `start` opens;
    `short_notice` is why the client is told later than the ground asks, None as it was.
    """

    start: datetime
    reason: str
    window_end: datetime | None = None
    short_notice: str | None = None
    earlier: int = 0


class StartHeld(Event, frozen=True, kw_only=True):
    """The planned time has come and the order does not stand: somebody has to look at it again."""

    why: HoldReason
    said: str = ""


class ConditionFell(Event, frozen=True, kw_only=True):
    """A condition of an order fell away before its time: it cancels itself."""

    condition: ConditionKind
    debt: DebtFacts = DebtFacts()


class Reviewed(Event, frozen=True, kw_only=True):
    """The second person's look at an order that was given alone."""

    finding: str


class Cancelled(Event, frozen=True, kw_only=True):
    """The case is dropped before anything was changed."""

    reason: str


class ExecutionBegan(Event, frozen=True):
    """`nocd` begins to carry out an order, or to re-apply it."""


class ClusterSeen(Event, frozen=True, kw_only=True):
    """A cluster that was out of reach at the order answers; `guests` are those of the tenant there
    that the plan did not know.
    """

    cluster: str
    guests: tuple[PlannedGuest, ...] = ()


class Executed(Event, frozen=True, kw_only=True):
    """The result of the execution; `started_at` is when the first action took effect, `unproven`
    what is not known to work.
    """

    suspended: tuple[GuestId, ...]
    failed: tuple[GuestId, ...]
    started_at: datetime | None = None
    unproven: tuple[Unproven, ...] = ()


class ProofSeen(Event, frozen=True, kw_only=True):
    """All that is not known to work, looked at again; `started_at` is when the first of what is
    known was first seen.
    """

    unproven: tuple[Unproven, ...] = ()
    started_at: datetime | None = None


class DriftSeen(Event, frozen=True, kw_only=True):
    """All present differences between order and world; none clears them."""

    drift: tuple[Drift, ...]


class ReapplyOrdered(Event, frozen=True):
    """The same plan is to be applied again where it no longer holds, or did not yet."""


class DataAccessSet(Event, frozen=True, kw_only=True):
    """The client's supervised way to its data was opened or closed (R23)."""

    open: bool


class TimePassed(Event, frozen=True):
    """Time passed; nothing else happened."""


class LetterSent(Event, frozen=True, kw_only=True):
    """A termination letter went by post."""

    reference: str


class Remedied(Event, frozen=True, kw_only=True):
    """The cause is remedied; what was found (R21)."""

    found: str


class RestoreOrdered(Event, frozen=True, kw_only=True):
    """Restoration of these guests, or of all that are held when none is named."""

    guests: tuple[GuestId, ...] = ()
    found: str = ""


class Restored(Event, frozen=True, kw_only=True):
    """What the restoration came to."""

    restored: tuple[GuestId, ...]
    failed: tuple[GuestId, ...] = ()
