"""Words when an order is carried out: its planned start, and what it rests on until then."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from noc_tui.contract.suspension.schedule import deadline_of, planned_start
from noc_tui.contract.suspension.values import Case, DebtFacts
from noc_tui.i18n import N_, _, language
from noc_tui.kept_words import read_words
from noc_tui.labels import formats
from noc_tui.text import visible

_CONDITIONS = {
    "unpaid": N_("only if the debt is not paid by {at}"),
    "unanswered": N_("only if the client has not answered by {at}"),
}
_FELL = {
    "unpaid": N_("cancelled by itself: the debt is paid"),
    "unanswered": N_("cancelled by itself: the client has answered in time"),
}
HOLDS: Mapping[str, str] = {
    "world": N_("the tenant is no longer as it was approved"),
    "unseen": N_("a cluster of the plan did not answer"),
    "window": N_("the window of the maintenance is over"),
    "late": N_("its time was missed by too much"),
    "debt": N_("nothing of the last day says that the debt is unpaid"),
    "insolvency": N_("an insolvency judgment came after the debt (C. com. L. 622-13)"),
    "terms": N_("the terms of the case are not kept"),
    "notice": N_("its prior notice did not leave (article 6): send it, or waive it with a reason"),
}


def schedule_lines(case: Case) -> Iterator[str]:
    """Yield when the plan is carried out, on which conditions, and what became of it."""
    start = planned_start(case)
    if start is not None:
        yield formats.label_line(_("Planned start"), formats.instant(start))
    for condition in case.plan.schedule.conditions:
        by = formats.instant(deadline_of(case, condition))
        yield _(_CONDITIONS[condition.kind]).format(at=by)
    if case.plan.schedule.short_notice:
        reason = visible(case.plan.schedule.short_notice)
        yield formats.label_line(_("Why the notice is shorter"), reason)
    if case.debt is not None:
        yield f"{word_debt(case.debt.debt)} · {visible(case.debt.by.name)}"
    if case.moved is not None:
        before = case.moved.announced or case.moved.plan.schedule.start
        yield _("Moved from {before} by {name}: {reason}").format(
            before=formats.instant(before),
            name=visible(case.moved.by.name),
            reason=visible(case.moved.reason),
        )
    if case.state == "held" and case.hold is not None:
        said = f" ({visible(read_words(case.hold.said, language()))})" if case.hold.said else ""
        text = _("Held on {at}, nothing was done: {why}").format(
            at=formats.instant(case.hold.at), why=_(HOLDS[case.hold.why])
        )
        yield f"✖ {text}{said}"
    if case.fell_away:
        yield _(_FELL[case.fell_away])


def word_condition(kind: str, by: str = "") -> str:
    """Return a condition of a version that was checked; `by` is an ISO time, "" for the start."""
    at = formats.instant(datetime.fromisoformat(by)) if by else _("the planned start")
    return _(_CONDITIONS[kind]).format(at=at)


def word_debt(debt: DebtFacts) -> str:
    """Return whether a debt is paid, and when that was true."""
    text = _("debt paid, as of {at}") if debt.paid else _("debt not paid, as of {at}")
    return text.format(at=formats.instant(debt.as_of))
