"""Asks for one of several, each with a letter of its own: one key chooses."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from noc_tui.console.dialogs.base import Dialog
from noc_tui.i18n import _
from widgets.folding import fold

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def letters_of(titles: Sequence[str]) -> list[str]:
    """Return a letter for each title: the first of its own that is free, else any."""
    taken: set[str] = set()
    letters = []
    for title in titles:
        own = [char for char in fold(title) if char in _LETTERS]
        letter = next((char for char in (*own, *_LETTERS) if char not in taken), "")
        taken.add(letter)
        letters.append(letter)
    return letters


class ChooseKey(Dialog[str | None]):
    """A short list of choices; the letter before one takes it, as Enter does under the cursor."""

    def __init__(self, title: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__(title, _("The letter chooses, or the arrows and Enter."))
        self._choices = choices
        letters = letters_of([text for _value, text in choices])
        self._by_letter = {
            letter: value for letter, (value, _text) in zip(letters, choices, strict=True)
        }
        self._letters = letters

    def content(self) -> ComposeResult:
        yield OptionList(
            *(
                Option(Content(f"{letter}  {text}"), id=value)
                for letter, (value, text) in zip(self._letters, self._choices, strict=True)
            ),
            markup=False,
        )

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_key(self, event: events.Key) -> None:
        """A letter chooses."""
        value = self._by_letter.get((event.character or "").lower())
        if value is not None:
            event.stop()
            self.dismiss(value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click, chooses."""
        event.stop()
        self.dismiss(event.option_id)
