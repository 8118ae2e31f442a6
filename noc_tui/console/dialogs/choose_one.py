"""Asks for one of several: `await app.push_screen_wait(ChooseOne(title, [(value, text), …]))`."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from noc_tui.console.dialogs.base import Dialog
from noc_tui.i18n import _
from widgets.folding import fold

_LONG = 8
"""A list of more choices than this says that it can be narrowed."""


class ChooseOne(Dialog[str | None]):
    """A list of choices, `proposed` or else the first under the cursor; None when the operator
    leaves.

    What is typed narrows the list to the choices that hold every word of it; Esc first takes that
    back.
    """

    DEFAULT_CSS = "ChooseOne OptionList { height: auto; max-height: 55vh; }"

    def __init__(
        self, title: str, choices: Sequence[tuple[str, str]], *, proposed: str = ""
    ) -> None:
        super().__init__(title)
        self._choices, self._proposed = choices, proposed
        self._typed = ""

    def content(self) -> ComposeResult:
        yield OptionList(*self._options(), markup=False)
        yield Label(self._typed_words(len(self._choices)), id="typed", markup=False)

    def on_mount(self) -> None:
        values = [value for value, _text in self._choices]
        if self._proposed in values:
            self.query_one(OptionList).highlighted = values.index(self._proposed)

    def _options(self) -> list[Option]:
        terms = fold(self._typed).split()
        return [
            Option(Content(text), id=value)
            for value, text in self._choices
            if all(term in fold(text) for term in terms)
        ]

    def on_key(self, event: events.Key) -> None:
        """Narrow the list by a typed letter; backspace removes the last one, ^u all."""
        if event.key == "backspace":
            self._typed = self._typed[:-1]
        elif event.key == "ctrl+u":
            self._typed = ""
        elif event.is_printable and event.character:
            self._typed += event.character
        else:
            return
        event.stop()
        self._narrow()

    def action_leave(self) -> None:
        """Take back what was typed; where nothing was, return without a choice."""
        if not self._typed:
            super().action_leave()
            return
        self._typed = ""
        self._narrow()

    def _narrow(self) -> None:
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options(self._options())
        listed.highlighted = 0 if listed.option_count else None
        self.query_one("#typed", Label).update(self._typed_words(listed.option_count))

    def _typed_words(self, left: int) -> str:
        """What was typed, and whether it leaves nothing; in a long list, that one may type."""
        if not self._typed:
            return _("Type to narrow the list.") if len(self._choices) > _LONG else ""
        none = _("/{typed}: no such choice; {key} clears it").format(
            typed=self._typed, key=self.key_of("dialog.cancel")
        )
        return f"/{self._typed}" if left else none

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click, chooses."""
        event.stop()
        self.dismiss(event.option_id)
