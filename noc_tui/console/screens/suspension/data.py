"""Reads one case for its screen, and applies the rules to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from noc_tui.api.suspension import CasePage
from noc_tui.contract.suspension.checklist import CheckedStep, checklist
from noc_tui.contract.suspension.values import Case
from noc_tui.contract.terms import Terms
from noc_tui.queries.terms_archive import decode_terms, find_terms
from storage import outbox
from storage import suspension as stored
from storage.connection import Readable
from storage.evidence import EntryHead, acts_on
from storage.exhibits import exhibit_sizes
from storage.guests import GUESTS, Guest
from storage.outbox import Message
from storage.register import TENANTS
from storage.resources import GUEST_INSIDES
from storage.suspension import SUSPENSIONS, ContractText, SuspendedGuest
from storage.suspension import StepRow as Done


@dataclass(frozen=True, slots=True)
class CaseData:
    """A case with all that is shown beside it; `members` are the tenant's guests as last seen,
    `sizes` the bytes of each kept file by its SHA-256, `addresses` those of a guest
    (`cluster/vmid`) as far as its configuration and its agent told.

    `has_accounts`: the register names accounts of the client on the platform.

    `terms` are those that the case was opened under, None where they are not kept. `secret` is
    whether `nocd` alone reads the case, and answered it to who may know.
    """

    case: Case
    terms: Terms | None
    earlier: int
    guests: list[SuspendedGuest]
    journal: list[Done]
    messages: list[Message]
    text: ContractText | None
    members: list[Guest]
    sizes: dict[str, int]
    acts: list[EntryHead]
    has_accounts: bool = False
    secret: bool = False
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def steps(self, terms: Terms) -> tuple[CheckedStep, ...]:
        """The checklist as it stands."""
        return checklist(self.case, terms, self.earlier)


async def read_case(db: Readable, identifier: str) -> CaseData | None:
    """The case of that identifier; None when there is none."""
    row = await SUSPENSIONS.get(db, identifier)
    if row is None:
        return None
    case = msgspec.json.decode(row.document, type=Case)
    before = await stored.of_tenant(db, case.tenant)
    members, has_accounts = await _tenant(db, case.tenant)
    return CaseData(
        case=case,
        terms=await find_terms(db, case.terms_version),
        earlier=sum(
            one.id != case.id and one.started_at is not None and not one.rehearsal for one in before
        ),
        guests=await stored.guests_of(db, identifier),
        journal=await stored.steps_of(db, identifier),
        messages=await outbox.messages_about(db, f"suspension:{identifier}"),
        text=await stored.newest_text(db),
        members=members,
        sizes=await exhibit_sizes(db, identifier),
        acts=await acts_on(db, f"suspension:{identifier}"),
        has_accounts=has_accounts,
        addresses=await _addresses(db),
    )


async def read_secret_case(db: Readable, page: CasePage) -> CaseData:
    """Return a case that `nocd` answered, with what the database says of its tenant."""
    members, has_accounts = await _tenant(db, page.case.tenant)
    return CaseData(
        case=page.case,
        terms=decode_terms(page.terms),
        earlier=page.case.earlier_breaches,
        guests=[msgspec.convert(one, SuspendedGuest, from_attributes=True) for one in page.guests],
        journal=[msgspec.convert(one, Done, from_attributes=True) for one in page.journal],
        messages=[],
        text=await stored.newest_text(db),
        members=members,
        sizes=page.files,
        acts=[msgspec.convert(one, EntryHead, from_attributes=True) for one in page.acts],
        has_accounts=has_accounts,
        secret=True,
        addresses=await _addresses(db),
    )


async def _addresses(db: Readable) -> dict[str, tuple[str, ...]]:
    return {f"{row.cluster}/{row.vmid}": row.addresses for row in await GUEST_INSIDES.read(db)}


async def _tenant(db: Readable, identifier: str) -> tuple[list[Guest], bool]:
    """The tenant's guests as last seen, and whether the register names accounts of it."""
    tenant = await TENANTS.get(db, identifier)
    pools = set(tenant.pools) if tenant is not None else set()
    members = [
        guest
        for guest in await GUESTS.read(db)
        if guest.pool and f"{guest.cluster}/{guest.pool}" in pools and not guest.template
    ]
    return members, tenant is not None and bool(tenant.users or tenant.groups)
