"""Builds the document that the socket answers about a case."""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import asdict

from noc_tui.api.suspension import CaseDocument, CaseWords, ChecklistStep
from noc_tui.contract.citations import cite
from noc_tui.contract.suspension.answers import TICKED, AnswerKind, answer_kinds
from noc_tui.contract.suspension.approval import digest, may_break_glass, rule_for
from noc_tui.contract.suspension.checklist import CheckedStep, checklist, open_reasons
from noc_tui.contract.suspension.countdown import countdown
from noc_tui.contract.suspension.effect import TenantEffect
from noc_tui.contract.suspension.exclusion import suspended_span
from noc_tui.contract.suspension.facts import CHOICES
from noc_tui.contract.suspension.maturity import bound_until, plan_problems
from noc_tui.contract.suspension.notice import notice_rule
from noc_tui.contract.suspension.proportion import propose_means
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.schedule import planned_start
from noc_tui.contract.suspension.values import PREPARING, Case
from noc_tui.contract.terms import BilingualText, Terms
from noc_tui.daemon.suspension.cases import sentence


def build_case_document(
    case: Case,
    terms: Terms | None,
    earlier: int,
    now: datetime,
    effect: TenantEffect | None = None,
) -> CaseDocument:
    """Return the document of a case; `earlier` counts the tenant's breaches before it, `effect` is
    what its plan does to the tenant.
    """
    known = asdict(case) | {"digest": digest(case), "earlier_breaches": earlier}
    if terms is None:
        return CaseDocument(**known, terms_kept=False)
    preparing = case.state in PREPARING
    missing: list[Reason] = []
    if preparing:
        missing = open_reasons(case, terms, now, earlier) + plan_problems(case, terms, now)
    return CaseDocument(
        **known,
        terms_kept=True,
        approval_needed=rule_for(case, terms),
        may_break_glass=may_break_glass(case, terms),
        notice_rule=notice_rule(case, terms),
        proposed=propose_means(case, terms),
        checklist=tuple(_step(one, terms) for one in checklist(case, terms, earlier)),
        open=tuple(map(sentence, missing)),
        countdown=countdown(case, terms, now),
        excluded=suspended_span(case, terms),
        effect=effect,
        starts_at=planned_start(case),
        matures_at=bound_until(case, terms, now) if preparing else None,
        words=_words(case, terms),
    )


def _words(case: Case, terms: Terms) -> CaseWords:
    ground = terms.ground(case.ground)
    article = cite("", ground.article)
    label = BilingualText(
        fr=f"{ground.label.fr} ({article.fr})", en=f"{ground.label.en} ({article.en})"
    )
    means = {key: terms.means_of(key).label for key in case.plan.means}
    proved = {tick.target for tick in case.ticks} | {gone.target for gone in case.withdrawn}
    targets = {row.id: row.label for row in terms.requirements if row.id in proved}
    return CaseWords(label, means, targets)


_HOW: Mapping[str, str] = {
    "scope": "--guest CLUSTER/VMID, --all-services, --means MEANS",
    "proportion": "--statement TEXT",
    "notice_text": "notice --draft",
    "formal_notice": "formal-notice --send | --fact formal_notice_at=YYYY-MM-DD"
    " --fact formal_notice_until=YYYY-MM-DD --tick formal_notice_proof=TEXT",
}
_ANSWERS: Mapping[str, str] = {"automated_means": "none|detection|TEXT"}
_FORM: Mapping[str, str] = {
    "text": "TEXT",
    "date": "YYYY-MM-DD",
    "instant": "YYYY-MM-DDTHH:MM:SS+HH:MM",
    "amount": "0.00",
    "confirm": "yes",
    "days": "N",
    "choice": "TEXT",
}


def _step(step: CheckedStep, terms: Terms) -> ChecklistStep:
    how = _HOW.get(step.id) or _answered(step.id, answer_kinds(terms).get(step.id))
    return ChecklistStep(
        id=step.id,
        rule=step.rule,
        label=step.label,
        state=step.state,
        waivable=step.waivable,
        how=how,
        cited=step.cited,
    )


def _answered(key: str, kind: AnswerKind | None) -> str:
    """The option that answers a step, and the form of its value."""
    if kind is None:
        return ""
    if kind in TICKED:
        return f"--tick {'CLAUSE' if kind == 'clause' else key}=TEXT"
    form = "|".join(CHOICES.get(key, ())) or _ANSWERS.get(key) or _FORM[kind]
    return f"--fact {key}={form}"
