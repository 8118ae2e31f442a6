"""States as an operator reads them: a glyph, a word and a tone, never a colour alone.

Every state of the field has its line here, so that it looks the same on every screen. What is not
listed is shown with its own word, as unknown.
"""

from typing import NamedTuple

from noc_tui.i18n import N_, _
from noc_tui.text import visible


class Word(NamedTuple):
    """Glyph, word (marked with `N_`), and one of `widgets.tones.TONES`."""

    glyph: str
    word: str
    tone: str

    @property
    def text(self) -> str:
        """Glyph and translated word."""
        return f"{self.glyph} {_(self.word)}"


SEVERITY = {
    "critical": Word("✖", N_("critical"), "bad"),
    "warning": Word("▲", N_("warning"), "warning"),
    "notice": Word("·", N_("minor"), "accent"),
    "unknown": Word("?", N_("unknown"), "unknown"),
}
GUEST = {
    "running": Word("●", N_("running"), "good"),
    "stopped": Word("○", N_("stopped"), "muted"),
    "paused": Word("‖", N_("paused"), "warning"),
    "suspended": Word("‖", N_("suspended to disk"), "warning"),
    "prelaunch": Word("◔", N_("prelaunch"), "muted"),
    "shutdown": Word("◔", N_("shutting down"), "warning"),
    "io-error": Word("✖", N_("I/O error"), "bad"),
    "internal-error": Word("✖", N_("internal error"), "bad"),
    "guest-panicked": Word("✖", N_("panicked"), "bad"),
    "unknown": Word("?", N_("unknown"), "unknown"),
}
TEMPLATE = Word("▫", N_("template"), "muted")
NODE = {
    "online": Word("●", N_("online"), "good"),
    "offline": Word("✖", N_("offline"), "bad"),
    "unknown": Word("?", N_("unknown"), "unknown"),
}
STORAGE = {
    "available": Word("●", N_("available"), "good"),
    "inactive": Word("✖", N_("inactive"), "bad"),
    "unknown": Word("?", N_("unknown"), "unknown"),
}
BACKUP = {
    "fresh": Word("●", N_("fresh"), "good"),
    "unverified": Word("◐", N_("unverified"), "warning"),
    "stale": Word("▲", N_("too old"), "warning"),
    "failed": Word("✖", N_("failed"), "bad"),
    "missing": Word("✖", N_("missing"), "bad"),
    "unknown": Word("?", N_("unknown"), "unknown"),
}
FILL = {
    "room": Word("●", N_("room"), "good"),
    "near": Word("▲", N_("near the limit"), "warning"),
    "reached": Word("✖", N_("limit reached"), "bad"),
    "unknown": Word("?", N_("unknown"), "unknown"),
    "no_limit": Word("·", N_("no limit"), "muted"),
}
TASK = {
    "running": Word("◔", N_("under way"), "accent"),
    "ok": Word("●", N_("done"), "good"),
    "warning": Word("▲", N_("with warnings"), "warning"),
    "error": Word("✖", N_("failed"), "bad"),
    "unknown": Word("?", N_("unknown"), "unknown"),
}
TENANT = {
    "up": Word("●", N_("up"), "good"),
    "partial": Word("◐", N_("partly up"), "warning"),
    "down": Word("✖", N_("all stopped"), "bad"),
    "unknown": Word("?", N_("unknown"), "unknown"),
    "empty": Word("·", N_("no guest"), "muted"),
    "orphan": Word("▲", N_("no tenant"), "warning"),
}
QUORUM = {
    True: Word("●", N_("quorate"), "good"),
    False: Word("✖", N_("no quorum"), "bad"),
    None: Word("?", N_("unknown"), "unknown"),
}


def word(words: dict[str, Word], state: str) -> Word:
    """The state's word; a state that nobody listed is shown as it is called."""
    return words.get(state) or Word("?", visible(state), "unknown")
