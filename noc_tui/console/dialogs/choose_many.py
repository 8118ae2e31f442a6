"""Some of several: `await app.push_screen_wait(ChooseMany(title, [(value, text)], {"chosen"}))`."""

from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import ClassVar

from rich.segment import Segment
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.strip import Strip
from textual.widgets import SelectionList
from textual.widgets.option_list import OptionDoesNotExist
from textual.widgets.selection_list import Selection

from noc_tui.console.dialogs.base import Dialog, Keeper, keep_nowhere
from noc_tui.i18n import N_, _
from widgets.folding import fold

TAKEN, LEFT = "☑", "☐"


class Boxes(SelectionList[str]):
    """A list whose boxes say by their sign what is taken; Textual's say it by their colour.

    Enter is the list's own key, so that it comes after a space that was typed just before it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.done", N_("OK"), show=False, id="dialog.done"),
    ]

    def action_select(self) -> None:
        """Toggle the line at once; Textual toggles by a message, which would arrive after an Enter
        typed in the same burst.
        """
        if self.highlighted is not None:
            self.toggle(self.get_option_at_index(self.highlighted))

    def render_line(self, y: int) -> Strip:
        """The line, its button of three cells drawn as a box."""
        line = super().render_line(y)
        try:
            option = self.get_option_at_index(self.scroll_offset.y + y)
        except OptionDoesNotExist:
            return line
        sign = TAKEN if option.value in self.selected else LEFT
        _left, _button, _right, *prompt = line
        return Strip([Segment(f"  {sign}", prompt[0].style), *prompt])


class ChooseMany(Dialog[list[str] | None]):
    """A list of choices: Space toggles one, Enter finishes, what is typed goes to the first line
    that holds it; returns None if the operator leaves. Enter with nothing ticked says so and stays,
    unless the operator took back what was.

    `keep` gets what is taken with each change, and what was when the operator leaves.
    """

    DEFAULT_CSS = """
    ChooseMany > Vertical { width: 90; max-width: 98%; }
    ChooseMany .dialog--text { margin-bottom: 0; }
    ChooseMany Boxes { height: auto; max-height: 50vh; }
    """

    def __init__(
        self,
        title: str,
        choices: Sequence[tuple[str, str]],
        chosen: AbstractSet[str] = frozenset(),
        keep: Callable[[list[str]], Awaitable[object]] = keep_nowhere,
    ) -> None:
        super().__init__(title, _("Space toggles, Enter goes on; type to find one."))
        self._choices, self._chosen = choices, chosen
        self._keeper = Keeper(keep, self._in_order(chosen))
        self._typed = ""

    def content(self) -> ComposeResult:
        yield Boxes(
            *(
                Selection(Content(text), value, value in self._chosen)
                for value, text in self._choices
            )
        )

    def on_mount(self) -> None:
        self.query_one(Boxes).focus()

    def on_key(self, event: events.Key) -> None:
        """Go to the first line that holds what was typed; Space, or any other key, ends it."""
        if not event.is_printable or not event.character or event.key == "space":
            self._typed = ""
            return
        event.stop()
        self._typed += event.character
        if (found := self._first_with(self._typed)) is None:
            self._typed = event.character
            found = self._first_with(self._typed)
        if found is not None:
            self.query_one(Boxes).highlighted = found

    def _first_with(self, typed: str) -> int | None:
        texts = (fold(text) for _value, text in self._choices)
        return next((n for n, text in enumerate(texts) if fold(typed) in text), None)

    def on_selection_list_selected_changed(self) -> None:
        """Pass the current choices to `keep`."""
        self._keep_taken()

    def action_done(self) -> None:
        """Return the choices in the order of the list; say that there are none."""
        taken = self._taken()
        if not (taken or self._chosen):
            self.notify(_("Nothing is ticked: Space ticks a line, Esc leaves."), severity="warning")
            return
        self._finish(taken)

    def action_leave(self) -> None:
        """Return without a choice."""
        self._finish(None)

    def _taken(self) -> list[str]:
        return self._in_order(set(self.query_one(Boxes).selected))

    def _in_order(self, taken: AbstractSet[str]) -> list[str]:
        return [value for value, _text in self._choices if value in taken]

    @work(group="keep")
    async def _keep_taken(self) -> None:
        await self._keeper.keep(self._taken())

    @work(group="finish", exclusive=True)
    async def _finish(self, taken: list[str] | None) -> None:
        await self._keeper.keep(self._in_order(self._chosen) if taken is None else taken)
        self.dismiss(taken or None)
