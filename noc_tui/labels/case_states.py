"""A suspension's states in words, for whoever tells of one."""

from noc_tui.i18n import N_, _

CASE_STATES = {
    "drifting": N_("drifting"),
    "termination-open": N_("termination open"),
    "partially-suspended": N_("partly suspended"),
    "executing": N_("being carried out"),
    "restoring": N_("being restored"),
    "ordered": N_("ordered"),
    "partially-restored": N_("partly restored"),
    "remedied": N_("cause remedied"),
    "suspended": N_("in force"),
    "notified": N_("client told"),
    "notice-waived": N_("notice set aside"),
    "approved": N_("approved"),
    "checked": N_("checked"),
    "draft": N_("draft"),
    "closed": N_("closed"),
    "cancelled": N_("cancelled"),
}


def case_state(code: str) -> str:
    """The word for a case's state; an unknown code is shown as it is."""
    return _(CASE_STATES.get(code, code))
