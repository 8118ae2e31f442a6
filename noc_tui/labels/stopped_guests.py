"""Words that VMs of a plan do not run: what is suspended for what it sends may be another."""

from collections.abc import Iterable, Sequence

from noc_tui.contract.suspension.values import GuestId, Plan
from noc_tui.i18n import ngettext
from noc_tui.text import visible
from storage.guests import Guest


def list_stopped(plan: Plan, members: Iterable[Guest]) -> tuple[GuestId, ...]:
    """Return the planned guests that were last seen stopped."""
    stopped = {
        (one.cluster, one.vmid)
        for one in members
        if (one.last_status if one.status == "unknown" else one.status) == "stopped"
    }
    return tuple(one.ref for one in plan.guests if (one.ref.cluster, one.ref.vmid) in stopped)


def word_stopped(refs: Sequence[GuestId]) -> str:
    """Return that these guests are stopped, and what a measure on them does."""
    text = ngettext(
        "▲ stopped, as last seen: {guests}. A stopped VM sends nothing; the measure holds once it"
        " is started.",
        "▲ stopped, as last seen: {guests}. A stopped VM sends nothing; the measure holds once they"
        " are started.",
        len(refs),
    )
    return text.format(guests=visible(", ".join(map(str, refs))))
