"""The tenant register as frozen values (R5), whatever file they came from.

Whatever is not given is unknown (None or empty), and is shown as unknown: no figure is guessed.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

SupportKind = Literal["none", "infogerance", "assistance"]
ContractKind = Literal["adhesion", "negotiated"]
Billing = Literal["flat", "hourly"]
Layer = Literal["os", "services", "databases", "applications", "data"]
LAYERS: tuple[Layer, ...] = ("os", "services", "databases", "applications", "data")

Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}\Z")]
Limit = Annotated[int, Meta(ge=0, le=(1 << 33) - 1)]
"""In GiB this is the most that the database holds as bytes; bytes where GiB are meant are above."""
Text = Annotated[str, Meta(min_length=1, max_length=200)]


class Amount(Struct, frozen=True, kw_only=True):
    """The monthly amount excluding tax, in euros, from that day on."""

    valid_from: date = field(name="from")
    monthly: Annotated[Decimal, Meta()]


class Support(Struct, frozen=True, kw_only=True):
    """Level-2 infogérance or technical assistance, how it is billed, and what it covers."""

    kind: SupportKind = "none"
    billing: Billing | None = None
    perimeter: tuple[Layer, ...] = ()


class Quotas(Struct, frozen=True, kw_only=True):
    """What the tenant may use (R30); None is no limit."""

    vcpus: Limit | None = None
    memory_gib: Limit | None = None
    disk_gib: Limit | None = None
    guests: Limit | None = None


class RegisterTenant(Struct, frozen=True, kw_only=True):
    """One client. `pools` are Proxmox pools, `pool` on every cluster or `cluster:pool` on one.

    `notice_given` is the day on which a registered letter ended the contract, `data_confirmed` the
    day on which the client confirmed that it has its data (R28). `contract` says how a doubt of it
    is read (R11). `postal_address` is where letters on paper go, in lines or parted by commas.
    """

    id: Id
    name: Text
    email: str
    pools: tuple[Text, ...]
    contract_start: date | None = None
    contract_end: date | None = None
    notice_given: date | None = None
    data_confirmed: date | None = None
    contract: ContractKind = "adhesion"
    postal_address: Annotated[str, Meta(max_length=300)] = ""
    proxmox_users: tuple[str, ...] = ()
    proxmox_groups: tuple[str, ...] = ()
    guest_users: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    amounts: tuple[Amount, ...] = field(default=(), name="amount")
    support: Support = Support()
    quotas: Quotas = Quotas()

    @property
    def address_line(self) -> str:
        """The postal address in one line; empty where none is given."""
        parts = (part.strip(" ,") for part in self.postal_address.splitlines())
        return ", ".join(part for part in parts if part)

    def monthly_amount(self, day: date) -> Decimal | None:
        """The amount that holds on that day; None before the first one."""
        started = [amount for amount in self.amounts if amount.valid_from <= day]
        return max(started, key=lambda amount: amount.valid_from).monthly if started else None
