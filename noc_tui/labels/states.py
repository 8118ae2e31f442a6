"""States as an operator reads them: a glyph, a word and a tone, never a colour alone.

Every state has its line here and nowhere else, so that it is the same on every screen, in every
command and in every handover. What is not listed is shown with its own word, as unknown.
"""

from collections.abc import Mapping
from typing import NamedTuple

from noc_tui.i18n import N_, _
from noc_tui.text import visible


class StateLabel(NamedTuple):
    """Glyph, word (marked with `N_`), and one of `widgets.tones.TONES`."""

    glyph: str
    word: str
    tone: str

    @property
    def text(self) -> str:
        """Glyph and translated word."""
        return f"{self.glyph} {_(self.word)}"


SEVERITY = {
    "critical": StateLabel("✖", N_("critical"), "bad"),
    "warning": StateLabel("▲", N_("warning"), "warning"),
    "notice": StateLabel("·", N_("minor"), "accent"),
    "unknown": StateLabel("?", N_("unknown"), "unknown"),
}
CLEARED = StateLabel("✓", N_("cleared"), "muted")
"""An alert whose trouble is over."""
GUEST = {
    "running": StateLabel("●", N_("running"), "good"),
    "stopped": StateLabel("○", N_("stopped"), "muted"),
    "paused": StateLabel("‖", N_("paused"), "warning"),
    "suspended": StateLabel("‖", N_("suspended to disk"), "warning"),
    "prelaunch": StateLabel("◔", N_("prelaunch"), "muted"),
    "shutdown": StateLabel("◔", N_("shutting down"), "warning"),
    "io-error": StateLabel("✖", N_("I/O error"), "bad"),
    "internal-error": StateLabel("✖", N_("internal error"), "bad"),
    "guest-panicked": StateLabel("✖", N_("panicked"), "bad"),
    "unknown": StateLabel("?", N_("unknown"), "unknown"),
}
HELD = StateLabel("■", N_("suspended"), "warning")
"""A guest under a suspension of ours."""
TEMPLATE = StateLabel("▫", N_("template"), "muted")
NODE = {
    "online": StateLabel("●", N_("online"), "good"),
    "offline": StateLabel("✖", N_("offline"), "bad"),
    "maintenance": StateLabel("◐", N_("maintenance"), "warning"),
    "offline-maintenance": StateLabel("✖", N_("off, maintenance"), "warning"),
    "fence": StateLabel("✖", N_("being fenced"), "bad"),
    "unknown": StateLabel("?", N_("unknown"), "unknown"),
}
"""By `noc_tui.views.node_state`."""
UPKEEP = {
    "ok": StateLabel("●", N_("went well"), "good"),
    "warning": StateLabel("▲", N_("with warnings"), "warning"),
    "failed": StateLabel("✖", N_("failed"), "bad"),
    "running": StateLabel("◔", N_("under way"), "accent"),
    "never": StateLabel("✖", N_("never ran"), "bad"),
    "none": StateLabel("✖", N_("no job"), "bad"),
    "unread": StateLabel("?", N_("not reported"), "unknown"),
}
STORAGE_FILL = {
    "critical": StateLabel("✖", N_("full"), "bad"),
    "warning": StateLabel("▲", N_("nearly full"), "warning"),
}
"""A storage that is there, by how bad its fill is."""
STORAGE = {
    "available": StateLabel("●", N_("available"), "good"),
    "inactive": StateLabel("✖", N_("inactive"), "bad"),
    "unknown": StateLabel("?", N_("unknown"), "unknown"),
}
BACKUP = {
    "fresh": StateLabel("●", N_("fresh"), "good"),
    "unverified": StateLabel("◐", N_("unverified"), "warning"),
    "stale": StateLabel("▲", N_("too old"), "warning"),
    "failed": StateLabel("✖", N_("failed"), "bad"),
    "doubtful": StateLabel("▲", N_("doubtful"), "bad"),
    "missing": StateLabel("✖", N_("missing"), "bad"),
    "unknown": StateLabel("?", N_("unknown"), "unknown"),
}
FILL = {
    "room": StateLabel("●", N_("headroom"), "good"),
    "near": StateLabel("▲", N_("near the limit"), "warning"),
    "reached": StateLabel("✖", N_("limit reached"), "bad"),
    "unknown": StateLabel("?", N_("unknown"), "unknown"),
    "no_limit": StateLabel("·", N_("no limit"), "muted"),
}
TASK = {
    "running": StateLabel("◔", N_("under way"), "accent"),
    "ok": StateLabel("●", N_("done"), "good"),
    "warning": StateLabel("▲", N_("with warnings"), "warning"),
    "error": StateLabel("✖", N_("failed"), "bad"),
    "unknown": StateLabel("?", N_("unknown"), "unknown"),
}
TENANT = {
    "out": StateLabel("✖", N_("OUT"), "bad"),
    "down": StateLabel("✖", N_("all stopped"), "bad"),
    "weakened": StateLabel("▲", N_("guests lost"), "warning"),
    "unknown": StateLabel("?", N_("unknown"), "unknown"),
    "suspended": StateLabel("■", N_("suspended"), "warning"),
    "partial": StateLabel("◐", N_("partly up"), "muted"),
    "orphan": StateLabel("▲", N_("no tenant"), "warning"),
    "empty": StateLabel("·", N_("no guest"), "muted"),
    "up": StateLabel("●", N_("up"), "good"),
}
"""In the order of a list, who is hurt first. *Out* is availability's word (art. 10.1), and *guests
lost* is not: the tenant answers, and nobody sees some of its guests.
"""
CLUSTER = {
    "quorate": StateLabel("●", N_("quorate"), "good"),
    "no-quorum": StateLabel("✖", N_("no quorum"), "bad"),
    "unreachable": StateLabel("✖", N_("unreachable"), "bad"),
    "token-refused": StateLabel("✖", N_("token refused"), "bad"),
    "untrusted": StateLabel("✖", N_("not trusted"), "bad"),
    "unknown": StateLabel("?", N_("unknown"), "unknown"),
}
QUORUM = {True: CLUSTER["quorate"], False: CLUSTER["no-quorum"], None: CLUSTER["unknown"]}
"""The same by what a cluster says of its quorum."""
MONTH = {
    "out": StateLabel("✖", N_("out now"), "bad"),
    "unproven": StateLabel("?", N_("unproven"), "unknown"),
    "kept": StateLabel("●", N_("kept"), "good"),
    "unverified": StateLabel("✗", N_("not as recorded"), "bad"),
}
"""A tenant's month against its commitment; a credit that is due is said by its percentage."""
AVAILABILITY = {
    "available": StateLabel("●", N_("available"), "good"),
    "out": MONTH["out"],
    "unknown": StateLabel("?", N_("unknown"), "unknown"),
    "empty": TENANT["empty"],
}
"""A tenant by R6, where `TENANT` counts its guests."""
EDGE = {
    "answers": StateLabel("●", N_("answers"), "good"),
    "silent": StateLabel("✖", N_("silent"), "bad"),
    "unknown": StateLabel("?", N_("unknown"), "unknown"),
}
"""Our end of a VPN, or a firewall, as probes find it."""
INCIDENT = {
    "open": StateLabel("✖", N_("open"), "bad"),
    "acknowledged": StateLabel("▲", N_("acknowledged"), "warning"),
    "mitigated": StateLabel("◐", N_("mitigated"), "warning"),
    "resolved": StateLabel("●", N_("resolved"), "good"),
    "reviewed": StateLabel("✓", N_("reviewed"), "muted"),
    "merged": StateLabel("↷", N_("merged"), "muted"),
}
"""In the order of a list: what nobody has taken on first."""
CASE = {
    "drifting": StateLabel("✖", N_("drifting"), "bad"),
    "termination-open": StateLabel("▲", N_("termination open"), "warning"),
    "partially-suspended": StateLabel("◐", N_("partly suspended"), "warning"),
    "executing": StateLabel("◔", N_("being carried out"), "warning"),
    "restoring": StateLabel("◔", N_("being restored"), "warning"),
    "held": StateLabel("✖", N_("held: not carried out"), "bad"),
    "ordered": StateLabel("◔", N_("ordered"), "warning"),
    "scheduled": StateLabel("◷", N_("ordered for later"), "warning"),
    "partially-restored": StateLabel("◐", N_("partly restored"), "warning"),
    "remedied": StateLabel("●", N_("cause remedied"), "warning"),
    "configured": StateLabel("◐", N_("configured, not seen to work"), "warning"),
    "asked": StateLabel("▸", N_("asked of the client"), "warning"),
    "suspended": StateLabel("‖", N_("in force"), "muted"),
    "notified": StateLabel("▸", N_("client told"), "muted"),
    "notice-waived": StateLabel("▸", N_("notice set aside"), "muted"),
    "approved": StateLabel("▸", N_("approved"), "muted"),
    "checked": StateLabel("▸", N_("checked"), "muted"),
    "draft": StateLabel("▫", N_("draft"), "muted"),
    "closed": StateLabel("✓", N_("closed"), "muted"),
    "cancelled": StateLabel("–", N_("cancelled"), "muted"),
}
CASE_GUEST = {
    "planned": StateLabel("▫", N_("planned"), "muted"),
    "applying": StateLabel("◔", N_("being suspended"), "warning"),
    "applying-waiting": StateLabel("…", N_("waits"), "warning"),
    "applying-failed": StateLabel("✖", N_("not suspended"), "bad"),
    "applying-partly": StateLabel("◐", N_("partly suspended"), "bad"),
    "suspended": StateLabel("‖", N_("in force"), "muted"),
    "configured": StateLabel("◐", N_("configured, not seen to work"), "warning"),
    "asked": StateLabel("▸", N_("asked of the client"), "warning"),
    "restoring": StateLabel("◔", N_("being restored"), "warning"),
    "restoring-waiting": StateLabel("…", N_("waits"), "warning"),
    "restoring-failed": StateLabel("✖", N_("not restored"), "bad"),
    "restored": StateLabel("●", N_("restored"), "good"),
    "gone": StateLabel("?", N_("gone"), "unknown"),
}
DELIVERY = {
    "unsent": StateLabel("▫", N_("not sent"), "muted"),
    "queued": StateLabel("…", N_("queued"), "muted"),
    "sending": StateLabel("◔", N_("being sent"), "accent"),
    "accepted": StateLabel("●", N_("accepted by the mail server"), "good"),
    "refused": StateLabel("✖", N_("refused by the mail server"), "bad"),
    "unknown": StateLabel("?", N_("outcome unknown"), "unknown"),
}
DEBT = {
    "unpaid": StateLabel("▲", N_("unpaid"), "warning"),
    "in-part": StateLabel("◐", N_("paid in part"), "warning"),
    "stale": StateLabel("?", N_("unpaid, unconfirmed"), "unknown"),
    "not-told": StateLabel("?", N_("only in the case"), "unknown"),
    "disputed": StateLabel("‖", N_("disputed"), "warning"),
    "court-time": StateLabel("‖", N_("time granted"), "warning"),
    "insolvency": StateLabel("‖", N_("insolvency"), "warning"),
    "paid": StateLabel("✓", N_("paid"), "muted"),
}
"""An invoice, by what weighs most on it; in the order of a list."""
ORDER = {
    "pending": StateLabel("…", N_("waiting"), "muted"),
    "doing": StateLabel("◔", N_("being done"), "accent"),
    "unknown": DELIVERY["unknown"],
}
HANDOVER = {
    "open": StateLabel("◔", N_("open"), "accent"),
    "signed": StateLabel("✓", N_("signed"), "muted"),
}
COPY = {
    "requested": StateLabel("▲", N_("copy requested"), "warning"),
    "made": StateLabel("◔", N_("copy made, to be handed over"), "warning"),
    "handed-over": StateLabel("◔", N_("copy handed over, receipt not confirmed"), "accent"),
    "received": StateLabel("●", N_("copy received by the client"), "good"),
    "waived": StateLabel("▫", N_("copy given up by the client"), "muted"),
}
FINDING = {
    "good": StateLabel("✓", N_("good"), "good"),
    "warning": StateLabel("!", N_("warning"), "warning"),
    "bad": StateLabel("✗", N_("bad"), "bad"),
}
"""A finding of `doctor`."""


def label_of(table: Mapping[str, StateLabel], state: str) -> StateLabel:
    """The state's label; a state that nobody listed is shown as it is called, as unknown."""
    return table.get(state) or StateLabel("?", visible(state), "unknown")


def label_text(table: Mapping[str, StateLabel], state: str) -> str:
    """The state's glyph and word, in the reader's language."""
    return label_of(table, state).text


def label_tone(table: Mapping[str, StateLabel], state: str) -> str:
    """The state's tone."""
    return label_of(table, state).tone


def word_held(status: str, case: str) -> str:
    """Return the state of a guest under a suspension, with its case: one that runs all the same is
    restricted in another way.
    """
    word = _(HELD.word) if status != "running" else word_of(GUEST, status)
    return f"{HELD.glyph} {word} {visible(case)}"


def word_of(table: Mapping[str, StateLabel], state: str) -> str:
    """The state's word alone, in the reader's language."""
    return _(label_of(table, state).word)


def month_label(*, out: bool, tier: int, worst_tier: int) -> StateLabel:
    """Return how a tenant's month stands; `worst_tier` is what would be due if nothing unmeasured
    was up.

    Where only that one is due nobody measured enough to say so: unknown is not good (R9).
    """
    if out:
        return MONTH["out"]
    if tier:
        return StateLabel("▲", f"{tier} %", "bad")
    return MONTH["unproven" if worst_tier else "kept"]
