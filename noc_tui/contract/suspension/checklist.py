"""The checklist of a case: the facts that its ground requires, and the steps of the procedure (R17,
R19).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from noc_tui.contract.citations import cite
from noc_tui.contract.suspension import facts, late_payment, reasons
from noc_tui.contract.suspension.approval import grounds_of
from noc_tui.contract.suspension.content import required_of_content
from noc_tui.contract.suspension.effect import takes_whole_tenant
from noc_tui.contract.suspension.notice import draft_problems
from noc_tui.contract.suspension.ports import port_problems
from noc_tui.contract.suspension.proportion import list_ticked, needs_statement, skips_milder
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.schedule import schedule_problems
from noc_tui.contract.suspension.values import Case
from noc_tui.contract.terms import BilingualText, Requirement, Terms


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """A line of the checklist; `cited` is the article that asks for it, `problem` says what is
    wrong with what was given.
    """

    id: str
    rule: str
    article: str
    label: BilingualText
    state: Literal["done", "open", "waived"]
    waivable: bool
    problem: Reason | None = None

    def reason(self) -> Reason:
        """Why an open step is in the way."""
        missing = Reason(self.rule, reasons.STEP_OPEN, {"step": self.label}, self.article)
        return self.problem or missing

    @property
    def cited(self) -> BilingualText:
        """The article that asks for it, as it is cited."""
        return cite(self.rule, self.article)


def checklist(case: Case, terms: Terms, earlier: int = 0) -> tuple[CheckedStep, ...]:
    """Return every required step of the case; `earlier` counts the tenant's confirmed breaches
    before.
    """
    # A ground that is cited beside brings what it requires: its urgency has to be stated too.
    asked = [key for ground in grounds_of(case, terms) for key in ground.requires]
    if case.notice.mode == "withheld":
        asked += terms.ground(case.ground).withhold_requires
    asked += required_of_content(case)
    required = list(dict.fromkeys(asked))
    lines = [_requirement(case, terms, terms.requirement(key)) for key in required]
    lines += [
        _procedure(case, terms, key, done) for key, done in _procedure_states(case, terms, earlier)
    ]
    return tuple(lines)


def open_reasons(case: Case, terms: Terms, now: datetime, earlier: int = 0) -> list[Reason]:
    """Return everything that must be done before the case can be marked as checked at `now`."""
    problems = [step.reason() for step in checklist(case, terms, earlier) if step.state == "open"]
    problems += port_problems(case.plan, terms)
    if case.plan.unseen and not case.plan.unseen_is:
        clusters = {"clusters": ", ".join(case.plan.unseen)}
        problems.append(Reason("R4", reasons.UNSEEN_UNDECIDED, clusters))
    if case.ground == late_payment.GROUND:
        problems += late_payment.list_debt_problems(case, terms, now)
    return problems + schedule_problems(case, now) + draft_problems(case, terms)


def _requirement(case: Case, terms: Terms, requirement: Requirement) -> CheckedStep:
    answer = case.fact(requirement.id)
    problem: Reason | None = None
    if requirement.kind == "clause":
        done = bool(list_ticked(case, terms))
    elif requirement.kind == "evidence":
        done = case.tick(requirement.id) is not None
    elif requirement.kind == "confirm":
        done = answer == "yes"
    else:
        problem = facts.check_answer_form(requirement, answer) if answer else None
        done = bool(answer) and problem is None
    return CheckedStep(
        id=requirement.id,
        rule=requirement.rule,
        article=requirement.article,
        label=requirement.label,
        state=_state(case, requirement.id, done, requirement.waivable),
        waivable=requirement.waivable,
        problem=problem,
    )


def _procedure_states(case: Case, terms: Terms, earlier: int) -> list[tuple[str, bool]]:
    steps = [("scope", bool(case.plan.guests and case.plan.means))]
    if needs_statement(case, terms):
        steps.append(("proportion", bool(case.plan.statement.strip())))
    if skips_milder(case, terms):
        steps.append(("milder", bool(case.fact("milder"))))
    blamed = terms.ground(case.ground).termination != "none"
    if blamed and (earlier or takes_whole_tenant(case, terms)):
        steps.append(("history", case.fact("history") == "yes"))
    if late_payment.asks_formal_notice(case, terms):
        steps.append(("formal_notice", late_payment.formal_notice_of(case) is not None))
    told = case.notice.mode != "withheld"
    if told:
        steps.append(("remedy", bool(case.fact("remedy"))))
    steps.append(("data_access", bool(case.fact("data_access"))))
    if told:  # the mail comes last: its template holds what was answered before
        text = case.notice.text
        steps.append(("notice_text", bool(text.subject.strip() and text.body.strip())))
    return steps


def _procedure(case: Case, terms: Terms, key: str, done: bool) -> CheckedStep:
    step = terms.step(key)
    return CheckedStep(
        id=step.id,
        rule=step.rule,
        article=step.article,
        label=step.label,
        state=_state(case, key, done, step.waivable),
        waivable=step.waivable,
    )


def _state(case: Case, key: str, done: bool, waivable: bool) -> Literal["done", "open", "waived"]:
    if done:
        return "done"
    return "waived" if waivable and case.waiver(key) is not None else "open"
