"""States of cases and of their guests as an operator reads them."""

from noc_tui.console.words import Word
from noc_tui.contract.suspension.approval import awaits
from noc_tui.contract.suspension.values import Case
from noc_tui.contract.terms import Terms
from noc_tui.i18n import N_, _

STATES: dict[str, Word] = {
    "drifting": Word("✖", N_("drifting"), "bad"),
    "termination-open": Word("▲", N_("termination open"), "warning"),
    "partially-suspended": Word("◐", N_("partly suspended"), "warning"),
    "executing": Word("◔", N_("being carried out"), "warning"),
    "restoring": Word("◔", N_("being restored"), "warning"),
    "ordered": Word("◔", N_("ordered"), "warning"),
    "partially-restored": Word("◐", N_("partly restored"), "warning"),
    "remedied": Word("●", N_("cause remedied"), "warning"),
    "suspended": Word("‖", N_("in force"), "muted"),
    "notified": Word("▸", N_("client told"), "muted"),
    "notice-waived": Word("▸", N_("notice set aside"), "muted"),
    "approved": Word("▸", N_("approved"), "muted"),
    "checked": Word("▸", N_("checked"), "muted"),
    "draft": Word("▫", N_("draft"), "muted"),
    "closed": Word("✓", N_("closed"), "muted"),
    "cancelled": Word("–", N_("cancelled"), "muted"),
}
GUESTS: dict[str, Word] = {
    "planned": Word("▫", N_("planned"), "muted"),
    "applying": Word("◔", N_("being suspended"), "warning"),
    "applying-waiting": Word("…", N_("waits"), "warning"),
    "applying-failed": Word("✖", N_("not suspended"), "bad"),
    "suspended": Word("‖", N_("in force"), "muted"),
    "restoring": Word("◔", N_("being restored"), "warning"),
    "restoring-waiting": Word("…", N_("waits"), "warning"),
    "restoring-failed": Word("✖", N_("not restored"), "bad"),
    "restored": Word("●", N_("restored"), "good"),
    "gone": Word("?", N_("gone"), "unknown"),
}
RIGHTS = {
    "settled": N_("right to terminate"),
    "unsettled": N_("right to terminate: unsettled"),
    "not-proposed": N_("no right to terminate"),
}
APPROVALS = {
    "none": N_("not needed"),
    "second": N_("a second person"),
    "lead": N_("a lead"),
    "break-glass": N_("a second person, or alone with a review within 24 h"),
    "window": N_("a lead"),
}
NOTICES = {
    "none": N_("not told yet"),
    "before": N_("told before"),
    "after": N_("to be told as soon as possible after"),
    "waived": N_("waived"),
    "withheld": N_("withheld: an authority forbids it"),
}
DELIVERIES = {
    "unsent": N_("not sent"),
    "queued": N_("queued"),
    "accepted": N_("accepted by the mail server"),
    "refused": N_("refused by the mail server"),
    "unknown": N_("unknown whether it was sent"),
}
SCOPES = {"tenant": N_("all services"), "guests": N_("chosen guests")}


def notice_words(mode: str, delivery: str) -> str:
    """How the client is told, and how far that mail is."""
    return f"{_(NOTICES[mode])} · {_(DELIVERIES[delivery])}"


def waits_for(case: Case, terms: Terms) -> str:
    """What the case wants of somebody now, in a few words; empty when of nobody."""
    wants = []
    if awaits(case, terms):
        wants.append(_("approval"))
    if case.review is not None and case.review.at is None:
        wants.append(_("review"))
    if case.started_at is not None and case.notice.owed and not case.rehearsal:
        wants.append(_("notice"))
    if case.drift:
        wants.append(_("drift: {n}").format(n=len(case.drift)))
    return ", ".join(wants)
