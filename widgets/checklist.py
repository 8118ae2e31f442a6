"""A checklist: steps that are ticked one by one, each with the evidence that it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from widgets.cells import fitted, guarded, width_of
from widgets.marks import N_
from widgets.tones import tone_styles

State = Literal["open", "done", "blocked"]

GLYPHS: dict[State, str] = {"open": "☐", "done": "☑", "blocked": "✖"}
_TONES: dict[State, str] = {"open": "", "done": "good", "blocked": "bad"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `word` says its state, `evidence` what is kept or still wanted for it, `tone` how
    that stands. A blocked step cannot be ticked. All texts come translated."""

    key: str
    title: str
    state: State
    word: str
    evidence: str = ""
    evidence_tone: str = "muted"


class Checklist(Widget, can_focus=True):
    """Shows `steps`, two lines each; ticking is asked for, the program decides and shows again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", N_("Step up"), show=False, id="checklist.up"),
        Binding("down", "move(1)", N_("Step down"), show=False, id="checklist.down"),
        Binding("space,enter", "tick", N_("Tick"), show=False, id="checklist.tick"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"checklist--cursor"}

    DEFAULT_CSS: ClassVar[str] = """
    Checklist {
        height: auto;
        & > .checklist--cursor { text-style: bold; background: $block-cursor-blurred-background; }
        &:focus > .checklist--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
        &:ansi > .checklist--cursor, &:nocolor > .checklist--cursor { text-style: bold reverse; }
    }
    """

    @dataclass
    class Ticked(Message):
        """The operator wants the step `key` done, or open again."""

        checklist: "Checklist"
        key: str
        done: bool

        @property
        def control(self) -> "Checklist":
            """The checklist, for `@on(..., "#id")`."""
            return self.checklist

    @dataclass
    class Refused(Message):
        """The operator tried to tick a step that is blocked."""

        checklist: "Checklist"
        key: str

        @property
        def control(self) -> "Checklist":
            """The checklist, for `@on(..., "#id")`."""
            return self.checklist

    def __init__(
        self,
        steps: Sequence[Step] = (),
        *,
        id: str | None = None,  # noqa: A002 - the name that every Textual widget gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._steps = tuple(steps)
        self._cursor = 0

    @property
    def step(self) -> Step | None:
        """The step under the cursor."""
        return self._steps[self._cursor] if self._steps else None

    def show(self, steps: Sequence[Step]) -> None:
        """Put these steps in the place of the ones shown; the cursor stays on its step."""
        here = self.step.key if self.step else None
        grown = len(steps) != len(self._steps)
        self._steps = tuple(steps)
        keys = [step.key for step in self._steps]
        self._cursor = keys.index(here) if here in keys else 0
        self.refresh(layout=grown)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Two lines a step."""
        return len(self._steps) * 2

    def render_line(self, y: int) -> Strip:
        """The step with its state, below it its evidence."""
        index, part = divmod(y, 2)
        if index >= len(self._steps):
            return Strip.blank(self.size.width, self.rich_style)
        step, styles = self._steps[index], tone_styles(self)
        if part:
            text = f"       {guarded(step.evidence)}"
            style = styles.get(step.evidence_tone, self.rich_style)
            return Strip([Segment(fitted(text, self.size.width), style)], self.size.width)
        return self._title(step, styles, cursor=index == self._cursor)

    def _title(self, step: Step, styles: dict[str, Style], *, cursor: bool) -> Strip:
        word = guarded(step.word)
        room = max(1, self.size.width - width_of(word) - 7)
        title = fitted(step.title, room)
        state = styles.get(_TONES[step.state], self.rich_style)
        base = self.get_component_rich_style("checklist--cursor") if cursor else self.rich_style
        segments = [
            Segment("▸ " if cursor else "  ", base),
            Segment(f" {GLYPHS[step.state]} ", base if cursor else state),
            Segment(f"{title}  ", base),
            Segment(word, base if cursor else state),
        ]
        return Strip(segments).crop_extend(0, self.size.width, base)

    def action_move(self, step: int) -> None:
        """Another step."""
        self._cursor = max(0, min(self._cursor + step, len(self._steps) - 1))
        self.refresh()

    def action_tick(self) -> None:
        """Ask for the step under the cursor to be done, or open again."""
        step = self.step
        if step is None:
            return
        if step.state == "blocked":
            self.post_message(self.Refused(self, step.key))
        else:
            self.post_message(self.Ticked(self, step.key, step.state == "open"))

    def on_click(self, event: events.Click) -> None:
        """The cursor goes where one clicks; a click on the box ticks."""
        index = event.y // 2
        if index < len(self._steps):
            self._cursor = index
            self.refresh()
            if event.x < 5:
                self.action_tick()
