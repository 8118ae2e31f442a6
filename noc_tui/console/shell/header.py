"""The two lines above every screen: the modes, and the state that an operator must always see.

The second line always says how old the data is, what `nocd` is doing, who is looking, and what
time it is to `nocd`. Each state has a glyph and a word besides its colour.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from noc_tui.console.commands import Command
from noc_tui.console.data_freshness import Daemon, Sight
from noc_tui.console.host import Host, host_of
from noc_tui.console.modes import MODES
from noc_tui.i18n import N_, _
from noc_tui.labels import formats, unwritable
from noc_tui.labels.next_order import word_next_order
from noc_tui.roles import Role
from noc_tui.text import visible
from storage.oncall import Duty

REQUESTS = Command(
    "app.requests",
    "ctrl+r",
    "app.requests",
    N_("Requests"),
    N_("The plans that wait for your agreement"),
    show=False,
    role=Role.OPERATOR,
)
NAMED_STALE = 2
GAP = 2
WIDE = 120
"""Columns from which the next order is told with its tenant."""


class Header(Widget):
    """Modes above, state below."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "header--mode",
        "header--current",
        "header--good",
        "header--warning",
        "header--bad",
        "header--muted",
    }
    DEFAULT_CSS = """
    Header {
        dock: top;
        height: 2;
        background: $panel;
        color: $foreground;
        & > .header--mode { color: $foreground 75%; }
        & > .header--current { background: $primary; color: $background; text-style: bold; }
        & > .header--good { color: $text-success; }
        & > .header--warning { color: $text-warning; text-style: bold; }
        & > .header--bad { color: $text-error; text-style: bold; }
        & > .header--muted { color: $foreground 75%; }
        &:nocolor > .header--current { text-style: bold reverse; }
        &:ansi > .header--current { text-style: bold reverse; }
    }
    """
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self.auto_links = False
        self._mode: tuple[str, ...] = ()
        self._upper: Strip | None = None
        self._said: Text | None = None
        self._lower: Strip | None = None
        self._styles: dict[str, Style] = {}

    def tick(self) -> None:
        """Draw again what says something else now: mostly the second line alone."""
        mode, said = (self._host.current_mode, *self._host.trail), self._state()
        if said != self._said:
            self._said, self._lower = said, None
            self.refresh(Region(0, 1, self.size.width, 1))
        if mode != self._mode:
            self._mode, self._upper = mode, None
            self.refresh()

    def notify_style_update(self) -> None:
        """The theme changed."""
        super().notify_style_update()
        self._forget()

    def on_resize(self) -> None:
        """Choose the texts that fit the new width."""
        self._forget()
        self.refresh()

    def _forget(self) -> None:
        self._upper = self._said = self._lower = None
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """Modes above, state below, as of the last tick."""
        if y == 0:
            if self._upper is None:
                self._upper = self._strip(self._modes())
            return self._upper
        if self._said is None:
            self._said = self._state()
        if self._lower is None:
            self._lower = self._strip(self._said)
        return self._lower

    def _strip(self, line: Text) -> Strip:
        base = self.rich_style
        segments = Segment.apply_style(line.render(self.app.console), base)
        return Strip(segments).crop_extend(0, self.size.width, base)

    @property
    def _host(self) -> Host:
        return host_of(self.app)

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            self._styles[name] = self.get_component_rich_style(f"header--{name}")
        return self._styles[name]

    def _modes(self) -> Text:
        """Return every mode with its key; shorter words where the terminal is narrow."""
        here = self._host.current_mode
        titles = {mode.id: _(mode.title) for mode in MODES}
        trail = self._host.trail
        titles[here] = " › ".join([titles.get(here, ""), *trail])
        shorts = {mode.id: _(mode.short) for mode in MODES}
        shapes = (
            (titles, " "),
            (titles, ""),
            ({**shorts, here: titles[here]}, ""),
            *(({**dict.fromkeys(shorts, ""), here: titles[here]}, "") for _one in trail[:1]),
            (shorts, ""),
            ({**dict.fromkeys(shorts, ""), here: shorts[here]}, ""),
        )
        drawn = (self._modes_as(words, gap) for words, gap in shapes)
        fitting = (line for line in drawn if line.cell_len <= self.size.width)
        return next(fitting, Text()) or self._modes_as(dict.fromkeys(shorts, ""), "")

    def _modes_as(self, words: Mapping[str, str], gap: str) -> Text:
        line = Text()
        for mode in MODES:
            here = mode.id == self._host.current_mode
            style = self._style("current" if here else "mode")
            click = Style(meta={"@click": f"app.go('{mode.id}')"})
            key, word = self._host.key_of(mode.binding_id, mode.key), words[mode.id]
            line.append(f" {key} {word}".rstrip() + (gap or " " * here), style + click)
        return line

    def _state(self) -> Text:
        """Return the state and, to the right, who looks and what time it is; what is said shorter
        where the terminal is narrow, and never a part of the time.
        """
        session = self._host.session
        now = session.clock.now()
        role = session.who.role.said if session.who.role else _("no role")
        others = len({row.account for row in session.others})
        company = f" +{others}" if others else ""
        who = f"{visible(session.who.name)}{company} · {role}"
        clock = f"{formats.clock_time(now)} "
        rights = (f"{who}  {formats.instant_seconds(now)} ", f"{who}  {clock}", clock)
        full, brief = self._left(now, brief=False), self._left(now, brief=True)
        shapes = [(full, right) for right in rights] + [(brief, clock)]
        width = self.size.width - GAP
        fitting = (one for one in shapes if one[0].cell_len + cell_len(one[1]) <= width)
        left, right = next(fitting, shapes[-1])
        left.truncate(max(0, width - cell_len(right)), overflow="ellipsis")
        spare = self.size.width - left.cell_len - cell_len(right)
        return left + Text(" " * spare) + Text(right, self._style("muted"))

    def _left(self, now: datetime, *, brief: bool) -> Text:
        """Return the state; `brief` with the age of the data and who else looks in fewer words."""
        session = self._host.session
        return Text(" ").join(
            [
                self._daemon(session.sight),
                self._age(session.sight, now, brief=brief),
                *self._requests(len(session.requests)),
                *self._next_order(now),
                *self._company(brief=brief),
                *self._duty(session.duty),
            ]
        )

    def _requests(self, waiting: int) -> list[Text]:
        """Return how many plans wait for this operator's agreement, and the key that shows them."""
        if not waiting:
            return []
        key = self._host.key_of(REQUESTS.id, REQUESTS.key)
        text = _("▲ {count} to approve ({key})").format(count=waiting, key=key)
        return [Text(text, self._style("warning"))]

    def _next_order(self, now: datetime) -> list[Text]:
        """Return how long until the next suspension order is carried out, and whose."""
        planned = self._host.session.planned
        if not planned:
            return []
        wide = self.size.width >= WIDE
        return [Text(word_next_order(planned, now, wide=wide), self._style("warning"))]

    def _company(self, *, brief: bool) -> list[Text]:
        """Return who else looks at the case that is open here."""
        subject = self._host.subject
        here = {row.account for row in self._host.session.others if row.subject == subject != ""}
        if not here:
            return []
        names = visible(", ".join(sorted(here)))
        text = f"◉ {names}" if brief else _("◉ {names} is here").format(names=names)
        return [Text(text, self._style("warning"))]

    def _duty(self, duty: Duty) -> list[Text]:
        """Return how many alerts nobody has, and who is on call until when."""
        if not self._host.session.sight.revision:
            return [Text(_("▲ …"), self._style("muted"))]  # nothing was read: not known, not none
        told = []
        if duty.held:
            text = _("✖ held since a restore: nocd resume")
            told.append(Text(text, self._style("bad")))
        if duty.waiting:
            text = _("▲ {count} to triage").format(count=duty.waiting)
            told.append(Text(text, self._style("warning")))
        if duty.account and duty.until is not None:
            text = _("☎ {name} to {time}").format(
                name=visible(duty.account), time=formats.clock_time(duty.until)
            )
            told.append(Text(text))
        return told

    def _daemon(self, sight: Sight) -> Text:
        if sight.unwritable:
            text = _("✖ nocd cannot write: {reason}")
            said = text.format(reason=visible(unwritable.reason(sight.unwritable)))
            return Text(f" {said}", self._style("bad"))
        if sight.daemon is Daemon.LIVE and self._host.session.asking:
            return Text(f" {_('◌ nocd works on it …')}", self._style("warning"))
        words = {
            Daemon.ASKING: ("muted", _("◌ nocd …")),
            Daemon.LIVE: ("good", _("● live")),
            Daemon.DOWN: ("bad", _("✖ nocd down: read-only")),
            Daemon.REFUSED: ("warning", _("▲ no role here: read-only")),
        }
        style, word = words[sight.daemon]
        return Text(f" {word}", self._style(style))

    def _age(self, sight: Sight, now: datetime, *, brief: bool) -> Text:
        if sight.database_error:
            return Text(_("✖ no database"), self._style("bad"))
        age = formats.age(sight.age(now))
        stale = sorted({source.cluster or source.name for source in sight.stale(now)})
        if not sight.sources:
            return Text(_("? no data yet"), self._style("warning"))
        if not stale:
            return Text(f"· {age}" if brief else _("· data {age} old").format(age=age))
        names = ", ".join(map(visible, stale[:NAMED_STALE]))
        more = f" +{len(stale) - NAMED_STALE}" if len(stale) > NAMED_STALE else ""
        text = _("▲ stale {age}: {names}").format(age=age, names=names + more)
        return Text(text, self._style("warning"))
