"""Requests about suspensions: the wizard's verbs, the case, the preview of its plan."""

from collections.abc import Mapping
from datetime import date, datetime
from types import NoneType
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from noc_tui.api.endpoint import Body, get, post
from noc_tui.contract.suspension.countdown import Countdown
from noc_tui.contract.suspension.effect import TenantEffect
from noc_tui.contract.suspension.exclusion import SuspendedSpan
from noc_tui.contract.suspension.notice import Moment, NoticeRule
from noc_tui.contract.suspension.proportion import MeansProposal
from noc_tui.contract.suspension.values import Case, Condition, Scope, Tick
from noc_tui.contract.terms import Approval as ApprovalRule
from noc_tui.contract.terms import BilingualText
from noc_tui.roles import Role

Language = Literal["fr", "en"]
NoticeVerb = Literal["draft", "send", "after", "waive", "withhold"]


class FileContent(Body, frozen=True):
    """A file that a proof or an answer rests on: its name, and its content in base64."""

    name: str
    content: bytes


class Edit(Body, frozen=True, omit_defaults=True):
    """A change of a draft; what is left out, or null, stays. Guests are `cluster/vmid`; `ports` are
    what a filter drops: `direction:protocol:port`, the direction in, out or both. `out_of_reach` is
    what becomes of clusters that do not answer: carried out there `later`, or `left` out.

    `start` is when it is carried out at the earliest, `at_once` takes that back; `conditions` are
    what it rests on until then, in the place of those that there were; `short_notice` is why the
    client is told later than the ground asks.

    `ticks` are added to those that the draft has. `files` are what their proofs of the kinds
    `file` and `report` name by SHA-256, unless the case has them already.
    """

    scope: Scope | None = None
    guests: tuple[str, ...] | None = None
    means: tuple[str, ...] | None = None
    ports: tuple[str, ...] | None = None
    out_of_reach: Literal["later", "left"] | None = None
    statement: str | None = None
    start: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    at_once: bool = False
    conditions: tuple[Condition, ...] | None = None
    short_notice: str | None = None
    facts: Mapping[str, str] | None = None
    ticks: tuple[Tick, ...] | None = None
    cites: tuple[str, ...] | None = None
    aspects: tuple[str, ...] | None = None
    language: Language | None = None
    subject: str | None = None
    body: str | None = None
    files: tuple[FileContent, ...] = ()


class Opening(Body, frozen=True):
    """A new draft, perhaps with its first edit: when that is refused, nothing is opened."""

    tenant: str
    ground: str
    rehearsal: bool = False
    edit: Edit | None = None


class Waiver(Body, frozen=True):
    """A step to set aside, and why."""

    step: str
    reason: str


class Approval(Body, frozen=True):
    """The digest of the plan that was read."""

    seen: str


class NoticeAction(Body, frozen=True):
    """The action on the notice: draw it from the facts, send it, or set it aside.

    It is drawn for the moment of its mode or its ground, or for the `moment` that is given.
    """

    action: NoticeVerb
    reason: str = ""
    language: Language | None = None
    moment: Moment | None = None


class FormalNotice(Body, frozen=True):
    """The formal notice to pay: in which language, and how many days the client has, by default as
    many as the terms ask. `send` queues it; else nothing is done but to draw it.
    """

    language: Language = "fr"
    days: Annotated[int, msgspec.Meta(ge=1, le=365)] | None = None
    send: bool = False


class DrawnLetter(msgspec.Struct, frozen=True):
    """A letter as it leaves: its subject and its text, and the last day to pay that it names."""

    subject: str
    text: str
    until: date


class Order(Body, frozen=True):
    """The order, with the tenant's name typed and the digest of the plan that was read."""

    typed_name: str
    seen: str
    break_glass: bool = False


class Move(Body, frozen=True, omit_defaults=True):
    """Another start of an order that waits, and why. `window_end` comes with another window of a
    maintenance, which then opens at `start`; `short_notice` is why the client is told later than
    the ground asks.
    """

    start: Annotated[datetime, msgspec.Meta(tz=True)]
    reason: str
    window_end: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    short_notice: str | None = None


class Remark(Body, frozen=True):
    """One written sentence: a reason, a finding, a reference."""

    text: str


class Withdrawal(Body, frozen=True):
    """The proof that no longer supports its tick, by its number, and why."""

    proof: int
    reason: str


class Answer(Body, frozen=True, omit_defaults=True):
    """What the client answered, and when it arrived; now where that is left out."""

    text: str = ""
    received_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    file: FileContent | None = None


class Restoration(Body, frozen=True):
    """Which guests to restore (`cluster/vmid`; all when none is named), and what was found."""

    guests: tuple[str, ...] = ()
    found: str = ""


class DataAccess(Body, frozen=True):
    """Open or close the client's supervised way to its data."""

    open: bool


class Debt(Body, frozen=True, omit_defaults=True):
    """Whether the debt that a case rests on is paid, and when that was true; now where left out."""

    paid: bool
    as_of: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class InsolvencyLook(Body, frozen=True, omit_defaults=True):
    """On which day a judgment that opens insolvency proceedings was looked for, and its own day
    where there is one.
    """

    looked_on: date
    judgment: date | None = None


class PlannedOrder(msgspec.Struct, frozen=True):
    """An order that waits for its time; `secret` where others do not see that it exists."""

    case: str
    tenant: str
    tenant_name: str
    starts_at: datetime
    secret: bool = False


class PlannedOrders(msgspec.Struct, frozen=True):
    """The orders that wait for their time and that the caller may see, the next first."""

    orders: tuple[PlannedOrder, ...]


class ChecklistStep(msgspec.Struct, frozen=True):
    """A line of the checklist, under the rule that asks for it; `cited` is the article that this
    rule reads, `how` the option of `noc-tui suspension plan` that answers it.
    """

    id: str
    rule: str
    label: BilingualText
    state: Literal["done", "open", "waived"]
    waivable: bool
    how: str = ""
    cited: BilingualText | None = None


class CaseWords(msgspec.Struct, frozen=True):
    """What the ids of a case are called by its terms: its ground with the article, its means, and
    the requirements that its proofs are of.
    """

    ground: BilingualText
    means: dict[str, BilingualText]
    targets: dict[str, BilingualText]


class CaseDocument(Case, frozen=True, kw_only=True):
    """A case, and what the terms under which it was opened require of it now.

    `digest` is that of its plan, `earlier_breaches` the tenant's before. Where the case's terms are
    not kept, `terms_kept` is false, and what they would decide is null. `open` names in sentences
    all that is missing before an order; `countdown` and `excluded` are null before it took effect.
    `effect` is what the plan does to the tenant as it is now, null once it is ordered. `starts_at`
    is when it is carried out at the earliest, null where that is at once; `matures_at` from when
    its notice allows it, while it is prepared and no written reason shortens that. `words` are
    null where the terms are not kept.
    """

    digest: str
    earlier_breaches: int
    terms_kept: bool
    approval_needed: ApprovalRule | None = None
    may_break_glass: bool | None = None
    notice_rule: NoticeRule | None = None
    proposed: MeansProposal | None = None
    checklist: tuple[ChecklistStep, ...] | None = None
    open: tuple[str, ...] | None = None
    countdown: Countdown | None = None
    excluded: SuspendedSpan | None = None
    effect: TenantEffect | None = None
    starts_at: datetime | None = None
    matures_at: datetime | None = None
    words: CaseWords | None = None


class GuestNow(msgspec.Struct, frozen=True):
    """A guest as it is now: `ha` is the state that high availability is asked for, `nets` its
    network lines by their keys, `barred` the accounts that are kept from it.
    """

    node: str
    status: str
    lock: str | None
    starts_at_boot: bool
    ha: str | None
    nets: dict[str, str]
    barred: tuple[str, ...]


class PlannedStep(msgspec.Struct, frozen=True):
    """One means on one guest: the calls that it comes to, and what stands in its way."""

    means: str
    calls: tuple[str, ...]
    notes: tuple[str, ...]
    obstacles: tuple[str, ...]


class GuestPreview(msgspec.Struct, frozen=True):
    """The preview of one guest (`cluster/vmid`); only `error` if it cannot be read."""

    guest: str
    name: str
    error: str | UnsetType = UNSET
    now: GuestNow | UnsetType = UNSET
    steps: tuple[PlannedStep, ...] | UnsetType = UNSET


class Preview(msgspec.Struct, frozen=True):
    """A case's plan, tried without a change; `clusters` says what stands in the way on each."""

    id: str
    clusters: dict[str, tuple[str, ...]]
    guests: tuple[GuestPreview, ...]


class GuestProgress(msgspec.Struct, frozen=True):
    """How far a guest of a case is: `state` as on the case's page, `detail` a sentence."""

    suspension: str
    cluster: str
    vmid: int
    name: str
    state: str
    detail: str
    changed_at: datetime


class JournalStep(msgspec.Struct, frozen=True):
    """One means on one guest, as the journal keeps it; `record` is what was before, as JSON."""

    suspension: str
    cluster: str
    vmid: int
    position: int
    means: str
    state: str
    record: str | None
    said: str
    attempts: int
    took_effect_at: datetime | None
    changed_at: datetime
    proof: str | None = None
    doubt: str | None = None


class Act(msgspec.Struct, frozen=True):
    """An entry of the evidence log about a case, without its content."""

    seq: int
    at: datetime
    kind: str
    account: str


class CasePage(msgspec.Struct, frozen=True):
    """A case with all that stands beside it: what a reader of the database finds there, and who may
    see a secret case is answered. `files` are sizes in bytes by SHA-256, `terms` those that it was
    opened under, as JSON; empty where they are not kept.
    """

    case: CaseDocument
    guests: tuple[GuestProgress, ...]
    journal: tuple[JournalStep, ...]
    files: dict[str, int]
    acts: tuple[Act, ...]
    terms: str = ""


class TerminationText(msgspec.Struct, frozen=True):
    """A termination file: Markdown in the caller's language, and the same for scripts, as JSON."""

    text: str
    document: str


_CASE = "/v1/suspensions/{id}"
OPEN = post("/v1/suspensions", Role.OPERATOR, Opening, CaseDocument, status=201)
SHOW = get(_CASE, Role.VIEWER, CaseDocument)
PAGE = get(f"{_CASE}/page", Role.VIEWER, CasePage)
EXHIBIT = get(f"{_CASE}/exhibits/{{sha256}}", Role.VIEWER, FileContent)
"""A file of the case, by its SHA-256 or the beginning of it; its name is its SHA-256."""
TERMINATION_FILE = get(f"{_CASE}/termination-file", Role.VIEWER, TerminationText)
"""For whoever may see a secret case, which stands in no file that they read."""
PREVIEW = get(f"{_CASE}/preview", Role.OPERATOR, Preview)
EDIT = post(f"{_CASE}/edit", Role.OPERATOR, Edit, CaseDocument)
WITHDRAW = post(f"{_CASE}/withdraw", Role.OPERATOR, Withdrawal, CaseDocument)
ANSWER = post(f"{_CASE}/answer", Role.OPERATOR, Answer, CaseDocument)
DEBT = post(f"{_CASE}/debt", Role.OPERATOR, Debt, CaseDocument)
INSOLVENCY = post(f"{_CASE}/insolvency", Role.OPERATOR, InsolvencyLook, CaseDocument)
WAIVE = post(f"{_CASE}/waive", Role.OPERATOR, Waiver, CaseDocument)
CHECK = post(f"{_CASE}/check", Role.OPERATOR, NoneType, CaseDocument)
APPROVE = post(f"{_CASE}/approve", Role.OPERATOR, Approval, CaseDocument)
NOTICE = post(f"{_CASE}/notice", Role.OPERATOR, NoticeAction, CaseDocument)
FORMAL_NOTICE = post(f"{_CASE}/formal-notice", Role.OPERATOR, FormalNotice, DrawnLetter)
"""The formal notice to pay, drawn or, with `send`, queued to the account address."""
ORDER = post(f"{_CASE}/order", Role.OPERATOR, Order, CaseDocument)
MOVE = post(f"{_CASE}/move", Role.OPERATOR, Move, CaseDocument)
"""Another start of an order that waits; it has to be agreed to, told and ordered anew."""
REVIEW = post(f"{_CASE}/review", Role.OPERATOR, Remark, CaseDocument)
"""What the second person found (`text`)."""
CANCEL = post(f"{_CASE}/cancel", Role.OPERATOR, Remark, CaseDocument)
"""Why it is dropped (`text`)."""
PLANNED = get("/v1/planned-orders", Role.VIEWER, PlannedOrders)
REAPPLY = post(f"{_CASE}/reapply", Role.OPERATOR, NoneType, CaseDocument)
DATA_ACCESS = post(f"{_CASE}/data-access", Role.OPERATOR, DataAccess, CaseDocument)
REMEDY = post(f"{_CASE}/remedy", Role.OPERATOR, Remark, CaseDocument)
"""What was found when the cause was remedied (`text`)."""
RESTORE = post(f"{_CASE}/restore", Role.OPERATOR, Restoration, CaseDocument)
LETTER = post(f"{_CASE}/letter", Role.OPERATOR, Remark, CaseDocument)
"""The reference under which a termination letter was posted (`text`)."""
