"""Words how a tenant stands against the cap of art. 12."""

from noc_tui.contract.liability import WARN_PERCENT, CapStanding
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.text import visible
from storage.reparations import Reparation

KINDS = {
    "damages": N_("damages"),
    "settlement": N_("settlement"),
    "goodwill": N_("goodwill"),
}
PROPOSED = {"full": N_("grant it in full"), "cut": N_("cut it to what is left")}
"""What is proposed for a credit that exceeds what is left."""


def cap_line(standing: CapStanding) -> str:
    """The sum, the cap and the part of it, in a line; a sign from `WARN_PERCENT` on."""
    used = formats.money(standing.used)
    if standing.cap is None or standing.percent is None:
        return _("{used} of an unknown cap: an amount is not on file").format(used=used)
    sign = "▲ " if standing.percent >= WARN_PERCENT else ""
    text = _("{used} of {cap} ({percent})")
    return sign + text.format(
        used=used, cap=formats.money(standing.cap), percent=formats.percent(standing.percent)
    )


def cap_facts(standing: CapStanding) -> list[tuple[str, str]]:
    """What the cap is made of, and both readings of whether credits count."""
    first, last = (
        (str(standing.months[0]), str(standing.months[-1]))
        if standing.months
        else (
            "?",
            "?",
        )
    )
    left = formats.UNKNOWN if standing.left is None else formats.money(standing.left)
    cap = formats.UNKNOWN if standing.cap is None else formats.money(standing.cap)
    without = _("{sum} without the credits, where these are no reparation")
    return [
        (_("Cap (art. 12)"), _("{cap}, months {first} to {last}").format(
            cap=cap, first=first, last=last
        )),
        (_("Credits granted"), formats.money(standing.credits)),
        (_("Other reparations"), formats.money(standing.others)),
        (_("Sum"), f"{cap_line(standing)} · {without.format(sum=formats.money(standing.others))}"),
        (_("Left"), left),
        (_("A credit beyond it"), _("proposed: {what}").format(
            what=_(PROPOSED[standing.proposed])
        )),
    ]  # fmt: skip


def reparation_line(one: Reparation) -> str:
    """A reparation in a line."""
    parts = [
        _("No. {number}").format(number=one.id),
        formats.day(one.decided_on),
        formats.money(one.amount),
        _(KINDS.get(one.kind, one.kind)),
        one.subject,
        one.reference,
        one.account,
    ]
    if not one.capped:
        parts.append(_("outside the cap: {reason}").format(reason=one.uncapped_because))
    if one.withdrawn:
        parts.append(_("withdrawn: {reason}").format(reason=one.withdrawn_because))
    return visible(" · ".join(part for part in parts if part))
