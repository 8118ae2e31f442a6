"""A form with several values: `await app.push_screen_wait(Form(title, text, fields))`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Label

from noc_tui.console.dialogs.base import WrittenDialog, never
from noc_tui.i18n import _
from noc_tui.labels.formats import label_line


def require_text(text: str) -> str:
    """Return the text; raises ValueError if it is empty."""
    if not text.strip():
        raise ValueError(_("This must not be empty."))
    return text.strip()


LABEL_WIDTH = 50
"""A longer label does not fit the frame of its field, and stands above it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One line to fill in. `read` returns the value or raises a ValueError, whose text is shown;
    `doubt` says what is doubtful in a text, "" for nothing.
    """

    name: str
    label: str
    value: str = ""
    read: Callable[[str], str] = require_text
    doubt: Callable[[str], str] = never


class Form(WrittenDialog[dict[str, str]]):
    """A form of framed lines, each checked while it is typed and once more in the end.

    It begins in the line called `first`, else in the first that is empty.
    """

    DEFAULT_CSS = """
    Form Input { height: 3; border: round $foreground 40%; padding: 0 1; background: $surface; }
    Form Input:focus { border: heavy $primary; }
    Form Input.-wrong { border: round $error; border-subtitle-color: $text-error; }
    Form Input.-wrong:focus { border: heavy $error; }
    """

    def __init__(self, title: str, text: str, fields: Sequence[Field], *, first: str = "") -> None:
        super().__init__(title, text)
        self._asked = tuple(fields)
        self._first = first

    def fields(self) -> ComposeResult:
        for field in self._asked:
            line = Input(field.value, id=field.name)
            if len(field.label) <= LABEL_WIDTH:
                line.border_title = Content(field.label)
            else:
                yield Label(Content(field.label))
            yield line

    def on_mount(self) -> None:
        wanted = (one for one in self._asked if one.name == self._first)
        empty = (one for one in self._asked if not one.value)
        self._line(next(chain(wanted, empty), self._asked[0])).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say under the field what is wrong with what stands in it; an empty one is not yet."""
        field = next((one for one in self._asked if one.name == event.input.id), None)
        if field is not None:
            problem = _problem_of(field, event.value)
            event.input.set_class(bool(problem), "-wrong")
            event.input.border_subtitle = Content(problem)
        self.show_whole()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on to the next line, and is OK on the last."""
        if event.input.id == self._asked[-1].name:
            self.finish()
        else:
            names = [field.name for field in self._asked]
            following = names.index(event.input.id or names[0]) + 1
            self._line(self._asked[following]).focus()

    def _line(self, field: Field) -> Input:
        return self.query_one(f"#{field.name}", Input)

    def finish(self) -> None:
        filled: dict[str, str] = {}
        for field in self._asked:
            try:
                filled[field.name] = field.read(self._line(field).value)
            except ValueError as error:
                self.say_wrong(label_line(field.label, str(error)))
                self._line(field).focus()
                return
        if not self.is_doubted(filled, self._doubts(filled)):
            self.answer(filled)

    def _doubts(self, filled: Mapping[str, str]) -> str:
        """What is doubtful in the first line that has something doubtful, by its label."""
        doubts = ((field.label, field.doubt(filled[field.name])) for field in self._asked)
        return next((label_line(label, doubt) for label, doubt in doubts if doubt), "")


def _problem_of(field: Field, text: str) -> str:
    if not text.strip():
        return ""
    try:
        field.read(text)
    except ValueError as error:
        return str(error)
    return ""
