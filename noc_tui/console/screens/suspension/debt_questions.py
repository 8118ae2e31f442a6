"""Asks what a case of late payment rests on: the debt, an insolvency, the formal notice to pay."""

from msgspec.structs import replace

from noc_tui.api import suspension as api
from noc_tui.console.dialogs.form import Field, Form
from noc_tui.console.dialogs.page import PageDialog
from noc_tui.console.screens.suspension.answer_questions import AnswerQuestions
from noc_tui.console.screens.suspension.preparation import Preparation
from noc_tui.console.typed_values import read_day, read_day_or_none
from noc_tui.contract.suspension.clock import PARIS
from noc_tui.contract.suspension.facts import a_date
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.case_answers import label_of
from noc_tui.text import visible_lines


class DebtQuestions(Preparation):
    """The debt of the case, as of now."""

    async def enter_debt(self) -> None:
        """What accounting says of the debt of the case, as of now."""
        choices = [
            ("unpaid", _("Not paid")),
            ("paid", _("Paid")),
            ("insolvency", _("An insolvency judgment was looked for")),
        ]
        answer = await self.choose(_("What does accounting say of the debt, now?"), choices)
        if answer == "insolvency":
            await self._enter_insolvency()
        elif answer is not None:
            await self.send(api.DEBT(api.Debt(answer == "paid"), id=self.case.id))

    async def _enter_insolvency(self) -> None:
        """The look into the register of insolvencies, and the judgment that it found."""
        today = self.screen.now().astimezone(PARIS).date()
        judgment = self.case.fact("insolvency_judgment_on")
        fields = [
            Field("looked_on", _("Looked for on (YYYY-MM-DD)"), today.isoformat(), read_day),
            Field(
                "judgment",
                _("Judgment of (YYYY-MM-DD); nothing for none"),
                judgment,
                read_day_or_none,
            ),
        ]
        text = _("A judgment after the debt ends the suspension (C. com. L. 622-13).")

        def look_of(filled: dict[str, str]) -> api.InsolvencyLook:
            return api.InsolvencyLook(
                a_date(filled["looked_on"]) or today, a_date(filled["judgment"])
            )

        await self.screen.ask_in(
            Form(_("Insolvency"), text, fields),
            lambda filled: api.INSOLVENCY(look_of(filled), id=self.case.id),
        )

    async def settle_formal_notice(self, label: str) -> None:
        """Send the formal notice to pay, after reading it; or enter one that went otherwise."""
        ways = [
            ("mail", _("By nocd, to the account address: read it first")),
            ("otherwise", _("It went otherwise: enter its days, then its proof")),
        ]
        way = await self.choose(label, ways)
        if way == "otherwise":
            answers = AnswerQuestions.of(self)
            for key in ("formal_notice_at", "formal_notice_until"):
                await answers.answer_fact(label_of(key, self.terms), key)
            await answers.add_evidence("formal_notice_proof", label)
            return
        asked = api.FormalNotice(language=self.case.notice.text.language)
        drawn = None
        if way == "mail":
            drawn = await self.screen.ask_nocd(api.FORMAL_NOTICE(asked, id=self.case.id))
        if drawn is None:
            return
        text = visible_lines(f"{drawn.subject}\n\n{drawn.text}")
        await self.screen.app.push_screen_wait(PageDialog(label, text))
        question = _("Send it? The client has until {day} to pay.")
        if await self.confirm(label, question.format(day=formats.day(drawn.until))):
            sent = replace(asked, send=True)
            await self.screen.ask_nocd(api.FORMAL_NOTICE(sent, id=self.case.id))
