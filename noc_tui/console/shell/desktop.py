"""What reaches the operator outside of the console: the terminal's title, the desktop's notice."""

from noc_tui.console.session import Session
from noc_tui.labels.alerts import text_of
from noc_tui.text import clip_text, visible
from storage.errors import StorageError
from storage.oncall import open_alerts

TITLE, LONGEST = "noc-tui", 120


async def read_worst(session: Session) -> str:
    """Return the worst of the alerts that wait for somebody, in words; "" where there is none."""
    # Thirty rules: not for the first frame.
    from noc_tui.alerts.lifecycle import triage_order, wants_people

    if session.reader is None:
        return ""
    now = session.clock.now()
    try:
        async with session.reader.snapshot() as db:
            waiting = [one for one in await open_alerts(db) if wants_people(one, now)]
    except StorageError:
        return ""
    first = min(waiting, key=lambda one: triage_order(one, now), default=None)
    return "" if first is None else text_of(first.rule, first.words)


def title_sequence(worst: str, waiting: int) -> str:
    """Return what sets the title: the worst alert, and how many there are besides."""
    more = f" +{waiting - 1}" if waiting > 1 else ""
    said = f"{_harmless(worst)}{more} · " if worst else f"({waiting}) " if waiting else ""
    return f"\x1b]2;{said}{TITLE}\x07"


def notify_sequence(way: str, text: str) -> str:
    """Return what tells the desktop; empty where the operators want none.

    OSC 9 is iTerm2's, kitty's and Windows Terminal's, OSC 777 urxvt's, foot's and VTE's.
    """
    match way:
        case "osc9":
            return f"\x1b]9;{TITLE}: {_harmless(text)}\x07"
        case "osc777":
            return f"\x1b]777;notify;{TITLE};{_harmless(text)}\x07"
        case _:
            return ""


def _harmless(text: str) -> str:
    """One line without controls, nor the sign that ends a field."""
    return clip_text(visible(text).replace(";", ","), LONGEST)
