"""Words what comes next in a case, and with which key."""

from collections.abc import Mapping

from noc_tui.i18n import N_, _, language
from noc_tui.views.next_step import Kind, NextStep

_WORDS: Mapping[Kind, str] = {
    "answer": N_("⏎ Next: {step}"),
    "time": N_("⏎ Next: settle when it is carried out"),
    "check": N_("⏎ Next: check that the case is complete"),
    "notice": N_("⏎ Next: notify the client"),
    "agreement": N_("◌ Waiting for another person's approval; their console tells them (^r)"),
    "approve": N_("⏎ Next: read the plan and approve it"),
    "pending": N_("◌ Waiting for the mail server to take the notice"),
    "order": N_("⏎ Next: order it"),
    "scheduled": N_("◷ Ordered for later: k moves it, x drops it"),
    "running": N_("◌ nocd carries it out"),
    "reapply": N_("⏎ Next: apply it again, it no longer holds"),
    "restore": N_("⏎ Next: restore, once the cause is remedied"),
    "over": N_("The case is over"),
}


def word_next(found: NextStep) -> str:
    """Return what comes next, in a line."""
    step = "" if found.step is None else found.step.label.in_(language())
    return _(_WORDS[found.kind]).format(step=step)
