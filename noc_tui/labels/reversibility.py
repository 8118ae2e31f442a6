"""Words the copy owed at the end of a contract (art. 16.2), and what bars deletion."""

from collections.abc import Iterator, Sequence

from noc_tui.contract.reversibility import CopyStep, DeletionBar, data_act_until
from noc_tui.i18n import N_, _, ngettext
from noc_tui.labels import formats
from noc_tui.labels.states import COPY, label_text
from noc_tui.text import visible
from noc_tui.views.contract import ContractState
from storage.data_copies import DataCopy

STEPS = {
    CopyStep.MAKE: N_("Note that the copy was made"),
    CopyStep.HAND_OVER: N_("Note that the copy was handed over"),
    CopyStep.RECEIVE: N_("Note that the client received it"),
    CopyStep.REJECT: N_("Note that the client cannot use it"),
    CopyStep.WAIVE: N_("Note that the client gives it up (a lead)"),
}
BARS = {
    DeletionBar.UNDER_CONTRACT: N_("the contract runs"),
    DeletionBar.DATA_UNCONFIRMED: N_("the client has not confirmed its data (art. 16.1)"),
    DeletionBar.COPY_MAY_BE_ASKED: N_("a copy can still be asked for (art. 16.2)"),
    DeletionBar.COPY_OPEN: N_("a copy that was asked for was not received (art. 16.2)"),
}

Fact = tuple[str, str]


def deletion_words(bars: Sequence[DeletionBar]) -> str:
    """Whether anything of the tenant may be deleted, and why not."""
    if not bars:
        return _("yes: confirm the deletion to the client, backups included (GDPR art. 28)")
    return _("no: {reasons}").format(reasons=" · ".join(_(BARS[one]) for one in bars))


def deletion_facts(contract: ContractState) -> list[Fact]:
    """What an ended contract still bars, with the days of both texts."""
    facts = [(_("May be deleted"), deletion_words(contract.deletion_bars))]
    if (until := data_act_until(contract.ending)) is not None:
        text = _("{day}, by Regulation (EU) 2023/2854 art. 25, where it applies")
        facts.insert(0, (_("Data retrievable until"), text.format(day=formats.day(until))))
    return facts


def copy_facts(contract: ContractState) -> list[Fact]:
    """The lines of a tenant's copies, the newest first; one line where none was asked for."""
    if not contract.copies:
        return [(_("Requested"), _("no copy was asked for"))]
    return [fact for copy in reversed(contract.copies) for fact in _facts(contract, copy)]


def _facts(contract: ContractState, copy: DataCopy) -> Iterator[Fact]:
    number = _("No. {number}").format(number=copy.id)
    yield _("State"), f"{label_text(COPY, copy.state)} · {number}"
    if copy.state in ("requested", "made"):
        yield _("To be handed over by"), _due(contract, copy)
    asked = (formats.instant(copy.requested_at), copy.requested_by, copy.channel, copy.reference)
    yield _("Requested"), _joined(*asked)
    if copy.made_at is not None:
        count = ngettext("{n} guest", "{n} guests", len(copy.guests)).format(n=len(copy.guests))
        yield _("Made"), _joined(formats.instant(copy.made_at), count, copy.medium)
        yield "SHA-256", copy.digest
    if copy.left_out:
        yield _("Left out"), visible(copy.left_out)
    if copy.handed_at is not None:
        yield (
            _("Handed over"),
            _joined(formats.instant(copy.handed_at), copy.handed_to, copy.handover_proof),
        )
    if copy.received_at is not None:
        yield _("Receipt"), _joined(formats.instant(copy.received_at), copy.receipt_proof)
    if copy.reason:
        yield (
            _("Given up") if copy.state == "waived" else _("Last copy not usable"),
            visible(copy.reason),
        )
    yield _("Noted by"), visible(copy.account)


def _due(contract: ContractState, copy: DataCopy) -> str:
    due = contract.copy_due(copy)
    if due.until is not None:
        return formats.day(due.until)
    if due.in_time:
        return _("not known yet: counted from the day on which termination takes effect")
    return _("no day: it was asked for after the time of art. 16.2")


def _joined(*parts: str) -> str:
    return visible(" · ".join(part for part in parts if part))
