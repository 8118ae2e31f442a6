"""Asks for the words of the notice, and how the client is notified."""

from noc_tui.api import suspension as api
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.compose import Compose, Mail
from noc_tui.console.screens.suspension.preparation import Preparation
from noc_tui.contract.suspension.notice import draft_problems, notice_rule, send_problems
from noc_tui.contract.suspension.values import ENDED, PREPARING
from noc_tui.i18n import _, language
from noc_tui.text import visible


class NoticeQuestions(Preparation):
    """The mail to the client."""

    async def write_mail(self) -> None:
        """Draw the notice from the facts and let the operator edit it.

        Words that were edited for another plan or another moment are drawn anew. Once the case is
        ordered there is nothing to write: the mails that were sent are read.
        """
        if self.case.state not in PREPARING:
            await self.read_mails()
            return
        text = self.case.notice.text
        subject, body = text.subject, text.body
        stale = draft_problems(self.case, self.terms)
        if stale:
            self.screen.say(_("The plan or the moment has changed: the notice is drawn anew."))
        if not body or stale:
            made = await self._act(api.NoticeAction("draft"))
            if made is None:
                return
            subject, body = made.notice.text.subject, made.notice.text.body
        to = _("To the account address of {tenant}").format(tenant=visible(self.case.tenant_name))

        async def keep(mail: Mail) -> None:
            await self.edit(api.Edit(subject=mail[0], body=mail[1]))

        await self.screen.app.push_screen_wait(Compose(to, subject, body, keep))

    async def settle_notice(self) -> None:
        """Send the notice, postpone it, or record why it is not sent; where none can be sent any
        more, say why.
        """
        if why := self._why_no_notice():
            self.screen.say(why, severity="warning")
            return
        rule = notice_rule(self.case, self.terms)
        choices: list[tuple[api.NoticeVerb, str]] = [("send", _("Send the mail now"))]
        if rule.when == "after":
            # First where the mail says that it was done: sent before, it would not be true.
            at = len(choices) if rule.prefer_before else 0
            choices.insert(at, ("after", _("Suspend at once, notify as soon as possible after")))
        choices.append(("waive", _("Not before, for a written reason; it stays owed")))
        if rule.withholdable and self.read.secret:
            choices.append(("withhold", _("Not at all: an authority forbids it")))
        asked = await self.choose(_("How is the client notified?"), [*choices])
        action = next((verb for verb, _text in choices if verb == asked), None)
        if action in ("waive", "withhold"):
            verb: api.NoticeVerb = action
            await self.screen.ask_in(
                Ask(_("Why?")),
                lambda why: api.NOTICE(api.NoticeAction(verb, why), id=self.case.id),
            )
        elif action is not None:
            await self._act(api.NoticeAction(action))

    def _why_no_notice(self) -> str:
        """Return why no notice can be sent in this state of the case; "" where one can."""
        if self.case.state in ENDED:
            return _("The case is over: no notice is sent any more.")
        sent = () if self.case.state in PREPARING else send_problems(self.case)
        return "\n".join(one.cited(_(one.text), language()) for one in sent)

    async def _act(self, action: api.NoticeAction) -> api.CaseDocument | None:
        return await self.send(api.NOTICE(action, id=self.case.id))
