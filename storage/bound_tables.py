"""The tables whose rows are bound to the evidence log; those that a tenant's month rests on."""

from collections.abc import Sequence
from typing import Any

from storage import (
    authority,
    backup_nights,
    cloud_edges,
    data_copies,
    decisions,
    exhibits,
    incidents,
    intents,
    invoices,
    ledger,
    legal_registers,
    licences,
    membership,
    month_closes,
    months,
    oncall,
    outages,
    outbox,
    register,
    reparations,
    resources,
    scope,
    settings,
    suspension,
)
from storage.tables import Table

_MONTH: Sequence[Table[Any]] = (
    ledger.LEDGER,
    ledger.GAPS,
    ledger.OBSERVERS,
    ledger.PLACEMENTS,
    ledger.CLOCK_STEPS,
    outages.OUTAGES,
    outages.UNMEASURED,
    outages.ATTRIBUTIONS,
    outages.EXCLUSIONS,
    outages.MAINTENANCE,
    months.CREDITS,
    months.FIGURES,
    months.PROMISES,
    month_closes.MONTH_CLOSES,
    register.TENANTS,
    register.AMOUNTS,
    register.TENANT_POOLS,
    membership.WANTED_EMPTY,
)
MONTH_TABLES: Sequence[Table[Any]] = (*_MONTH, settings.SETTINGS)
"""What a tenant's month, its credit and its statement are worked out from, and as of when."""

MONTH_END_TABLES: Sequence[Table[Any]] = (
    *MONTH_TABLES,
    decisions.PROPOSED,
    incidents.INCIDENTS,
    outbox.MESSAGES,
    reparations.REPARATIONS,
)
"""What says besides whether a month is done with, and what of its credit is granted: what waits,
what is reviewed, what was sent, what counts against the cap of art. 12.
"""

CAP_TABLES: Sequence[Table[Any]] = (
    months.CREDITS,
    register.TENANTS,
    register.AMOUNTS,
    reparations.REPARATIONS,
    settings.SETTINGS,
)
"""What the cap of art. 12, and what counts against it, is worked out from."""

BOUND_TABLES: Sequence[Table[Any]] = (
    *_MONTH,
    decisions.PROPOSED,
    register.SITES,
    register.QUOTAS,
    incidents.INCIDENTS,
    incidents.ENTRIES,
    suspension.SUSPENSIONS,
    suspension.SUSPENDED_GUESTS,
    suspension.STEPS,
    exhibits.EXHIBITS,
    suspension.CONTRACT_TEXTS,
    suspension.TERMS_TEXTS,
    authority.AUTHORITY_ORDERS,
    invoices.INVOICES,
    backup_nights.BACKUP_NIGHTS,
    backup_nights.RESTORE_TESTS,
    resources.RESOURCE_LIMITS,
    licences.LICENCES,
    licences.LICENCE_AUDITS,
    cloud_edges.CLOUD_EDGES,
    cloud_edges.EDGE_STATES,
    data_copies.DATA_COPIES,
    reparations.REPARATIONS,
    legal_registers.SUBPROCESSORS,
    legal_registers.BREACHES,
    legal_registers.BREACH_NOTICES,
    scope.DECISIONS,
    scope.CASES,
    outbox.MESSAGES,
    intents.INTENTS,
    oncall.ALERTS,
    oncall.ALERT_NOTES,
    oncall.PAGES,
    oncall.SHIFTS,
    oncall.HANDOVERS,
    oncall.ITEMS,
    oncall.SHIFT_NOTES,
)
"""All tables whose rows have an entry."""

SIGNED_TABLES: Sequence[Table[Any]] = (resources.WATCH_MONTHS, settings.SETTINGS)
"""Those of which the rows of a scope are signed together."""

LEGAL_TABLES: Sequence[Table[Any]] = (
    register.TENANTS,
    legal_registers.SUBPROCESSORS,
    legal_registers.BREACHES,
    legal_registers.BREACH_NOTICES,
    settings.SETTINGS,
)
"""What the registers of arts. 14 and 15, and the notices of a breach, are drawn from."""

PROMISE_TABLES: Sequence[Table[Any]] = (
    *SIGNED_TABLES,
    register.TENANTS,
    backup_nights.BACKUP_NIGHTS,
    backup_nights.RESTORE_TESTS,
    resources.RESOURCE_LIMITS,
    licences.LICENCES,
    licences.LICENCE_AUDITS,
)
"""What a month of the promises of annexe 2 is worked out from."""
