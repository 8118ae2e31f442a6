"""The wizard's questions while a suspension stands, and at its end: none needs its terms."""

from pathlib import Path

from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.page import Page
from noc_tui.console.screens.suspension.prompts import Asking, Document
from noc_tui.contract.suspension.reasons import TERMS_MISSING
from noc_tui.contract.suspension.values import PREPARING, STANDING
from noc_tui.i18n import _
from noc_tui.text import visible
from noc_tui.threads import in_thread


class Standing(Asking):
    """From order to closed, and dropping."""

    async def next(self) -> None:
        """Whatever comes next, once it is ordered."""
        case = self.case
        if case.state in PREPARING:
            await self.unjudged()
        elif case.drift:
            await self.reapply()
        elif case.state in STANDING or case.state == "remedied":
            await self.restore()

    async def unjudged(self) -> None:
        """Why the rest is not asked: the terms that would judge it are not kept."""
        text = _(TERMS_MISSING).format(version=visible(self.case.terms_version))
        self.screen.say(text, title=_("Not done"), severity="error")

    async def cancel(self) -> None:
        """Drop the case, before anything was changed."""
        text = await self.ask(_("Why is it dropped?"))
        await self.post_if(text, "cancel", {"text": text})

    async def reapply(self) -> None:
        """The same plan again, where it no longer holds."""
        text = "\n".join(f"{row.guest}: {visible(row.what)}" for row in self.case.drift)
        if await self.confirm(_("Apply it again?"), text):
            await self.post("reapply", {})

    async def review(self) -> None:
        """The second look that a lone order owes."""
        text = await self.ask(_("What did you find?"))
        await self.post_if(text, "review", {"text": text})

    async def access(self) -> None:
        """Open or close the client's supervised way to its data."""
        opened = not self.case.data_access
        title = _("Open the client's access?") if opened else _("Close the client's access?")
        text = _("Only the barrier of its own accounts is concerned; the means stay in force.")
        if await self.confirm(title, text):
            await self.post("data-access", {"open": opened})

    async def letter(self) -> None:
        """A letter that went by post, by its reference (R22): the program sends none."""
        text = await self.ask(
            _("Under which reference did the letter go?"),
            text=_("The letter is posted by hand; this records that it went."),
        )
        await self.post_if(text, "letter", {"text": text})

    async def file(self) -> None:
        """What the letter needs, to be read, and written to a file to be printed."""
        from noc_tui.statement.termination import gathered

        case = await self.screen.ask_nocd(f"/v1/suspensions/{self.case.id}", Document)
        reader = self.screen.session.reader
        if case is None or reader is None:
            return
        async with reader.snapshot() as db:
            text = "\n".join((await gathered(db, case)).lines())
        await self.screen.app.push_screen_wait(Page(_("Termination file"), text))
        title = _("Write it to which file? Nothing for none")
        proposed = f"~/{self.case.id}.md"
        name = await self.screen.app.push_screen_wait(Ask(title, value=proposed, needed=False))
        if name:
            await self._write(name, text)

    async def _write(self, name: str, text: str) -> None:
        try:
            await in_thread(_written, name, text)
        except OSError as error:
            said = visible(f"{name}: {error.strerror}")
            self.screen.say(said, title=_("Not done"), severity="error")
        else:
            self.screen.say(visible(name), title=_("Written"))

    async def restore(self) -> None:
        """Everything once the cause is remedied, or some guests."""
        case = self.case
        if case.remedy is not None:
            await self.post("restore", {})
            return
        choices = [("*", _("Everything: the cause is remedied"))]
        names = {row.ref: visible(row.name) for row in case.plan.guests}
        choices += [(str(ref), f"{ref} {names[ref]}") for ref in case.held]
        chosen = await self.choose(_("What is restored?"), choices)
        found = None if chosen is None else await self.ask(_("What was found?"))
        if chosen is None or found is None:
            return
        if chosen == "*":
            if await self.post("remedy", {"text": found}) is not None:
                await self.post("restore", {})
        else:
            await self.post("restore", {"guests": [chosen], "found": found})


def _written(name: str, text: str) -> None:
    """The file, beside no other: one that is there is not overwritten."""
    with Path(name).expanduser().open("x", encoding="utf-8") as file:
        file.write(text + "\n")
