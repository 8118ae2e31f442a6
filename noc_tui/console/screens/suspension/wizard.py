"""The wizard: takes a case from draft to order, by the terms of the case.

Each subject has its questions in a module of its own; here is what comes next, and each verb's.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from noc_tui.console.screens.suspension.answer_questions import AnswerQuestions
from noc_tui.console.screens.suspension.debt_questions import DebtQuestions
from noc_tui.console.screens.suspension.notice_questions import NoticeQuestions
from noc_tui.console.screens.suspension.order_questions import OrderQuestions
from noc_tui.console.screens.suspension.preparation import Preparation
from noc_tui.console.screens.suspension.scope_questions import ScopeQuestions
from noc_tui.console.screens.suspension.standing_actions import STANDING_VERBS
from noc_tui.console.screens.suspension.time_questions import TimeQuestions
from noc_tui.contract.suspension.checklist import CheckedStep
from noc_tui.contract.suspension.values import PREPARING
from noc_tui.i18n import language
from noc_tui.labels.next_step import word_next
from noc_tui.views.next_step import MAIL, find_next_step

P = TypeVar("P", bound=Preparation)
Verb = Callable[["Wizard"], Awaitable[object]]


class Wizard(Preparation):
    """The next step in any state, whatever its subject."""

    async def do_next(self) -> None:
        """Do the next step by the state of the case."""
        case = self.case
        if case.state not in PREPARING:
            await super().do_next()
            return
        name, now = self.screen.session.who.name, self.screen.now()
        found = find_next_step(case, self.terms, self.read.steps(self.terms), now, name)
        match found.kind:
            case "time":
                settled = await TimeQuestions.of(self).choose_time()
                if settled and case.state in ("draft", "held"):
                    await self._go_on(found.step)
            case "answer" | "check":
                await self._go_on(found.step)
            case "notice":
                await NoticeQuestions.of(self).settle_notice()
            case "approve":
                await OrderQuestions.of(self).approve()
            case "order":
                await OrderQuestions.of(self).order()
            case _:
                self.screen.say(word_next(found, self.screen.key_of))

    async def _go_on(self, step: CheckedStep | None) -> None:
        """Answer the open step of a draft; check it where none is open."""
        await (OrderQuestions.of(self).check() if step is None else self.answer_step(step))

    async def answer_any_step(self) -> None:
        """Answer a step of the checklist that the operator chooses."""
        step = await AnswerQuestions.of(self).choose_step()
        if step is not None:
            await self.answer_step(step)

    async def answer_step(self, step: CheckedStep) -> None:
        """Ask for what a step of the checklist wants, by its subject."""
        if step.id == "scope":
            scope = ScopeQuestions.of(self)
            await (scope.choose_means() if self.case.plan.guests else scope.choose_guests())
        elif step.id == MAIL:
            await NoticeQuestions.of(self).write_mail()
        elif step.id == "formal_notice":
            await DebtQuestions.of(self).settle_formal_notice(step.label.in_(language()))
        else:
            await AnswerQuestions.of(self).answer(step)


def _ask(kind: type[P], do: Callable[[P], Awaitable[object]]) -> Verb:
    """The verb that asks one subject's questions."""
    return lambda wizard: do(kind.of(wizard))


WIZARD_VERBS: Mapping[str, Verb] = {
    **STANDING_VERBS,
    "next": Wizard.do_next,
    "guests": _ask(ScopeQuestions, ScopeQuestions.choose_guests),
    "means": _ask(ScopeQuestions, ScopeQuestions.choose_means),
    "time": _ask(TimeQuestions, TimeQuestions.choose_time),
    "debt": _ask(DebtQuestions, DebtQuestions.enter_debt),
    "answer": Wizard.answer_any_step,
    "tick": _ask(AnswerQuestions, AnswerQuestions.tick_clause),
    "withdraw": _ask(AnswerQuestions, AnswerQuestions.withdraw_proof),
    "waive": _ask(AnswerQuestions, AnswerQuestions.waive_step),
    "mail": _ask(NoticeQuestions, NoticeQuestions.write_mail),
    "notice": _ask(NoticeQuestions, NoticeQuestions.settle_notice),
    "preview": _ask(OrderQuestions, OrderQuestions.show_preview),
    "check": _ask(OrderQuestions, OrderQuestions.check),
    "approve": _ask(OrderQuestions, OrderQuestions.approve),
    "order": _ask(OrderQuestions, OrderQuestions.order),
}
"""What each verb of the screen does, where the terms of the case are kept."""
