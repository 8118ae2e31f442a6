"""What all questions of the wizard share: the case, its terms, and the language of its notice."""

from collections.abc import Callable
from typing import Self, TypeVar

from noc_tui.api import suspension as api
from noc_tui.console.dialogs.base import WrittenDialog
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.suspension.data import CaseData
from noc_tui.console.screens.suspension.standing_actions import Standing
from noc_tui.contract.terms import Terms
from noc_tui.i18n import _
from noc_tui.text_language import guess_language

V = TypeVar("V")


class Preparation(Standing):
    """Questions about a case that is prepared, judged by its terms."""

    def __init__(self, screen: NocScreen[CaseData], read: CaseData, terms: Terms) -> None:
        super().__init__(screen, read)
        self.terms = terms

    @classmethod
    def of(cls, other: "Preparation") -> Self:
        """Return these questions about the case that others are about."""
        return cls(other.screen, other.read, other.terms)

    async def edit_in(self, dialog: WrittenDialog[V], edit_of: Callable[[V], api.Edit]) -> bool:
        """Ask for a change of the draft in a dialog, which stays while `nocd` refuses it; return
        whether it was made.
        """
        asked = await self.screen.ask_in(
            dialog, lambda value: api.EDIT(edit_of(value), id=self.case.id)
        )
        return asked is not None

    def language_hint(self) -> str:
        """Return in which language the text will be read by the client."""
        if self.case.notice.text.language == "fr":
            return _("It stands in the notice as typed, in French.")
        return _("It stands in the notice as typed, in English.")

    def doubt_language(self, text: str) -> str:
        """Return that a text for the notice looks as if it were in the other language, or ""."""
        found, wanted = guess_language(text), self.case.notice.text.language
        if found is None or found == wanted:
            return ""
        if wanted == "fr":
            return _("This looks like English, and the notice is in French.")
        return _("This looks like French, and the notice is in English.")
