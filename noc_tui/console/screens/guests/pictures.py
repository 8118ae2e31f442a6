"""What is told of a guest beside the table. Pure."""

from collections.abc import Iterator
from datetime import datetime

from noc_tui.console.screens.guests.tables import state
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.text import visible
from storage.guests import GuestLine
from widgets.bars import bar
from widgets.toned_lines import TonedLine, fact_line

LABEL = 12
BAR = 10


def describe_line(line: GuestLine, case: str, now: datetime) -> list[TonedLine]:
    """Return what is known of a guest by the last poll; `case` is the suspension it is under."""
    return [*_describe_line(line, case, now)]


def _describe_line(line: GuestLine, case: str, now: datetime) -> Iterator[TonedLine]:
    label = state(line)
    shown = (states.word_held(line.status, case), "warning") if case else (label.text, label.tone)
    yield fact_line(_("State"), shown, width=LABEL)
    yield fact_line(_("Tenant"), (visible(line.tenant) or formats.NONE, ""), width=LABEL)
    yield fact_line(_("Node"), (visible(f"{line.node} · {line.cluster}"), ""), width=LABEL)
    yield fact_line(_("CPU"), (_word_load(line.status, line.cpu_percent), ""), width=LABEL)
    memory = f"{_word_load(line.status, line.memory_percent)} · {formats.size(line.memory)}"
    yield fact_line(_("Memory"), (memory, ""), width=LABEL)
    yield fact_line(_("Disk"), (formats.size(line.disk), ""), width=LABEL)
    if line.booted_at is not None:
        since = f"{formats.instant(line.booted_at)} ({formats.age(now - line.booted_at)})"
        yield fact_line(_("Started"), (since, ""), width=LABEL)
    backup = states.label_of(states.BACKUP, line.backup)
    yield fact_line(_("Backup"), (backup.text, backup.tone), width=LABEL)
    if line.tags:
        yield fact_line(_("Tags"), (visible(", ".join(line.tags)), "muted"), width=LABEL)


def _word_load(status: str, share: int | None) -> str:
    """A bar of what is used, and the figure; none where the guest is stopped."""
    figure = formats.load(status, share)
    if share is None or figure == formats.NONE:
        return figure
    return f"{bar(share / 100, BAR)} {figure}"
