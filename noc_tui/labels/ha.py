"""What HA's managers and services do, in words; managers by topic and state (`crm:dead`)."""

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

SERVICES = {
    "started": ("●", N_("kept running")),
    "stopped": ("○", N_("kept stopped")),
    "disabled": ("○", N_("kept stopped, also if its node fails")),
    "queued": ("◔", N_("not taken up yet")),
    "request_start": ("◔", N_("being started")),
    "request_start_balance": ("◔", N_("being started")),
    "starting": ("◔", N_("being started")),
    "request_stop": ("◔", N_("being stopped")),
    "stopping": ("◔", N_("being stopped")),
    "migrate": ("◔", N_("being migrated")),
    "relocate": ("◔", N_("being moved, stopped meanwhile")),
    "freeze": ("‖", N_("frozen until its node’s agent is back")),
    "fence": ("◔", N_("waits until its node is fenced")),
    "recovery": ("◔", N_("waits for another node")),
    "error": ("✖", N_("given up: set it to disabled, then to started")),
    "ignored": ("·", N_("not managed")),
    "ignore": ("·", N_("not managed")),
}
"""Glyph and word of a service's states."""


def service_words(state: str | None) -> str:
    """Return what HA does with a guest; a dash for one that it does not have."""
    if not state:
        return "—"
    glyph, word = SERVICES.get(state, ("?", ""))
    return f"{glyph} {_(word) if word else visible(state)}"


def manager_words(code: str) -> str:
    """Return what is wrong with a manager, in the reader's language."""
    return _(MANAGERS[code]) if code in MANAGERS else visible(code)
