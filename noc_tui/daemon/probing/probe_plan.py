"""Lists the probes: one for each endpoint of the register, and those of the configuration."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from noc_tui.config.values import Configuration
from noc_tui.contract.terms_book import TermsBook
from noc_tui.probing.target import BadTargetError, Target
from storage.connection import Readable
from storage.register import TENANTS, Tenant

PING = "ping:"
"""How the names of probes begin whose silence proves nothing (R8)."""

OURS = ("probe:", PING)
"""How the names of sources begin that are probes of a tenant's connectivity."""

VANTAGE = "@"
"""What stands before the vantage's name in a source that is observed from outside."""


@dataclass(frozen=True, slots=True)
class PlannedProbe:
    """A probe to send. `source` is what it observes, `observer` its own name in the ledger.

    `interval` and `timeout` in seconds; `confirm` failures in a row confirm an outage.
    """

    observer: str
    source: str
    tenant: str
    target: Target
    interval: float
    timeout: float
    confirm: int


def source_of(tenant: str, name: str, target: Target) -> str:
    """Return how a probe of connectivity is named; ICMP apart, since its loss proves nothing
    (R8).
    """
    return f"{'ping' if target.kind == 'icmp' else 'probe'}:{tenant}/{name}"


async def plan_probes(
    db: Readable, config: Configuration, terms: TermsBook, today: date
) -> list[PlannedProbe]:
    """Return every probe, by the register and the configuration as they are now.

    Failures that neither the probe nor `[probing]` counts are confirmed as its tenant's terms say.
    """

    def confirm(tenant: str) -> int:
        in_force = terms.for_tenant(tenant, today)
        return config.probing.failures or in_force.availability.confirm_failures

    tenants = await TENANTS.read(db)
    known = {tenant.id for tenant in tenants}
    return [
        *(_endpoints(tenants, config, confirm) if config.probing.endpoints else ()),
        *(one for one in _configured(config, confirm) if one.tenant in known),
    ]


def _endpoints(
    tenants: Iterable[Tenant], config: Configuration, confirm: Callable[[str], int]
) -> Iterator[PlannedProbe]:
    for tenant in tenants:
        for text in tenant.endpoints:
            try:
                target = Target.parse(text)
            except BadTargetError:
                continue  # the register has told of it when it was read
            source = source_of(tenant.id, text, target)
            interval, timeout = config.probing.interval, config.probing.timeout
            yield PlannedProbe(
                observer=source,
                source=source,
                tenant=tenant.id,
                target=target,
                interval=interval,
                timeout=timeout,
                confirm=confirm(tenant.id),
            )


def _configured(config: Configuration, confirm: Callable[[str], int]) -> Iterator[PlannedProbe]:
    for probe in config.probes:
        target = Target.parse(probe.target)
        observer = source_of(probe.tenant, probe.name, target)
        yield PlannedProbe(
            observer=observer,
            source=f"guest:{probe.instance}" if probe.instance else observer,
            tenant=probe.tenant,
            target=target,
            interval=probe.interval or config.probing.interval,
            timeout=probe.timeout or config.probing.timeout,
            confirm=probe.failures or confirm(probe.tenant),
        )


def instance_watchers(config: Configuration) -> dict[str, str]:
    """Instances that have a probe of their own, with that probe's name: it alone decides (R7)."""
    return {
        f"guest:{probe.instance}": source_of(probe.tenant, probe.name, Target.parse(probe.target))
        for probe in config.probes
        if probe.instance
    }


def reporting_vantages(config: Configuration) -> frozenset[str]:
    """Return the vantages whose reports are accepted."""
    return frozenset(one.name for one in config.vantages if config.probing.drop is not None)


def vantage_of(source: str) -> str:
    """The vantage that a source is observed from; empty for one that `nocd` probes itself."""
    return source.rpartition(VANTAGE)[2] if VANTAGE in source else ""
