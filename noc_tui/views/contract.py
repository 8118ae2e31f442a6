"""Computes the state of a tenant's contract from the register's dates (R28).

Statements and figures, the register's screens and commands, retention and alerts all ask here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from noc_tui.contract.calendar import micros, paris_day
from noc_tui.contract.life import Ending, LifeStage, LifeStanding, find_ending, find_life_standing
from noc_tui.contract.reversibility import (
    CopyDue,
    DeletionBar,
    find_copy_due,
    list_deletion_bars,
)
from noc_tui.contract.terms_shape import Life
from storage.data_copies import DataCopy
from storage.register import Tenant


@dataclass(frozen=True, slots=True)
class ContractState:
    """`life` is None without a start; `ends` and `find_ending` while nobody ended the contract.

    `ends` is the last day that the register names, else the term to which notice was given.
    `last_day` is the last one under contract: that on which termination takes effect (R28), as the
    register says by now; None while it does not say. It is the one meaning of *under contract*:
    whoever is billed is promised, and nothing of theirs is erased or deleted (R11, R33). `copies`
    are those that the tenant asked for.
    """

    life: LifeStanding | None
    ends: date | None
    ending: Ending | None
    last_day: date | None
    copies: tuple[DataCopy, ...] = ()

    @property
    def deletion_bars(self) -> tuple[DeletionBar, ...]:
        """Why nothing of the tenant may be deleted; empty where it may."""
        return list_deletion_bars(self.ending, copy_open=any(one.is_open for one in self.copies))

    def copy_due(self, copy: DataCopy) -> CopyDue:
        """By when a copy of the tenant's is to be handed over."""
        return find_copy_due(paris_day(micros(copy.requested_at)), self.ending)

    @property
    def warned(self) -> bool:
        """Whether notice is still open and its four months of warning have come."""
        return self.ends is None and self.life is not None and self.life.stage is LifeStage.WARNED


def contract_state(
    tenant: Tenant, today: date, terms: Life, copies: Iterable[DataCopy]
) -> ContractState:
    """Return the state of the tenant's contract on a day in Paris; `copies` are those of the
    tenant, or of all tenants.
    """
    own = tuple(one for one in copies if one.tenant == tenant.id)
    life, ends = _life(tenant, today, terms)
    ending = None if ends is None else find_ending(ends, tenant.data_confirmed, today, terms)
    return ContractState(life, ends, ending, find_last_day(tenant, today, terms), own)


def find_last_day(tenant: Tenant, today: date, terms: Life) -> date | None:
    """Return the last day under contract, as the register says by `today`; None while it goes on.

    A day that is entered beforehand is the last one whenever that is asked. Before the client
    confirms that it has its data no termination takes effect (R28).
    """
    if tenant.data_confirmed is None:
        return None
    then = max(today, tenant.notice_given or today, tenant.data_confirmed)
    _standing, known = _life(tenant, then, terms)
    return (
        None if known is None else find_ending(known, tenant.data_confirmed, then, terms).effective
    )


def _life(tenant: Tenant, day: date, terms: Life) -> tuple[LifeStanding | None, date | None]:
    start = tenant.contract_start
    life = None if start is None else find_life_standing(start, day, terms, tenant.notice_given)
    return life, tenant.contract_end or (None if life is None else life.ends)
