"""Words a case for an operator: what it needs, and how its client is notified."""

from noc_tui.contract.suspension.approval import awaits
from noc_tui.contract.suspension.schedule import is_to_be_ordered
from noc_tui.contract.suspension.values import ENDED, Case
from noc_tui.contract.terms import Terms
from noc_tui.i18n import N_, _, language
from noc_tui.labels.states import DELIVERY, word_of
from noc_tui.text import visible
from storage.outbox import Message

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
    "none": N_("not sent yet to the client"),
    "before": N_("client notified beforehand"),
    "after": N_("due when the measure takes effect, at the latest"),
    "waived": N_("waived"),
    "withheld": N_("withheld: an authority forbids it"),
}
PURPOSES = {
    "notice": N_("notice"),
    "formal-notice": N_("formal notice to pay"),
    "in-force": N_("announced measure in force"),
    "restored": N_("services restored"),
    "withdrawn": N_("announced measure not taken"),
}
SCOPES = {"tenant": N_("all services"), "guests": N_("chosen VMs")}


def notice_words(case: Case) -> str:
    """Return how the client is notified, and the state of that mail where one is owed or was sent:
    none is of a notice that is withheld, or of a case that was dropped before it took effect.
    """
    notice = case.notice
    if notice.delivery == "unsent":
        if notice.mode == "withheld":
            return _(NOTICES["withheld"])
        if case.state in ENDED and not case.carried_out:
            return _("none due: nothing was carried out")
        if notice.mode == "none":
            return _(NOTICES["none"])
    return f"{_(NOTICES[notice.mode])} · {word_of(DELIVERY, notice.delivery)}"


def mail_words(message: Message) -> str:
    """Return the purpose and the state of a mail, with the server's own words."""
    purpose = _(PURPOSES.get(message.purpose, message.purpose))
    return visible(f"{purpose} · {word_of(DELIVERY, message.state)} · {message.answer}")


def ground_words(case: Case, terms: Terms | None) -> str:
    """The ground by its name; by its id where the case's terms are not kept."""
    return case.ground if terms is None else terms.ground(case.ground).label.in_(language())


def word_targets(terms: Terms | None) -> dict[str, str]:
    """Return the requirements that evidence shows by their names; a clause keeps its number."""
    requirements = () if terms is None else terms.requirements
    return {row.id: visible(row.label.in_(language())) for row in requirements}


def waits_for(case: Case, terms: Terms | None) -> str:
    """Return what the case needs from a person now, in a few words; empty if nothing."""
    wants = []
    if terms is None and case.state not in ENDED:
        wants.append(_("its terms"))
    elif terms is not None and awaits(case, terms):
        wants.append(_("approval"))
    if case.state == "held":
        wants.append(_("another look"))
    if is_to_be_ordered(case) and not wants:
        wants.append(_("order, moved"))
    if case.review is not None and case.review.at is None:
        wants.append(_("review"))
    if case.carried_out and case.notice.owed and not case.rehearsal:
        wants.append(_("notice"))
    if case.drift:
        wants.append(_("drift: {n}").format(n=len(case.drift)))
    return ", ".join(wants)
