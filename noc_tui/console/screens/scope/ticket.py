"""The ticket that is looked up: where it comes from, and what its tenant's contract makes of it."""

from dataclasses import dataclass

from noc_tui.contract.annexe2.answer import Answer
from noc_tui.contract.annexe2.infogerance import Contract, Coverage
from noc_tui.contract.annexe2.reply import Language, reply
from noc_tui.contract.annexe2.standing import contract_of, standing
from noc_tui.contract.terms import Terms
from noc_tui.i18n import _
from noc_tui.text import visible
from storage.register import Tenant


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a ticket comes from: `subject` is an incident or alert, as the evidence names it."""

    text: str = ""
    tenant: str = ""
    reference: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How answers are seen through a tenant's support contract; nothing of an unknown tenant."""

    terms: Terms
    tenant: Tenant | None

    @property
    def contract(self) -> Contract | None:
        """The support contract, where the tenant is known."""
        if self.tenant is None:
            return None
        return contract_of(
            self.tenant.support, self.tenant.support_billing, self.tenant.support_perimeter
        )

    def coverage(self, answer: Answer) -> Coverage:
        """What level-2 infogérance makes of the answer."""
        return standing(self.terms, answer.verdict, answer.row, self.contract)

    def reply(self, answer: Answer, row: str, language: Language) -> str:
        """What the client is told when `row` holds."""
        contract = self.contract
        covered = standing(self.terms, answer.verdict, row, contract)
        return reply(self.terms, answer, row, covered, language, known=contract is not None)


def origin_line(opened: Opened, tenant: Tenant | None) -> str:
    """Whose ticket it is, its number and where it was opened."""
    told = [
        _("tenant: {name}").format(name=visible(tenant.name) if tenant else _("(unknown)")),
        _("ticket: {reference}").format(reference=visible(opened.reference) or _("(none)")),
    ]
    if opened.subject:
        told.append(_("from {subject}").format(subject=visible(opened.subject)))
    return " · ".join(told)
