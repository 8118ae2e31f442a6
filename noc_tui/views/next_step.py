"""What comes next in a case, for who looks at it: the console says it, and its Enter does it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from noc_tui.contract.suspension.approval import may_break_glass, rule_for
from noc_tui.contract.suspension.checklist import CheckedStep
from noc_tui.contract.suspension.maturity import order_problems as immature_reasons
from noc_tui.contract.suspension.notice import order_problems as notice_problems
from noc_tui.contract.suspension.reasons import (
    NOTICE_MISSING,
    NOTICE_OTHER_PLAN,
    NOTICE_PENDING,
)
from noc_tui.contract.suspension.values import ENDED, PLANNED, PREPARING, STANDING, Case
from noc_tui.contract.terms import Terms

MAIL = "notice_text"
"""The step of the mail: the last one of a checklist."""
Kind = Literal[
    "answer",
    "time",
    "check",
    "notice",
    "agreement",
    "approve",
    "pending",
    "order",
    "scheduled",
    "running",
    "restoring",
    "reapply",
    "restore",
    "over",
]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next: `answer` a step of the checklist; settle the `time`; `check`; the `notice`;
    another's `agreement` is waited for, or the own is, to `approve`; the mail server's word is
    `pending`; `order`; an order is `scheduled`; it is `running`, or `restoring`; `reapply`;
    `restore`; `over`.
    """

    kind: Kind
    step: CheckedStep | None = None


def find_next_step(
    case: Case, terms: Terms, steps: Iterable[CheckedStep], now: datetime, account: str
) -> NextStep:
    """Return what comes next in a case for that account."""
    if case.state in ("draft", "held"):
        return _of_draft(case, terms, steps, now)
    if case.state in PREPARING:
        return _of_plan(case, terms, now, account)
    if case.state in PLANNED:
        return NextStep("scheduled")
    if case.state in ENDED:
        return NextStep("over")
    if case.state == "restoring":
        return NextStep("restoring")
    if case.drift:
        return NextStep("reapply")
    stands = case.state in STANDING or case.state == "remedied"
    return NextStep("restore" if stands else "running")


def _of_draft(case: Case, terms: Terms, steps: Iterable[CheckedStep], now: datetime) -> NextStep:
    """The first open step; before the mail says when, the time is settled: a reason for a shorter
    notice that is given later changes the plan, and the client is sent two.
    """
    step = next((one for one in steps if one.state == "open"), None)
    if step is None or step.id == MAIL:
        too_soon = case.notice.mode == "none" and immature_reasons(case, terms, now)
        if too_soon:
            return NextStep("time", step)
    return NextStep("check") if step is None else NextStep("answer", step)


def _of_plan(case: Case, terms: Terms, now: datetime, account: str) -> NextStep:
    told = {one.text for one in notice_problems(case, terms)}
    if told & {NOTICE_MISSING, NOTICE_OTHER_PLAN}:
        return NextStep("notice")
    if case.approval is None and rule_for(case, terms) != "none":
        if case.opened_by.name != account:
            return NextStep("approve")
        if not may_break_glass(case, terms):
            return NextStep("agreement")
    if immature_reasons(case, terms, now):
        return NextStep("time")
    return NextStep("pending" if NOTICE_PENDING in told else "order")
