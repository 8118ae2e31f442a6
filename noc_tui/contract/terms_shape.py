"""The shapes of the terms file: what each table holds, and in which unit.

`noc_tui.contract.terms` reads and checks the file; import the shapes from there.
"""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Literal, TypeVar

import msgspec

Approval = Literal["none", "second", "lead", "break-glass", "window"]
RequirementKind = Literal["text", "date", "instant", "amount", "evidence", "confirm", "clause"]
Effect = Literal["none", "filter", "public", "network", "stop", "barrier"]


class BilingualText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages of the product."""

    fr: str
    en: str

    def in_(self, language: str) -> str:
        """The French text for `fr`, else the English one."""
        return self.fr if language == "fr" else self.en


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every table of the file is: complete, and without keys that nobody reads."""


class AvailabilityTerms(_Part, frozen=True):
    """Articles 10.1 and 10.2 (R8, R11 to R13). Rates are exact; credits are per cent."""

    articles: tuple[str, ...]
    commitment: Fraction
    floor: Fraction
    credit_below_commitment: int
    credit_below_floor: int
    claim_days: int
    confirm_failures: int


class Backups(_Part, frozen=True):
    """Freshness and retention of backups (R29)."""

    articles: tuple[str, ...]
    fresh_hours: int
    kept_days: int
    encumbered_footnote: str


class Life(_Part, frozen=True):
    """Length, renewal and notice of the contract (R28)."""

    articles: tuple[str, ...]
    initial_months: int
    renewal_months: int
    notice_months: int
    warn_months: int
    copy_days: int


class SuspensionNumbers(_Part, frozen=True):
    """Delays of a suspension (R17, R20, R22); without days of a formal notice none is asked for."""

    articles: tuple[str, ...]
    termination_days: int
    milestone_days: tuple[int, ...]
    review_hours: int
    approval_hours: int
    dispute_days: int
    announce_hours: int
    late_start_hours: int = 12
    formal_notice_days: int = 0


class QuotaTerms(_Part, frozen=True):
    """When a quota that fills is warned of (R30)."""

    articles: tuple[str, ...]
    warn_percent: int


class SupportTerms(_Part, frozen=True):
    """ISO weekdays of account and invoice questions (R31)."""

    articles: tuple[str, ...]
    first_weekday: int
    last_weekday: int


class Requirement(_Part, frozen=True):
    """A fact that a case must hold before it can be ordered (R19, R20). `article` is what it is
    cited by where that is not the article of its rule: one of the terms, or a law.
    """

    id: str
    kind: RequirementKind
    rule: str
    label: BilingualText
    waivable: bool = True
    article: str = ""


class ProcedureStep(_Part, frozen=True):
    """A step of the procedure, whatever the ground (R16 to R19, R23); `article` as a
    requirement's.
    """

    id: str
    rule: str
    label: BilingualText
    waivable: bool = True
    article: str = ""


class LeastDelay(_Part, frozen=True):
    """How long before the measure the client has to be told (R16): hours, or days on the wall clock
    of Paris, since the notice or since the formal notice. `shorter` where a written reason does.
    """

    hours: int = 0
    days: int = 0
    since: Literal["notice", "formal-notice"] = "notice"
    shorter: bool = True


class Ground(_Part, frozen=True):
    """A ground for suspension: article, notice, approval, requirements and clock (R15).

    `right_settled` is false where article 16.1 does not plainly give a right to terminate (R22).
    `names_guest`: what it complains of lies on the very VM; `settled_means`: its measure follows
    from it, and no milder one is weighed (R17). `aspects` are the limbs that its article has.
    """

    id: str
    article: str
    label: BilingualText
    hint: BilingualText
    notice: Literal["before", "after"]
    termination: Literal["days", "order", "none"]
    right_settled: bool
    approval_guest: Approval
    approval_tenant: Approval
    requires: tuple[str, ...]
    means: tuple[str, ...]
    bullet: str = ""
    see: tuple[str, ...] = ()
    orders: Literal["operator", "lead"] = "operator"
    breach: bool = False
    urgent: bool = False
    prefer_notice_before: bool = False
    immediate_cites: str = ""
    natural_scope: Literal["guests", "tenant"] = "guests"
    withhold_requires: tuple[str, ...] = ()
    names_guest: bool = False
    aspects: tuple[str, ...] = ()
    lead_aspects: tuple[str, ...] = ()
    settled_means: bool = False
    least_delay: LeastDelay = LeastDelay()


class Means(_Part, frozen=True):
    """A means of suspension and its effect on a guest (R18); the file lists the mildest first.

    `ports` holds `direction:protocol:port`, with `*` for any; only for the effect `filter`, which
    without any takes those that the operator chooses (`Plan.ports`).
    """

    id: str
    effect: Effect
    label: BilingualText
    ports: tuple[str, ...] = ()


class Clause(_Part, frozen=True):
    """A clause of the Charte, annexe 1 (R17, R19); its means are in order, mildest first.

    A clause that is no conduct (`tickable` false) and `invocable` is a right of the hoster that
    rests on a finding. `names_guest`: it allows the very VM to be suspended, whatever else follows.
    """

    id: str
    kind: Literal["duty", "right", "both", "liability"]
    label: BilingualText
    summary: BilingualText
    tickable: bool
    own_stand: bool
    scope: Literal["guest", "tenant", "platform", ""] = ""
    see: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    restore: BilingualText | None = None
    invocable: bool = False
    names_guest: bool = False


class Article(_Part, frozen=True):
    """An article in this project's own words."""

    id: str
    title: BilingualText
    summary: BilingualText


class Row(_Part, frozen=True):
    """A row, layer or article in which a question of scope may be settled (R24 to R26).

    `included` is the table's own yes or no; `why` says what level-2 infogérance does with it.
    """

    id: str
    kind: Literal["table", "layer", "article", "clause", "none"]
    label: str
    verdict: Literal["in_scope", "out_of_scope", "not_annexe2"]
    infogerance: Literal["n/a", "covered", "not_covered", "unsettled"]
    why: BilingualText
    included: bool | None = None
    charge: Literal["hoster", "client"] | None = None
    where: str = ""
    footnotes: tuple[str, ...] = ()
    equivalents: tuple[str, ...] = ()
    note: BilingualText | None = None


class Terms(_Part, frozen=True):
    """The whole file. Lists keep the file's order; the methods find by id."""

    version: str
    effective_from: date
    availability: AvailabilityTerms
    backups: Backups
    life: Life
    suspension: SuspensionNumbers
    quotas: QuotaTerms
    support: SupportTerms
    requirements: tuple[Requirement, ...]
    steps: tuple[ProcedureStep, ...]
    grounds: tuple[Ground, ...]
    means: tuple[Means, ...]
    charte: tuple[Clause, ...]
    articles: tuple[Article, ...]
    annexe2: tuple[Row, ...]
    footnotes: dict[str, BilingualText]

    def ground(self, key: str) -> Ground:
        """The ground of that id; `KeyError` when the file has none."""
        return _found(self.grounds, key)

    def means_of(self, key: str) -> Means:
        """The means of that id; `KeyError` when the file has none."""
        return _found(self.means, key)

    def clause(self, key: str) -> Clause:
        """The Charte clause of that id (`C7`); `KeyError` when the file has none."""
        return _found(self.charte, key)

    def requirement(self, key: str) -> Requirement:
        """The requirement of that id; `KeyError` when the file has none."""
        return _found(self.requirements, key)

    def step(self, key: str) -> ProcedureStep:
        """The procedural step of that id; `KeyError` when the file has none."""
        return _found(self.steps, key)

    def article(self, key: str) -> Article:
        """The summary of that article, or of the one it is part of (`6.1` stands in 6)."""
        try:
            return _found(self.articles, key)
        except KeyError:
            return _found(self.articles, key.rpartition(".")[0])

    def row(self, key: str) -> Row:
        """The Annexe 2 row of that id; `KeyError` when the file has none."""
        return _found(self.annexe2, key)


_Named = TypeVar("_Named", Requirement, ProcedureStep, Ground, Means, Clause, Article, Row)


def _found(rows: Iterable[_Named], key: str) -> _Named:
    for row in rows:
        if row.id == key:
            return row
    raise KeyError(key)
