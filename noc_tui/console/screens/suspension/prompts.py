"""How the wizard asks: the operator in a dialog, then `nocd`; it keeps nothing itself."""

from typing import TYPE_CHECKING, Any

from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.choose import Choose
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.screens.suspension.data import Read
from noc_tui.contract.suspension.values import Case

if TYPE_CHECKING:  # the screen imports this module
    from noc_tui.console.screens.suspension.screen import SuspensionScreen

Document = dict[str, Any]


class Asking:
    """One talk with the operator about one case, as it was read."""

    def __init__(self, screen: "SuspensionScreen", read: Read) -> None:
        self.screen = screen
        self.read = read

    @property
    def case(self) -> Case:
        """The case as it was last shown."""
        return self.read.case

    async def choose(self, title: str, choices: list[tuple[str, str]]) -> str | None:
        """One of several."""
        return await self.screen.app.push_screen_wait(Choose(title, choices))

    async def ask(self, title: str, value: str = "", text: str = "") -> str | None:
        """A line of text."""
        return await self.screen.app.push_screen_wait(Ask(title, text, value=value))

    async def confirm(self, title: str, text: str, *, danger: bool = False) -> bool:
        """Yes or no."""
        return await self.screen.app.push_screen_wait(Confirm(title, text, danger=danger))

    async def edit(self, **changes: Any) -> None:
        """Change the draft."""
        await self.post("edit", changes)

    async def edit_if(self, text: str | None, **changes: Any) -> None:
        """Change the draft, unless the operator left."""
        if text is not None:
            await self.edit(**changes)

    async def post_if(self, text: str | None, verb: str, body: Document) -> None:
        """Ask `nocd`, unless the operator left."""
        if text is not None:
            await self.post(verb, body)

    async def post(self, verb: str, body: Document) -> Document | None:
        """Ask `nocd`; the case as it then is, None where it was refused."""
        path = f"/v1/suspensions/{self.case.id}/{verb}"
        return await self.screen.ask_nocd(path, Document, body)
