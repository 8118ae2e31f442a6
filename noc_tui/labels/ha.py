"""What HA's managers do, in words: by topic and state of a fact (`crm:dead`)."""

from noc_tui.i18n import N_, _
from noc_tui.text import visible

MANAGERS = {
    "crm:dead": N_("its manager (CRM) is silent"),
    "lrm:dead": N_("the agent of the node (LRM) is silent"),
    "lrm:maintenance": N_("the agent of the node (LRM) is silent, in maintenance"),
    "lrm:lost_agent_lock": N_("the node lost its lock and is about to be fenced"),
    "fencing:disarming": N_("it is being disarmed: soon nothing is recovered"),
    "fencing:disarmed": N_("it is disarmed: nothing is started, stopped or recovered"),
}


def manager_words(code: str) -> str:
    """Return what is wrong with a manager, in the reader's language."""
    return _(MANAGERS[code]) if code in MANAGERS else visible(code)
