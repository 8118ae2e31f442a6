"""A case as the socket answers it: the case, and what the rules say of it now."""

from datetime import datetime
from typing import Any

import msgspec

from noc_tui.contract.suspension.approval import digest, may_break_glass, rule_for
from noc_tui.contract.suspension.checklist import checklist, open_reasons
from noc_tui.contract.suspension.countdown import countdown
from noc_tui.contract.suspension.exclusion import suspended_span
from noc_tui.contract.suspension.notice import notice_rule
from noc_tui.contract.suspension.proportion import proposed
from noc_tui.contract.suspension.values import PREPARING, Case
from noc_tui.contract.terms import Terms
from noc_tui.daemon.suspension.cases import sentence


def shown(case: Case, terms: Terms | None, earlier: int, now: datetime) -> dict[str, Any]:
    """The document of `GET /v1/suspensions/{id}`.

    Where the case's terms are not kept, `terms_kept` is false, and what they would decide is null.
    """
    told = {
        **msgspec.to_builtins(case),
        "digest": digest(case),
        "earlier_breaches": earlier,
        "terms_kept": terms is not None,
    }
    return told | (_JUDGED_BY_NONE if terms is None else _judged(case, terms, earlier, now))


def _judged(case: Case, terms: Terms, earlier: int, now: datetime) -> dict[str, Any]:
    """What the terms of a case say of it."""
    proposal = proposed(case, terms)
    steps = checklist(case, terms, earlier)
    preparing = case.state in PREPARING
    return {
        "approval_needed": rule_for(case, terms),
        "may_break_glass": may_break_glass(case, terms),
        "notice_rule": msgspec.to_builtins(notice_rule(case, terms)),
        "proposed": {"scope": proposal.scope, "means": proposal.means},
        "checklist": [
            {
                "id": step.id,
                "rule": step.rule,
                "label": msgspec.to_builtins(step.label),
                "state": step.state,
                "waivable": step.waivable,
            }
            for step in steps
        ],
        "open": [sentence(r) for r in open_reasons(case, terms, now, earlier)] if preparing else [],
        "countdown": msgspec.to_builtins(countdown(case, terms, now)),
        "excluded": msgspec.to_builtins(suspended_span(case, terms)),
    }


_JUDGED_BY_NONE: dict[str, Any] = dict.fromkeys(
    (
        "approval_needed",
        "may_break_glass",
        "notice_rule",
        "proposed",
        "checklist",
        "open",
        "countdown",
        "excluded",
    )
)
