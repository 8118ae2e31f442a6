"""Checks of a tenant's fields that types alone cannot make, alone and against each other."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from noc_tui.addresses import is_address
from noc_tui.i18n import _
from noc_tui.register.values import RegisterTenant

SCHEMES = ("https", "http", "tcp", "icmp")
_USER = re.compile(r"[^\s:/!@]+@[A-Za-z][\w.-]+\Z")
_POOL = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]*:)?[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+){0,2}\Z")
"""As Proxmox takes the name of a pool, a cluster and a colon before it or not."""
_GROUP = re.compile(r"[A-Za-z0-9._-]+\Z")
CENTS = 2
EURO_DIGITS = 12
YEARS = range(1900, 2200)
"""Those of a contract's days: what lies outside is a slip, and its terms may leave the calendar."""
DATED = ("contract_start", "contract_end", "notice_given", "data_confirmed")

Finding = tuple[str, str]
"""(key, what is wrong)."""


def tenant_findings(tenant: RegisterTenant) -> Iterator[Finding]:
    """Yield what is wrong with one tenant by itself."""
    if not is_address(tenant.email):
        yield "email", _("{address!r} is not an e-mail address").format(address=tenant.email)
    if not tenant.pools:
        yield "pools", _("at least one pool is needed: it makes the tenant's guests")
    yield from _name_findings(tenant)
    yield from _date_findings(tenant)
    yield from _contract_findings(tenant)
    for number, user in enumerate(tenant.proxmox_users):
        if not _USER.match(user):
            yield f"proxmox_users[{number}]", _("{user!r} is not user@realm").format(user=user)
    for number, endpoint in enumerate(tenant.endpoints):
        if not _is_endpoint(endpoint):
            text = _("{endpoint!r} is none of https://…, http://…, tcp://host:port, icmp://host")
            yield f"endpoints[{number}]", text.format(endpoint=endpoint)
    yield from _amount_findings(tenant)
    yield from _support_findings(tenant)


def _name_findings(tenant: RegisterTenant) -> Iterator[Finding]:
    for number, pool in enumerate(tenant.pools):
        if not _POOL.match(pool):
            text = _("{name!r} is no name of a pool in Proxmox: pool or cluster:pool")
            yield f"pools[{number}]", text.format(name=pool)
    for number, group in enumerate(tenant.proxmox_groups):
        if not _GROUP.match(group):
            text = _("{name!r} is no name of a group in Proxmox")
            yield f"proxmox_groups[{number}]", text.format(name=group)


def _date_findings(tenant: RegisterTenant) -> Iterator[Finding]:
    dates = [(key, getattr(tenant, key)) for key in DATED]
    dates += [(f"amount.#{n}.from", row.valid_from) for n, row in enumerate(tenant.amounts, 1)]
    for key, day in dates:
        if day is not None and day.year not in YEARS:
            text = _("{day}: the year must be from {first} to {last}")
            yield key, text.format(day=day, first=YEARS[0], last=YEARS[-1])


def _contract_findings(tenant: RegisterTenant) -> Iterator[Finding]:
    start = tenant.contract_start
    if start and tenant.contract_end and tenant.contract_end < start:
        yield "contract_end", _("the contract ends before it starts")
    if start and tenant.notice_given and tenant.notice_given < start:
        yield "notice_given", _("notice was given before the contract starts")
    if tenant.data_confirmed and not (tenant.contract_end or tenant.notice_given):
        text = _("a contract that ends is meant: give contract_end or notice_given")
        yield "data_confirmed", text


def _amount_findings(tenant: RegisterTenant) -> Iterator[Finding]:
    days: set[object] = set()
    for number, amount in enumerate(tenant.amounts, 1):
        exponent = amount.monthly.as_tuple().exponent
        if (
            not isinstance(exponent, int)
            or exponent < -CENTS
            or amount.monthly < 0
            or amount.monthly.adjusted() >= EURO_DIGITS
        ):
            text = _("{amount} is not an amount of euros and cents").format(amount=amount.monthly)
            yield f"amount.#{number}.monthly", text
        if amount.valid_from in days:
            yield f"amount.#{number}.from", _("another amount starts on this day")
        days.add(amount.valid_from)


def _support_findings(tenant: RegisterTenant) -> Iterator[Finding]:
    support = tenant.support
    if support.kind == "none" and (support.billing or support.perimeter):
        yield "support.kind", _("without a support contract there is no billing and no perimeter")
    if support.kind != "none" and support.billing is None:
        yield "support.billing", _("say flat or hourly")


def _is_endpoint(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in SCHEMES or not parts.hostname or re.search(r"\s", text):
        return False
    return port is not None if parts.scheme == "tcp" else True


def doubles(tenants: Sequence[tuple[int, RegisterTenant]]) -> Iterator[tuple[int, str, str]]:
    """(index, key, what is wrong) of what two tenants cannot share: ids, pools, Proxmox users."""
    owners: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for index, tenant in tenants:
        owners["id", tenant.id].append((index, "id"))
        for key in ("pools", "proxmox_users", "proxmox_groups"):
            for number, value in enumerate(getattr(tenant, key)):
                owners[key, value].append((index, f"{key}[{number}]"))
    names = {index: tenant.id for index, tenant in tenants}
    for (_kind, value), places in owners.items():
        first = places[0][0]
        for index, key in places[1:]:
            text = _("{value} is already given for {tenant}")
            yield index, key, text.format(value=value, tenant=names[first])
