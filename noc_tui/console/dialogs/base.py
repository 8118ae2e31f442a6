"""The base of all dialogs: frame, title, text, Esc, buttons, and saving text while it is typed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar, Generic, TypeVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from noc_tui.console.host import host_of
from noc_tui.i18n import N_, _
from widgets.terminal_size import TerminalSized

T = TypeVar("T")


class DialogText(VerticalScroll):
    """The text of a dialog; it says how to read on where it is longer than its place."""

    DEFAULT_CSS = "DialogText.-longer { border-bottom: solid $primary 60%; }"

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        """Say below it by which keys it scrolls, while it does."""
        self.set_class(shown, "-longer")
        self.border_subtitle = Content(_("↑ ↓ PgUp PgDn: read on")) if shown else ""


class Dialog(TerminalSized, ModalScreen[T]):
    """A title, a text where there is one, and what `content` gives; Esc leaves without an answer.

    Nothing in it is markup, and no digit opens a mode while it is there. Arrows and page keys
    scroll a text that does not fit, where what has the focus makes no use of them.
    """

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > Vertical {
        width: 64; max-width: 95%; height: auto; max-height: 90%; overflow-y: auto;
        padding: 1 2; background: $surface; border: round $primary;
    }
    Dialog Label { width: 100%; height: auto; }
    Dialog .dialog--title { text-style: bold; color: $text-primary; margin-bottom: 1; }
    Dialog .dialog--text { height: auto; max-height: 50vh; margin-bottom: 1; }
    Dialog .dialog--whole { color: $foreground 75%; height: auto; max-height: 5; display: none; }
    Dialog .dialog--error { color: $text-error; height: auto; }
    Dialog Horizontal { height: auto; align-horizontal: right; }
    Dialog Button { margin-left: 2; }
    Dialog.-short > Vertical { padding: 0 2; max-height: 100%; }
    Dialog.-short .dialog--title { margin-bottom: 0; }
    Dialog.-short .dialog--text { margin-bottom: 0; }
    Dialog.-short Button { border: none !important; height: 1; line-pad: 1; }
    """
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012 -- as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", N_("Cancel"), show=False, id="dialog.cancel"),
        Binding("up", "read_text(-1)", show=False),
        Binding("down", "read_text(1)", show=False),
        Binding("pageup", "read_text(-1, True)", show=False),
        Binding("pagedown", "read_text(1, True)", show=False),
    ]

    def __init__(self, title: str, text: str = "") -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label(Content(self._title), classes="dialog--title")
            if self._text:
                with DialogText(classes="dialog--text", can_focus=False):
                    yield Static(Content(self._text))
            yield from self.content()

    def content(self) -> ComposeResult:
        """The widgets under title and text."""
        yield from ()

    def action_leave(self) -> None:
        """Close the dialog and return None."""
        self.dismiss(None)

    def key_of(self, identifier: str) -> str:
        """The key, as it is shown, that one of the dialog's bindings has now."""
        declared = (one for kind in type(self).__mro__ for one in kind.__dict__.get("BINDINGS", ()))
        keys = {one.id: one.key for one in declared if isinstance(one, Binding)}
        return host_of(self.app).key_of(identifier, keys[identifier])

    def action_read_text(self, steps: int, pages: bool = False) -> None:
        """Scroll the text by that many lines, or pages."""
        for text in self.query(DialogText):
            height = text.scrollable_content_region.height if pages else 1
            text.scroll_relative(y=steps * height, animate=False)


class WrittenDialog(Dialog[T | None]):
    """A question that is answered in writing, with Cancel and OK under it; None when the operator
    leaves. A text that its line is too short for is shown whole under the lines.

    With `hand_to` it closes once its answer was taken: what was typed outlives a refusal.
    """

    def __init__(self, title: str, text: str = "") -> None:
        super().__init__(title, text)
        self._taker: Callable[[T], Awaitable[str]] | None = None
        self._handing = False
        self._doubted: object = None

    def hand_to(self, taker: Callable[[T], Awaitable[str]]) -> None:
        """Have each answer taken by `taker`, which returns why it was not, or "" where it was."""
        self._taker = taker

    def content(self) -> ComposeResult:
        yield from self.fields()
        yield Static("", classes="dialog--whole")
        yield Static("", classes="dialog--error")
        with Horizontal():
            yield Button(_("Cancel"), id="cancel")
            yield Button(_("OK"), id="ok", variant="primary")

    def fields(self) -> ComposeResult:
        """Yield the widgets in which the answer is written."""
        raise NotImplementedError

    def finish(self) -> None:
        """Return the entered answer, or show what is wrong with it."""
        raise NotImplementedError

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button answers."""
        if event.button.id == "ok":
            self.finish()
        else:
            self.action_leave()

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """Another line is written in; its width is known once it is laid out."""
        self.call_after_refresh(self.show_whole)

    def show_whole(self) -> None:
        """Show the text of the line that is written in, where the line shows a part of it only."""
        line, whole = self.focused, self.query_one(".dialog--whole", Static)
        text = line.value if isinstance(line, Input) else ""
        cut = line is not None and Content(text).cell_length >= line.content_size.width > 0
        whole.display = bool(text) and cut
        whole.update(Content(text))

    def say_wrong(self, text: str) -> None:
        """Say what is wrong with the answer."""
        self.query_one(".dialog--error", Static).update(Content(text))

    def is_doubted(self, answer: object, doubt: str) -> bool:
        """Say what is doubtful in an answer, once: given again as it is, it stands."""
        if not doubt or self._doubted == answer:
            return False
        self._doubted = answer
        self.say_wrong(_("▲ {doubt} Enter again keeps it.").format(doubt=doubt))
        return True

    def answer(self, value: T) -> None:
        """Close with the answer, once it was taken."""
        if self._taker is None:
            self.dismiss(value)
        elif not self._handing:
            self._hand(self._taker, value)

    @work(group="hand", exclusive=True)
    async def _hand(self, taker: Callable[[T], Awaitable[str]], value: T) -> None:
        self._handing = True
        self.say_wrong(_("◌ nocd works on it …"))
        try:
            refused = await taker(value)
        finally:
            self._handing = False
        if refused:
            self.say_wrong(refused)
        else:
            self.dismiss(value)

    def action_leave(self) -> None:
        """Close without an answer, unless one is being taken: what comes of it must be seen."""
        if not self._handing:
            super().action_leave()


def never(_text: str) -> str:
    """Doubt nothing."""
    return ""


async def keep_nowhere(_value: object) -> None:
    """Keep nothing: the text is lost if the connection breaks."""


class Keeper(Generic[T]):
    """Passes on text while it is typed: always the newest value, one call at a time, none twice.

    So a link that is cut loses nothing. `first` is known already.
    """

    def __init__(self, keep: Callable[[T], Awaitable[object]], first: T) -> None:
        self._keep = keep
        self._kept = first
        self._turn = asyncio.Lock()

    async def keep(self, value: T) -> None:
        """Pass the value on, after the one that is being passed on."""
        async with self._turn:
            if value != self._kept:
                self._kept = value
                await self._keep(value)
