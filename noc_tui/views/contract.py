"""Computes the state of a tenant's contract from the register's dates (R28).

Statements and figures, the register's screens and commands, retention and alerts all ask here.
"""

from dataclasses import dataclass
from datetime import date

from noc_tui.contract.life import Ending, LifeStage, LifeStanding, find_ending, find_life_standing
from noc_tui.contract.terms_shape import Life
from storage.register import Tenant


@dataclass(frozen=True, slots=True)
class ContractState:
    """`life` is None without a start; `ends` and `find_ending` while nobody ended the contract.

    `ends` is the last day that the register names, else the term to which notice was given.
    """

    life: LifeStanding | None
    ends: date | None
    ending: Ending | None

    @property
    def last_day(self) -> date | None:
        """The last day under contract: that on which termination takes effect (R28), in Paris.

        None while it has not. The one meaning of *under contract*: whoever is billed is promised,
        and nothing of theirs is erased or deleted (R11, R33).
        """
        return None if self.ending is None else self.ending.effective

    @property
    def warned(self) -> bool:
        """Whether notice is still open and its four months of warning have come."""
        return self.ends is None and self.life is not None and self.life.stage is LifeStage.WARNED


def contract_state(tenant: Tenant, today: date, terms: Life) -> ContractState:
    """Return the state of the tenant's contract on a day in Paris."""
    start = tenant.contract_start
    life = None if start is None else find_life_standing(start, today, terms, tenant.notice_given)
    ends = tenant.contract_end or (life.ends if life is not None else None)
    last = None if ends is None else find_ending(ends, tenant.data_confirmed, today, terms)
    return ContractState(life, ends, last)
