"""The operator's actions on a case from its order to its end; none needs the case's terms.

A `Conversation` asks the operator in dialogs, then `nocd`, and keeps nothing itself.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from noc_tui.api import suspension as api
from noc_tui.api.endpoint import Endpoint, Request
from noc_tui.breach_evidence import read_file, write_private
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.dialogs.page import PageDialog
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.suspension.data import CaseData
from noc_tui.contract.suspension.reasons import TERMS_MISSING
from noc_tui.contract.suspension.schedule import planned_start
from noc_tui.contract.suspension.values import PLANNED, PREPARING, STANDING, Case
from noc_tui.i18n import _, language
from noc_tui.kept_words import read_words
from noc_tui.labels import formats
from noc_tui.labels.cases import mail_words
from noc_tui.mail_text import read_plain_text
from noc_tui.text import visible, visible_lines
from noc_tui.threads import in_thread


class Conversation:
    """A dialog with the operator about one case, as it was read."""

    def __init__(self, screen: NocScreen[CaseData], read: CaseData) -> None:
        self.screen = screen
        self.read = read

    @property
    def case(self) -> Case:
        """The case as it was last shown."""
        return self.read.case

    async def choose(
        self, title: str, choices: list[tuple[str, str]], proposed: str = ""
    ) -> str | None:
        """Ask for one of several, the cursor on `proposed`; None when the operator leaves."""
        asked = ChooseOne(title, choices, proposed=proposed)
        return await self.screen.app.push_screen_wait(asked)

    async def confirm(self, title: str, text: str, *, danger: bool = False) -> bool:
        """Ask for yes or no."""
        return await self.screen.app.push_screen_wait(Confirm(title, text, danger=danger))

    async def edit(self, changes: api.Edit) -> bool:
        """Change the draft; return whether `nocd` took it."""
        return await self.send(api.EDIT(changes, id=self.case.id)) is not None

    async def record(
        self, endpoint: Endpoint[api.Remark, api.CaseDocument], title: str, text: str = ""
    ) -> api.CaseDocument | None:
        """Ask for a sentence and have it recorded; the dialog stays while `nocd` refuses it."""
        return await self.screen.ask_in(
            Ask(title, text), lambda said: endpoint(api.Remark(said), id=self.case.id)
        )

    async def send(self, request: Request[api.CaseDocument]) -> api.CaseDocument | None:
        """Send a request to `nocd`; return the case in its new state, None if it was refused."""
        return await self.screen.ask_nocd(request)

    def say_not_done(self, text: str) -> None:
        """Say that something was not done, and why."""
        self.screen.say(text, title=_("Not done"), severity="error")


class Standing(Conversation):
    """The actions from order to closed, and dropping the case."""

    async def do_next(self) -> None:
        """Do the next step of an ordered case."""
        case = self.case
        if case.state in PREPARING:
            await self.explain_missing_terms()
        elif case.state in PLANNED:
            at = formats.instant(planned_start(case))
            text = _("nocd carries it out on {at}; {time} moves it, {cancel} drops it")
            time, cancel = map(self.screen.key_of, ("suspension.time", "suspension.cancel"))
            self.screen.say(text.format(at=at, time=time, cancel=cancel))
        elif case.drift:
            await self.apply_again()
        elif case.state in STANDING or case.state == "remedied":
            await self.restore()

    async def explain_missing_terms(self) -> None:
        """Explain why no more can be done: the terms of the case are not kept."""
        text = _(TERMS_MISSING).format(version=visible(self.case.terms_version))
        self.say_not_done(text)

    async def drop(self) -> None:
        """Drop the case before anything was changed."""
        if self.case.state not in PREPARING | PLANNED | {"ordered"}:
            text = _("It was carried out: it is restored ({key}), not dropped.")
            self.say_not_done(text.format(key=self.screen.key_of("suspension.restore")))
            return
        await self.record(api.CANCEL, _("Why is it dropped?"))

    async def apply_again(self) -> None:
        """Apply the same plan again where it no longer holds."""
        text = "\n".join(
            _("{label}: {value}").format(
                label=row.guest, value=visible(read_words(row.what, language()))
            )
            for row in self.case.drift
        )
        if await self.confirm(_("Apply it again?"), text):
            await self.send(api.REAPPLY(id=self.case.id))

    async def record_review(self) -> None:
        """Record the review that an order without approval needs."""
        if self.case.review is None or self.case.review.at is not None:
            self.say_not_done(_("No review is owed."))
            return
        await self.record(api.REVIEW, _("What did you find?"))

    async def record_answer(self) -> None:
        """Record what the client answered: words, or a file."""
        how = _("Its words, or a file (/path): it is kept with the case.")

        async def request_of(text: str) -> Request[api.CaseDocument]:
            file = await load_file(text) if names_file(text) else None
            said = text if file is None else ""
            return api.ANSWER(api.Answer(said, file=file), id=self.case.id)

        await self.screen.ask_in(Ask(_("What did the client answer?"), how), request_of)

    async def switch_data_access(self) -> None:
        """Open or close the client's supervised way to its data."""
        opened = not self.case.data_access
        title = _("Open the client's access?") if opened else _("Close the client's access?")
        text = _("Only the barrier of its own accounts is concerned; the means stay in force.")
        if await self.confirm(title, text):
            await self.send(api.DATA_ACCESS(api.DataAccess(opened), id=self.case.id))

    async def read_mails(self) -> None:
        """Show a mail as the client got it: the newest first, or the notice where no mail of the
        case may be read here.
        """
        mails = list(reversed(self.read.messages))
        chosen = "0"
        if len(mails) > 1:
            choices = [(str(n), mail_words(one)) for n, one in enumerate(mails)]
            chosen = await self.choose(_("Which mail?"), choices) or ""
        if not chosen:
            return
        notice = self.case.notice.text
        subject, body = notice.subject, notice.body
        if mails:
            subject = mails[int(chosen)].subject
            body = read_plain_text(mails[int(chosen)].raw)
        if not body:
            self.say_not_done(_("No mail of this case was sent yet."))
            return
        page = PageDialog(visible(subject), visible_lines(body))
        await self.screen.app.push_screen_wait(page)

    async def record_letter(self) -> None:
        """A letter that went by post, by its reference (R22): the program sends none."""
        await self.record(
            api.LETTER,
            _("Under which reference did the letter go?"),
            _("The letter is posted by hand; this records that it went."),
        )

    async def write_termination_file(self) -> None:
        """Show what the termination letter needs, and write it to a file for printing."""
        text = await (self._secret_file() if self.read.secret else self._drawn_file())
        if text is None:
            return
        await self.screen.app.push_screen_wait(PageDialog(_("Termination file"), text))
        title = _("Write it to which file? Nothing for none")
        proposed = f"~/{self.case.id}.md"
        name = await self.screen.app.push_screen_wait(Ask(title, value=proposed, needed=False))
        if name:
            await self._write(name, text)

    async def _secret_file(self) -> str | None:
        """The file of a case that stands in no file which a console reads: `nocd` draws it."""
        made = await self.screen.ask_nocd(api.TERMINATION_FILE(id=self.case.id))
        return None if made is None else made.text

    async def _drawn_file(self) -> str | None:
        from noc_tui.letters.sender import sender_of
        from noc_tui.statement.termination import read_termination_file

        case = await self.send(api.SHOW(id=self.case.id))
        reader = self.screen.session.reader
        if case is None or reader is None:
            return None
        async with reader.snapshot() as db:
            sender = sender_of(self.screen.session.config.hoster)
            return "\n".join((await read_termination_file(db, case, sender)).lines())

    async def _write(self, name: str, text: str) -> None:
        try:
            await in_thread(write_private, Path(name), f"{text}\n".encode())
        except OSError as error:
            self.say_not_done(visible(f"{name}: {error.strerror}"))
        else:
            self.screen.say(visible(name), title=_("Written"))

    async def restore(self) -> None:
        """Restore all guests once the cause is remedied, or some of them."""
        case = self.case
        if case.state in PREPARING:
            self.say_not_done(_("Nothing was suspended yet: there is nothing to restore."))
            return
        if case.remedy is not None:
            await self._restore(api.Restoration())
            return
        choices = [("*", _("Everything: the cause is remedied"))]
        names = {row.ref: visible(row.name) for row in case.plan.guests}
        choices += [(str(ref), f"{ref} {names[ref]}") for ref in case.held]
        chosen = await self.choose(_("What should be restored?"), choices)
        if chosen == "*":
            if await self.record(api.REMEDY, _("What shows that it may be restored?")) is not None:
                await self._restore(api.Restoration())
        elif chosen is not None:
            guest = chosen
            await self.screen.ask_in(
                Ask(_("What shows that it may be restored?")),
                lambda found: api.RESTORE(api.Restoration((guest,), found), id=self.case.id),
            )

    async def _restore(self, what: api.Restoration) -> None:
        await self.send(api.RESTORE(what, id=self.case.id))


def names_file(text: str) -> bool:
    """Return whether what was typed is the name of a file, and no words."""
    return text.startswith(("/", "~/"))


async def load_file(name: str) -> api.FileContent:
    """Return a file of the operator's. Raises ValueError, with its name, for one unreadable."""
    try:
        return await in_thread(read_file, Path(name))
    except OSError as error:
        raise ValueError(f"{name}: {error.strerror}") from error


STANDING_VERBS: Mapping[str, Callable[[Standing], Awaitable[None]]] = {
    "next": Standing.do_next,
    "cancel": Standing.drop,
    "reapply": Standing.apply_again,
    "review": Standing.record_review,
    "answered": Standing.record_answer,
    "access": Standing.switch_data_access,
    "letter": Standing.record_letter,
    "mail": Standing.read_mails,
    "file": Standing.write_termination_file,
    "restore": Standing.restore,
}
"""What each of these verbs of the screen does."""
