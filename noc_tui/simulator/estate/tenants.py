"""The clients of the estate: what their contracts say, and which pools and accounts are theirs."""

from dataclasses import dataclass
from datetime import date, timedelta

from noc_tui.simulator.dice import Dice
from noc_tui.simulator.estate.names import slug, tenant_name

SUPPORT = ("none", "infogerance-flat", "infogerance-hourly", "assistance-hourly")


@dataclass(frozen=True, slots=True)
class Tenant:
    """One client: a share of the estate, and the facts of its contract.

    `clusters` are those where it has a pool called `pool`; `weight` is its share of the guests;
    `amount` is euros a month, `quota_margin` how much more than today it may use.
    """

    slug: str
    name: str
    email: str
    postal_address: str
    pool: str
    clusters: tuple[str, ...]
    weight: float
    user: str
    guest_users: tuple[str, ...]
    group: str
    amount: str
    contract_start: date
    support: str
    quota_margin: float

    @property
    def users(self) -> tuple[str, ...]:
        return (self.user, *self.guest_users)


def make_tenants(
    seed: int, count: int, clusters: tuple[str, ...], today: date
) -> tuple[Tenant, ...]:
    """The clients, largest first in weight but in no order of name."""
    return tuple(_tenant(seed, number, count, clusters, today) for number in range(count))


def _tenant(seed: int, number: int, count: int, clusters: tuple[str, ...], today: date) -> Tenant:
    dice = Dice.named(seed, "tenant", number)
    name = tenant_name(number)
    short = slug(name)
    home = clusters[number % len(clusters)]
    both = count == 1 or (count > 2 and number % 7 == 3)
    guests = tuple(f"{role}.{short}@pve" for role in ("compta", "dev")[: number % 3])
    return Tenant(
        slug=short,
        name=name,
        email=f"contact@{short}.example.fr",
        # One in five is not known, as in most registers.
        postal_address="" if number % 5 == 4 else f"{number + 1} rue de l’Exemple, 35000 Rennes",
        pool=short,
        clusters=clusters if both else (home,),
        weight=1.0 / (1 + number % 40) ** 0.7 + 0.15 * dice.fraction(),
        user=f"admin.{short}@pve",
        guest_users=guests,
        group=f"client-{short}" if number % 4 == 1 else "",
        amount=f"{dice.integer(90, 4209)}.{dice.choice(('00', '50', '90'))}",
        contract_start=_start(dice, number, today),
        support=SUPPORT[number % len(SUPPORT)],
        quota_margin=1.02 if number % 9 == 5 else dice.between(1.15, 1.8),
    )


def _start(dice: Dice, number: int, today: date) -> date:
    """Between last month and five years ago; some terms come due within four months."""
    if number % 6 == 2:
        return today - timedelta(days=36 * 30 - dice.integer(20, 110))
    return today - timedelta(days=dice.integer(40, 1800))
