"""Decides when the client must be notified, and whether the notice may be later or withheld
(R16).

The letter is drawn from the case each time, also at sending. Words that an operator changed are
bound to the plan and the moment that they were written for: once either is another, they are not
sent.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from noc_tui.contract.suspension import reasons
from noc_tui.contract.suspension.approval import digest, grounds_of, plan_digest
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.values import PREPARING, Case
from noc_tui.contract.terms import Terms

Moment = Literal["before", "at", "after"]
"""When the letter is read: before the measures, when they have just been taken, or later."""
JUST_NOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """`when` the notice is due against the suspension; `withholdable` for an authority's word."""

    when: Literal["before", "after"]
    withholdable: bool
    prefer_before: bool


def notice_rule(case: Case, terms: Terms) -> NoticeRule:
    """The rule for a case. One cited ground that allows telling after is enough."""
    grounds = grounds_of(case, terms)
    after = any(ground.notice == "after" for ground in grounds)
    return NoticeRule(
        when="after" if after else "before",
        withholdable=bool(grounds and grounds[0].withhold_requires),
        prefer_before=any(ground.prefer_notice_before for ground in grounds),
    )


def draft_moment(case: Case, terms: Terms) -> Moment:
    """The moment a letter is drafted for: by the notice's mode or, undecided, by the ground."""
    if case.ordered_at is not None or case.notice.mode in ("after", "waived"):
        return "at"
    rule = notice_rule(case, terms)
    late = case.notice.mode == "none" and rule.when == "after" and not rule.prefer_before
    return "at" if late else "before"


def send_moment(case: Case, now: datetime) -> Moment:
    """The moment of a letter that is sent now."""
    since = case.started_at or case.begun_at
    if not case.carried_out or since is None:
        return "before"
    return "at" if now - since <= JUST_NOW else "after"


def basis_of(case: Case, moment: Moment) -> str:
    """What a drawn letter says: of which plan, and whether before the measures or once they are
    taken.
    """
    taken = "before" if moment == "before" else "taken"
    return hashlib.sha256(f"{plan_digest(case)} {taken}".encode()).hexdigest()


def text_problems(case: Case, moment: Moment) -> list[Reason]:
    """Return the reason why an operator's own words may not be sent at that moment, if any."""
    if not case.notice.edited or case.notice.basis == basis_of(case, moment):
        return []
    return [Reason("R16", reasons.NOTICE_STALE)]


def draft_problems(case: Case, terms: Terms) -> list[Reason]:
    """Return the reason why an operator's own words no longer fit the case, if they do not.

    While it is not decided when the client is told, words for either moment do.
    """
    if case.notice.mode == "withheld":
        return []
    if case.notice.mode == "none" and not text_problems(case, "before"):
        return []
    return text_problems(case, draft_moment(case, terms))


def order_problems(case: Case, terms: Terms) -> list[Reason]:
    """Return the reasons why the state of the notice does not allow the order."""
    notice = case.notice
    if notice.mode in ("after", "waived") and (stale := text_problems(case, "at")):
        return stale
    if notice.mode == "none":
        return [Reason("R16", reasons.NOTICE_MISSING)]
    if notice.mode == "before":
        if notice.digest != digest(case):
            return [Reason("R16", reasons.NOTICE_OTHER_PLAN)]
        late = notice_rule(case, terms).when == "before" and notice.delivery != "accepted"
        return [Reason("R16", reasons.NOTICE_PENDING)] if late else []
    if notice.mode == "after" and notice_rule(case, terms).when == "before":
        return [Reason("R16", reasons.NOT_DEFERRED)]
    return []


def send_problems(case: Case) -> list[Reason]:
    """Return the reasons against sending a notice: one for the same plan was sent, or is being
    sent.
    """
    notice = case.notice
    went = bool(notice.message_id) and notice.delivery in ("queued", "accepted", "unknown")
    if went and (case.state not in PREPARING or notice.digest == digest(case)):
        return [Reason("R16", reasons.NOTICE_SENT)]
    return []


def mode_problems(case: Case, terms: Terms, mode: str, reason: str) -> list[Reason]:
    """Return the reasons against notifying the client later, not at all, or by exception."""
    rule = notice_rule(case, terms)
    if mode == "after" and rule.when == "before":
        return [Reason("R16", reasons.NOT_DEFERRED)]
    if mode == "withheld" and not rule.withholdable:
        return [Reason("R16", reasons.NOT_WITHHELD)]
    if mode in ("waived", "withheld") and not reason.strip():
        return [Reason("R16", reasons.NO_REASON)]
    return []
