"""Decides when the client must be notified, and whether the notice may be later or withheld
(R16).
"""

from dataclasses import dataclass
from typing import Literal

from noc_tui.contract.suspension import reasons
from noc_tui.contract.suspension.approval import digest, grounds_of
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.values import PREPARING, Case
from noc_tui.contract.terms import Terms


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


def order_problems(case: Case, terms: Terms) -> list[Reason]:
    """Return the reasons why the state of the notice does not allow the order."""
    notice = case.notice
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
