"""The frozen values of a suspension case: plan, evidence, notice, result."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Literal

import msgspec

from noc_tui.contract.payments.invoice import InvoiceFacts

State = Literal[
    "draft",
    "checked",
    "approved",
    "notified",
    "notice-waived",
    "scheduled",
    "held",
    "ordered",
    "executing",
    "suspended",
    "configured",
    "asked",
    "partially-suspended",
    "drifting",
    "termination-open",
    "remedied",
    "restoring",
    "partially-restored",
    "closed",
    "cancelled",
]
PREPARING: frozenset[State] = frozenset(
    ("draft", "checked", "approved", "notified", "notice-waived", "held")
)
READY: frozenset[State] = frozenset(("checked", "approved", "notified", "notice-waived"))
PLANNED: frozenset[State] = frozenset(("scheduled",))
"""The states of an order that waits for its time."""
STANDING: frozenset[State] = frozenset(
    (
        "suspended",
        "configured",
        "asked",
        "partially-suspended",
        "drifting",
        "termination-open",
        "partially-restored",
    )
)
ENDED: frozenset[State] = frozenset(("closed", "cancelled"))

BARRIER: Final = "barrier"
"""The id of the means that withdraws the client's access to the platform."""

Role = Literal["viewer", "operator", "lead"]
RANK: Mapping[Role, int] = {"viewer": 0, "operator": 1, "lead": 2}
Scope = Literal["guests", "tenant"]
Outage = Literal["", "all", "running", "published"]
Unseen = Literal["", "later", "left"]
ConditionKind = Literal["unpaid", "unanswered"]
HoldReason = Literal["world", "unseen", "window", "late", "debt", "insolvency", "terms", "notice"]
"""Why an order was not carried out at its time: the tenant is no more as it was approved, its
clusters could not be seen, the window is over, the time was missed by too much, nothing recent says
that the debt is unpaid, a judgment bars it, the terms of the case are not kept, or the prior notice
did not leave.
"""
NoticeMode = Literal["none", "before", "after", "waived", "withheld"]
Delivery = Literal["unsent", "queued", "accepted", "refused", "unknown"]


class _Value(msgspec.Struct, frozen=True, kw_only=True):
    """What every value of a case is."""


class Person(_Value, frozen=True):
    """Who acts: the account's uid and name from the kernel, and its role (R32)."""

    uid: int
    name: str
    role: Role

    def is_(self, other: "Person") -> bool:
        """Return whether `other` is the same account; in a demo one account may play several
        people.
        """
        return (self.uid, self.name) == (other.uid, other.name)

    def may(self, role: Role) -> bool:
        """Return whether this person's role is at least that one."""
        return RANK[self.role] >= RANK[role]


class TickEvidence(_Value, frozen=True):
    """What supports a tick: a text, a file, a task id, an extract of a log, a third party's report.

    Of a file and of a report `text` is the name and `sha256` where its content is kept; a letter
    says nothing of a report but its number. `number` is the proof's in its case; it, `by` and `at`
    are given when the proof is added.
    """

    kind: Literal["text", "file", "task", "log", "report"]
    text: str
    sha256: str = ""
    number: int = 0
    by: Person | None = None
    at: datetime | None = None

    @property
    def has_file(self) -> bool:
        """Return whether its content is a file that is kept with the case."""
        return self.kind in ("file", "report")

    def says_as(self, other: "TickEvidence") -> bool:
        """Return whether both hold the same, whoever added them."""
        return (self.kind, self.text, self.sha256) == (other.kind, other.text, other.sha256)


class Tick(_Value, frozen=True):
    """A Charte clause said to be breached, or a requirement met, with its evidence (R19)."""

    target: str
    evidence: tuple[TickEvidence, ...]


class WithdrawnProof(_Value, frozen=True):
    """A proof that no longer supports its tick: who took it back, when and why."""

    target: str
    evidence: TickEvidence
    by: Person
    at: datetime
    reason: str


class ClientAnswer(_Value, frozen=True):
    """What the client answered, when it arrived, and who entered it (R16).

    `file` is the SHA-256 of what was kept of it, empty when there is no file; `name` is its name.
    """

    text: str
    received_at: datetime
    by: Person
    at: datetime
    file: str = ""
    name: str = ""


class Waiver(_Value, frozen=True):
    """A step set aside by somebody for a written reason (R19)."""

    step: str
    reason: str
    by: Person
    at: datetime


class GuestId(_Value, frozen=True, order=True):
    """A guest: its cluster's name and its vmid there."""

    cluster: str
    vmid: int

    def __str__(self) -> str:
        return f"{self.cluster}/{self.vmid}"


class PlannedGuest(_Value, frozen=True):
    """A guest in the plan; `identity` tells it from a later guest with the same vmid."""

    ref: GuestId
    kind: Literal["qemu", "lxc"]
    name: str
    identity: str = ""


class Condition(_Value, frozen=True):
    """What the order rests on until it is carried out: that nothing was paid, or that no answer
    arrived, by `by`; None is the planned start.
    """

    kind: ConditionKind
    by: datetime | None = None


class Schedule(_Value, frozen=True):
    """When a plan is carried out: not before `start`, None being at once, and only while every
    condition holds. `short_notice` is why the client is told later than the ground asks (R16).
    """

    start: datetime | None = None
    conditions: tuple[Condition, ...] = ()
    short_notice: str = ""


class Plan(_Value, frozen=True):
    """Scope and means. `means` are ids of the terms file in the order in which they are applied.

    `ports` is what the operator chose to filter, as `direction:protocol:port`, for a filter whose
    terms name none. `barrier` holds the tenant's own Proxmox principals that lose their access
    first, where that means is chosen; `statement` says why a breach is repeated or particularly
    serious, when all services are meant (R17).

    `outage` says why the tenant is wholly out by this plan, whatever its scope (R17): `all` of its
    guests, all that were `running`, or all that are `published`. `unseen` names the clusters of the
    tenant that were out of reach when all its services were planned, and `unseen_is` what the
    operator decides about them: carried out there `later`, or `left` out.
    """

    scope: Scope = "guests"
    guests: tuple[PlannedGuest, ...] = ()
    means: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    barrier: tuple[str, ...] = ()
    statement: str = ""
    outage: Outage = ""
    unseen: tuple[str, ...] = ()
    unseen_is: Unseen = ""
    schedule: Schedule = Schedule()


class NoticeText(_Value, frozen=True):
    """The mail to the client as the operator left it; the recipient is never part of it."""

    language: Literal["fr", "en"] = "fr"
    subject: str = ""
    body: str = ""


class Notice(_Value, frozen=True):
    """How the client is told, and how far that went (R16).

    `drawn` is the letter's text as it was drawn from the facts, `text` the same as the operator
    left it; `basis` says of which plan and for which moment it was drawn (`notice.basis_of`).
    Without `drawn` nothing was edited. `digest` is that of the plan which the mail sent tells.
    `accepted_at` is when the mail server was seen to have accepted it: it matures from then.
    """

    mode: NoticeMode = "none"
    text: NoticeText = NoticeText()
    drawn: NoticeText | None = None
    basis: str = ""
    reason: str = ""
    digest: str = ""
    message_id: str = ""
    delivery: Delivery = "unsent"
    accepted_at: datetime | None = None

    @property
    def edited(self) -> bool:
        """Return whether an operator changed the text that was drawn from the facts."""
        return self.drawn is not None and self.text != self.drawn

    @property
    def owed(self) -> bool:
        """Return whether the client has still to be notified."""
        return self.mode in ("after", "waived", "before") and self.delivery != "accepted"


class FormalNoticeLetter(_Value, frozen=True):
    """The formal notice to pay that was mailed: for which invoice and how many euros, and the last
    day to pay.
    """

    invoice: str
    amount: str
    until: date
    sent_at: datetime
    message_id: str
    delivery: Delivery = "queued"


class Approval(_Value, frozen=True):
    """A second person's agreement to one exact plan."""

    by: Person
    at: datetime
    digest: str
    expires_at: datetime


class Review(_Value, frozen=True):
    """The review that a second person owes after one operator ordered alone (R17)."""

    due_at: datetime
    by: Person | None = None
    at: datetime | None = None
    finding: str = ""


class Letter(_Value, frozen=True):
    """The termination letter by post, tracked and never sent by the program (R22)."""

    sent_on: datetime
    reference: str
    by: Person


class Remedy(_Value, frozen=True):
    """What was found when the cause was remedied, and by whom (R21)."""

    found: str
    by: Person
    at: datetime


class Drift(_Value, frozen=True):
    """A difference between what was ordered and what is, on one guest."""

    guest: GuestId
    what: str
    seen_at: datetime


class CheckedPlan(_Value, frozen=True):
    """What somebody marked as checked, and when."""

    by: Person
    at: datetime
    plan: Plan
    facts: Mapping[str, str]
    ticks: tuple[Tick, ...]
    text: NoticeText


class Unproven(_Value, frozen=True):
    """A means on a guest that is not known to work: `asked` of the client, who has still to do it,
    or `configured` and not seen to work, `why` saying what keeps it from being seen.
    """

    guest: GuestId
    means: str
    kind: Literal["asked", "configured"]
    why: str = ""


class DebtFacts(_Value, frozen=True):
    """Whether the debt that a case rests on is paid, and the instant that this is true for; None
    where nobody knows.
    """

    paid: bool | None = None
    as_of: datetime | None = None


class DebtNote(_Value, frozen=True):
    """What somebody entered of the debt by hand."""

    debt: DebtFacts
    by: Person
    at: datetime


class OrderHold(_Value, frozen=True):
    """Why an order with a planned start was not carried out, in `nocd`'s own words besides."""

    why: HoldReason
    at: datetime
    said: str = ""


class OrderMove(_Value, frozen=True):
    """An order that was moved to another time: the `plan` that was ordered, why, by whom.

    `announced` is the start that the client was last told of and `told_at` when the mail server
    took that notice; both None where the client was told of none.
    """

    plan: Plan
    reason: str
    by: Person
    at: datetime
    announced: datetime | None = None
    told_at: datetime | None = None


class Case(_Value, frozen=True):
    """One suspension, from draft to closed. Instants are UTC.

    `facts` holds the answers to requirements of the kinds text, date, instant, amount and confirm,
    as written; `terms_version` is the terms file the case was opened under; `exclusion` the number
    of the exclusion from downtime that it began. `checked` is what was last marked as checked, and
    `previous` the one before that was another. `ran` are the guests that ran when it was ordered.
    Of an order with a planned start `released_at` is when its time had come and it was found to
    stand, `hold` why it was not, and `fell_away` the condition on which it was cancelled by itself.
    `moved` is how it last came to another start; it has to be ordered anew.
    `formal_notice` is the last one mailed, `invoice` what accounting last said of it (R20).
    `effect_message_id` is the mail that told the client that an announced measure had begun.
    `lift_ordered_at` is when it was first ordered, after the remedy, to restore all that is left.
    """

    id: str
    tenant: str
    tenant_name: str
    ground: str
    terms_version: str
    opened_by: Person
    opened_at: datetime
    state: State = "draft"
    rehearsal: bool = False
    cites: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    plan: Plan = Plan()
    facts: Mapping[str, str] = {}
    ticks: tuple[Tick, ...] = ()
    withdrawn: tuple[WithdrawnProof, ...] = ()
    answers: tuple[ClientAnswer, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    notice: Notice = Notice()
    approval: Approval | None = None
    checked: CheckedPlan | None = None
    previous: CheckedPlan | None = None
    review: Review | None = None
    ordered_by: Person | None = None
    ordered_at: datetime | None = None
    started_at: datetime | None = None
    suspended: tuple[GuestId, ...] = ()
    failed: tuple[GuestId, ...] = ()
    restored: tuple[GuestId, ...] = ()
    drift: tuple[Drift, ...] = ()
    unproven: tuple[Unproven, ...] = ()
    termination_open_at: datetime | None = None
    letter: Letter | None = None
    remedy: Remedy | None = None
    restoring: tuple[GuestId, ...] = ()
    data_access: bool = False
    closed_at: datetime | None = None
    exclusion: int | None = None
    cancelled_for: str = ""
    ran: tuple[GuestId, ...] = ()
    released_at: datetime | None = None
    hold: OrderHold | None = None
    fell_away: ConditionKind | Literal[""] = ""
    moved: OrderMove | None = None
    debt: DebtNote | None = None
    formal_notice: FormalNoticeLetter | None = None
    invoice: InvoiceFacts | None = None
    effect_message_id: str = ""
    lift_ordered_at: datetime | None = None

    def fact(self, key: str) -> str:
        """The answer to a requirement, stripped; empty when there is none."""
        return self.facts.get(key, "").strip()

    def tick(self, target: str) -> Tick | None:
        """The tick on that clause or requirement, when there is one."""
        return next((tick for tick in self.ticks if tick.target == target), None)

    def waiver(self, step: str) -> Waiver | None:
        """The waiver of that step, when there is one."""
        return next((waiver for waiver in self.waivers if waiver.step == step), None)

    @property
    def carried_out(self) -> bool:
        """Whether it was carried out, seen to work or not: the client is told from then on."""
        return self.started_at is not None or bool(self.suspended)

    @property
    def begun_at(self) -> datetime | None:
        """When it was ordered to be carried out, or its planned time had come."""
        return self.released_at or self.ordered_at

    @property
    def held(self) -> tuple[GuestId, ...]:
        """The guests that are suspended and not yet restored."""
        return tuple(ref for ref in self.suspended if ref not in self.restored)
