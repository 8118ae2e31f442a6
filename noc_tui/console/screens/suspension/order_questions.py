"""Asks for the check, the approval and the order of a plan."""

from collections.abc import Iterable, Iterator

from msgspec import UNSET

from noc_tui.api import suspension as api
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.page import PageDialog
from noc_tui.console.screens.suspension.preparation import Preparation
from noc_tui.console.screens.suspension.scope_questions import ScopeQuestions
from noc_tui.contract.suspension.approval import digest, may_break_glass, rule_for
from noc_tui.contract.suspension.preparing import unready_reasons
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.schedule import planned_start
from noc_tui.i18n import _, language
from noc_tui.labels import formats
from noc_tui.labels.approval_page import approval_lines
from noc_tui.labels.measures import word_means
from noc_tui.text import visible, visible_lines


class OrderQuestions(Preparation):
    """From the check to the order."""

    async def show_preview(self) -> None:
        """Show each guest's present state and what would be done to it."""
        preview = await self.screen.ask_nocd(api.PREVIEW(id=self.case.id))
        if preview is not None:
            text = visible_lines("\n".join(_preview_lines(preview)))
            await self.screen.app.push_screen_wait(PageDialog(_("What would be done"), text))

    async def check(self) -> None:
        """Ask `nocd` to mark the case as checked, once it is decided what becomes of clusters that
        are out of reach.
        """
        await ScopeQuestions.of(self).decide_unseen(self.case.plan)
        await self.send(api.CHECK(id=self.case.id))

    async def approve(self) -> None:
        """Approve the plan as it is shown, after reading all that it rests on and does."""
        known = await self.send(api.SHOW(id=self.case.id))
        if known is None:
            return
        page = "\n".join(approval_lines(self.case, self.terms, known.effect))
        dialog = PageDialog(_("What is to be approved"), page, onward=_("approve or not"))
        if not await self.screen.app.push_screen_wait(dialog):
            return
        text = _(
            "{tenant}\nMeans: {means}\nThe approval holds for this very plan.\n{guests}"
        ).format(tenant=visible(self.case.tenant_name), guests=self._guests(), means=self._means())
        if await self.confirm(_("Approve?"), text):
            await self.send(api.APPROVE(api.Approval(digest(self.case)), id=self.case.id))

    async def order(self) -> None:
        """Order the suspension; the operator types the tenant's name, unless the case is not ready
        for any order.
        """
        unready = unready_reasons(self.case, self.terms, self.screen.now(), self.read.earlier)
        if unready:
            self.say_unready(unready)
            return
        alone = False
        needs = rule_for(self.case, self.terms) != "none" and self.case.approval is None
        if needs and may_break_glass(self.case, self.terms):
            text = _(
                "Nobody has approved it. You order alone; a second person reviews it within 24 h."
            )
            alone = await self.confirm(_("Order without approval?"), text, danger=True)
        name = visible(self.case.tenant_name)
        seen = digest(self.case)

        def order_of(typed: str) -> api.Order:
            return api.Order(self.case.tenant_name if typed == name else typed, seen, alone)

        title = _("Type the tenant's name to order: {name}").format(name=name)
        text = _("Means: {means}\nWhen: {start}\n{guests}").format(
            guests=self._guests(), means=self._means(), start=self._start()
        )
        await self.screen.ask_in(
            Ask(title, text),
            lambda typed: api.ORDER(order_of(typed), id=self.case.id),
        )

    def _guests(self) -> str:
        """How many guests the plan has, and which: last, so that many push nothing out of sight."""
        guests = self.case.plan.guests
        names = ", ".join(f"{row.ref} {row.name}" for row in guests)
        return _("Guests ({count}): {names}").format(count=len(guests), names=visible(names))

    def _means(self) -> str:
        """The means of the plan, in words."""
        plan = self.case.plan
        return ", ".join(word_means(plan, key, self.terms) for key in plan.means)

    def _start(self) -> str:
        """When an order that is given now is carried out."""
        start = planned_start(self.case)
        return _("as soon as it is ordered") if start is None else formats.instant(start)

    def say_unready(self, problems: Iterable[Reason]) -> None:
        """Say what an order would be refused for."""
        said = (visible(one.cited(_(one.text), language())) for one in problems)
        self.say_not_done("\n".join(said))


def _preview_lines(preview: api.Preview) -> Iterator[str]:
    for words in preview.clusters.values():
        yield from (f"▲ {word}" for word in words)
    for row in preview.guests:
        yield f"{row.guest} {row.name}"
        if row.error is not UNSET:
            yield f"  ✖ {row.error}"
        for step in () if row.steps is UNSET else row.steps:
            yield from (f"  {call}" for call in step.calls)
            yield from (f"  ~ {note}" for note in step.notes)
            yield from (f"  ✖ {obstacle}" for obstacle in step.obstacles)
