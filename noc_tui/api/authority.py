"""Orders and reports of authorities: recorded, carried out, confirmed; what is held back with them.

An order that is secret is answered to accounts of `[roles.confidential]` alone; to all others it is
an order that does not exist.
"""

from datetime import datetime
from typing import Annotated

import msgspec

from noc_tui.api.endpoint import Body, get, post
from noc_tui.api.suspension import CaseDocument, Edit
from noc_tui.contract.authority.values import AuthorityOrder, Category, Secrecy
from noc_tui.contract.terms import BilingualText
from noc_tui.roles import Role

Line = Annotated[str, msgspec.Meta(max_length=1_000)]
Text = Annotated[str, msgspec.Meta(max_length=20_000)]


class NewOrder(Body, frozen=True, kw_only=True):
    """An order as it was received. `term` is its own deadline, `scope` its own words,
    `authenticity` how it was checked that it is genuine; `legal_basis` may be left out where the
    kind names it.
    """

    kind: Line
    authority: Line
    reference: Line
    scope: Text
    authenticity: Text
    received_at: datetime
    secrecy: Secrecy
    secrecy_basis: Text = ""
    silent_until: datetime | None = None
    legal_basis: Line = ""
    term: datetime | None = None
    tenant: Line = ""


class Stop(Body, frozen=True):
    """Why the order cannot be carried out now, and how the authority was told so."""

    why: Text
    told: Text


class Note(Body, frozen=True):
    """One written sentence: an answer, a finding, a way, a reason."""

    text: Text


class Kept(Body, frozen=True):
    """What is kept apart, where, and until when."""

    what: Text
    where: Text
    until: datetime


class Given(Body, frozen=True):
    """Data given to an authority: to whom, of which categories, what exactly, under which case."""

    to: Line
    categories: tuple[Category, ...]
    what: Text
    case: Line = ""


class Silence(Body, frozen=True):
    """Until when the client is not told (null: until the authority says otherwise), and why."""

    reason: Text
    until: datetime | None = None


class Publication(Body, frozen=True):
    """Why the secrecy ends; `early` where the authority ended it before its date."""

    reason: Text
    early: bool = False


class Execution(Body, frozen=True):
    """The suspension that carries the order out; `ground` is authority-request where none is
    given, authority-report for a report.
    """

    tenant: Line
    ground: Line = ""
    edit: Edit | None = None


class OrderDocument(AuthorityOrder, frozen=True, kw_only=True):
    """An order, and what follows from it now.

    `due_at` is when it is to be carried out, null without a term and once it is over; it moves
    while the deadline is stopped. `seconds_left` is negative once it was missed. `preserve_months`
    is how long the law asks to keep apart what is removed, 0 where it does not.
    """

    kind_label: BilingualText
    due_at: datetime | None
    seconds_left: float | None
    secrecy_over: bool
    preserve_months: int


class Orders(msgspec.Struct, frozen=True):
    """The orders that the caller may see, the first deadline first."""

    orders: tuple[OrderDocument, ...]


class Release(msgspec.Struct, frozen=True):
    """Whether a document about a tenant may leave now; `why` says to the caller why not."""

    free: bool
    why: str = ""


class HeldOutages(msgspec.Struct, frozen=True):
    """The outages of an incident whose cause nobody may decide now, by their numbers; `why` says
    to the caller why not.
    """

    outages: tuple[int, ...] = ()
    why: str = ""


class SealedState(msgspec.Struct, frozen=True):
    """The sealed file compared with the evidence log: the verdict, its entries, the digests on the
    log that agree, and what is wrong. `failing` are the services over it that fail: no alert tells
    of them, which all would read.
    """

    verdict: str
    count: int
    digests: int
    reason: str
    failing: tuple[str, ...] = ()


_ORDER = "/v1/authority-orders/{id}"
RECORD = post("/v1/authority-orders", Role.OPERATOR, NewOrder, OrderDocument, status=201)
LIST = get("/v1/authority-orders", Role.VIEWER, Orders)
SHOW = get(_ORDER, Role.VIEWER, OrderDocument)
STOP = post(f"{_ORDER}/stop", Role.OPERATOR, Stop, OrderDocument)
RESUME = post(f"{_ORDER}/resume", Role.OPERATOR, Note, OrderDocument)
"""What the authority answered, or how the obstacle went (`text`)."""
EXECUTE = post(f"{_ORDER}/execute", Role.OPERATOR, Note, OrderDocument)
"""What was done (`text`); another person reviews it."""
REVIEW = post(f"{_ORDER}/review", Role.OPERATOR, Note, OrderDocument)
"""What the second person found (`text`)."""
CONFIRM = post(f"{_ORDER}/confirm", Role.OPERATOR, Note, OrderDocument)
"""How the authority was told that its order was carried out (`text`)."""
PRESERVE = post(f"{_ORDER}/preserve", Role.OPERATOR, Kept, OrderDocument)
DISCLOSE = post(f"{_ORDER}/disclose", Role.OPERATOR, Given, OrderDocument)
KEEP_SECRET = post(f"{_ORDER}/keep-secret", Role.LEAD, Silence, OrderDocument)
PUBLISH = post(f"{_ORDER}/publish", Role.LEAD, Publication, OrderDocument)
"""End the secrecy: the order and its suspensions move to where all with a role read them."""
WITHDRAW = post(f"{_ORDER}/withdraw", Role.OPERATOR, Note, OrderDocument)
"""Why it is no longer to be carried out (`text`)."""
CASE = post(f"{_ORDER}/case", Role.OPERATOR, Execution, CaseDocument, status=201)
RELEASE = get("/v1/tenants/{tenant}/release", Role.VIEWER, Release, query=("month",))
"""Whether a document about the tenant may leave: its statement of `month`, else a pack."""
HELD_OUTAGES = get("/v1/incidents/{number}/held", Role.VIEWER, HeldOutages)
"""The outages of an incident whose cause is neither proposed nor decided now."""
SEALED = get("/v1/sealed", Role.VIEWER, SealedState)
"""For accounts of `[roles.confidential]`."""
