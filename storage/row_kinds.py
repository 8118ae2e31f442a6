"""Which kinds of entries may hold digests of which table's rows.

An entry that speaks of rows that are none of its business binds nothing: who may append to the log
without the key, after the newest signed head, can write any entry, and must at least write one that
the act would have had.
"""

from collections.abc import Mapping, Sequence

from storage.evidence import ERASED, RESUMED
from storage.row_digests import ADOPTED

_REGISTER = ("register.read",)
_SUSPENSION = ("suspension.",)
_OBSERVED = ("availability.observed",)

KINDS: Mapping[str, Sequence[str]] = {
    "ledger": _OBSERVED,
    "gap": _OBSERVED,
    "placement": _OBSERVED,
    "observer": (*_OBSERVED, "clock.set_back"),
    "clock_step": ("clock.set_back",),
    "outage": (
        "availability.outage",
        "availability.outage_ended",
        "availability.outage_extended",
        "availability.outage_shortened",
        "availability.client_evidence",
        "clock.set_back",
        "incident.outage",
        "incident.merged",
    ),
    "unmeasured": ("availability.unmeasured", "clock.set_back"),
    "attribution": ("availability.attributed", "availability.attribution_reopened"),
    "exclusion": (
        "availability.excluded",
        "availability.exclusion_ended",
        "availability.exclusion_withdrawn",
        "availability.exclusion_reviewed",
    ),
    "proposed_decision": ("decision.",),
    "wanted_empty": ("tenant.emptiness_wanted", "tenant.emptiness_ended"),
    "maintenance": ("maintenance.",),
    "credit": ("credit.",),
    "month_figure": ("availability.month_terms",),
    "month_close": ("month.closed", "month.reopened"),
    "promise": ("availability.promised",),
    "tenant": _REGISTER,
    "tenant_amount": _REGISTER,
    "tenant_pool": _REGISTER,
    "tenant_quota": _REGISTER,
    "site": _REGISTER,
    "incident": ("incident.",),
    "incident_entry": ("incident.",),
    "suspension": _SUSPENSION,
    "suspension_guest": _SUSPENSION,
    "suspension_step": _SUSPENSION,
    "exhibit": (
        *_SUSPENSION,
        "availability.attributed",
        "availability.excluded",
        "decision.proposed",
    ),
    "authority_order": ("authority.",),
    "invoice": ("payments.imported",),
    "backup_night": ("backup.nights_checked",),
    "restore_test": ("backup.restore_tested",),
    "resource_limit": ("promise.limited",),
    "licence": ("promise.licence_supplied", "promise.licence_ended"),
    "licence_audit": ("promise.licences_audited",),
    "cloud_edge": ("promise.edge_watched", "promise.edge_ended"),
    "reparation": ("reparation.",),
    "edge_state": ("promise.edge_seen",),
    "subprocessor": ("subprocessor.",),
    "data_breach": ("breach.",),
    "breach_notice": ("breach.told",),
    "data_copy": ("reversibility.",),
    "contract_text": ("contract.imported",),
    "terms": _SUSPENSION,
    "scope_decision": ("scope.decided",),
    "scope_case": ("scope.learned", "scope.declined"),
    "message": ("mail.queued", RESUMED),
    "intent": (
        "guest.power.",
        "guest.snapshot.",
        "guest.backup.",
        "guest.restore.",
        "guest.deletion.",
        "guest.migration.",
        "guest.evacuation.",
        "node.evacuation.",
        "node.maintenance.",
        RESUMED,
    ),
    "alert": ("alert.", RESUMED),
    "alert_note": ("alert.", "incident."),
    "page": ("page.queued", RESUMED),
    "shift": ("shift.planned",),
    "handover": ("handover.",),
    "handover_item": ("handover.",),
    "shift_note": ("handover.",),
}
"""By table: kinds, exact or beginnings that end in a dot."""
BLANKED = frozenset(
    {
        "incident_entry",
        "attribution",
        "exclusion",
        "proposed_decision",
        "month_close",
        "wanted_empty",
        "scope_decision",
        "scope_case",
        "message",
        "exhibit",
        "invoice",
        "authority_order",
        "restore_test",
        "resource_limit",
        "licence",
        "licence_audit",
        "data_copy",
        "subprocessor",
        "data_breach",
        "breach_notice",
        "reparation",
        "alert_note",
        "shift_note",
        "suspension",
        "suspension_guest",
        "suspension_step",
    }
)
"""The tables of whose rows an erasure empties columns or removes them (`storage.erased_rows`)."""
MADE_ONCE: Mapping[str, str] = {"mail.queued": "message", "page.queued": "page"}
"""By kind, the table of which such an entry makes new rows and changes none."""
ANY_TABLE = frozenset({ADOPTED})
"""Kinds that speak for all."""


def may_bind(kind: str, table: str) -> bool:
    """Whether an entry of that kind may hold digests of the table's rows."""
    if kind == ERASED and table in BLANKED:
        return True
    return kind in ANY_TABLE or any(
        kind.startswith(one) if one.endswith(".") else kind == one for one in KINDS.get(table, ())
    )
