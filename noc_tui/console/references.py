"""References to the screens that the console can open, so that no screen imports another.

`Host.open` takes any of them; `noc_tui.console.navigation` knows the screen of each.
"""

from collections.abc import Mapping

import msgspec

from noc_tui.ref import Ref


class GuestRef(msgspec.Struct, frozen=True):
    """The detail of a guest."""

    cluster: str
    vmid: int


class NodeRef(msgspec.Struct, frozen=True):
    """The detail of a node."""

    cluster: str
    node: str


class TenantRef(msgspec.Struct, frozen=True):
    """The detail of a tenant, by its id."""

    tenant: str


class PromisesRef(msgspec.Struct, frozen=True):
    """The promises of annexe 2 to a tenant, by its id."""

    tenant: str


class PaymentsRef(msgspec.Struct, frozen=True):
    """The debts of a tenant, by its id, or of all."""

    tenant: str = ""


class BackupsRef(msgspec.Struct, frozen=True):
    """The datastores of backup servers, and the guests whose backups are in trouble."""


class MonthRef(msgspec.Struct, frozen=True):
    """The end of a month (`2026-03`)."""

    month: str


class IncidentRef(msgspec.Struct, frozen=True):
    """An incident, by its number."""

    number: int


class CaseRef(msgspec.Struct, frozen=True):
    """A suspension, by its identifier (`S-1`)."""

    identifier: str


class NewCase(msgspec.Struct, frozen=True):
    """A suspension to begin; what is given is not asked for. `guests` are `cluster/vmid`,
    `reports` what third parties wrote, whole, by the clause of the Charte that it is evidence of.
    """

    tenant: str = ""
    guests: tuple[str, ...] = ()
    ground: str = ""
    facts: Mapping[str, str] = {}
    rehearsal: bool = False
    reports: Mapping[str, str] = {}


class NewLetter(msgspec.Struct, frozen=True):
    """An authority's letter to record, with what could be read of it; all of it is asked again."""

    kind: str
    authority: str = ""
    reference: str = ""
    scope: str = ""
    tenant: str = ""


class ModeRef(msgspec.Struct, frozen=True):
    """A mode, by its id in `noc_tui.console.modes`."""

    mode: str


class GuestList(msgspec.Struct, frozen=True):
    """The guest table with the guests of a tenant, of a node, or of a cluster in some state only.

    `words` says of the last what they have in common, as the operator read it.
    """

    tenant: str = ""
    cluster: str = ""
    node: str = ""
    states: tuple[str, ...] = ()
    backup: str = ""
    words: str = ""


class FilteredMode(msgspec.Struct, frozen=True):
    """A mode by its id, its table filtered; where the mode searches, what it searches for."""

    mode: str
    filter: str


class ScopeTicket(msgspec.Struct, frozen=True):
    """Annexe 2 with a ticket; `subject` is the incident or alert it comes from, as the evidence
    names it.
    """

    text: str = ""
    tenant: str = ""
    reference: str = ""
    subject: str = ""


NODE_KINDS = frozenset({"zone", "zfs", "disk", "subscription", "node-certificate"})
"""The kinds of subjects of alerts that a node's page shows: cluster and node are their first
parts.
"""

Reference = (
    GuestRef
    | NodeRef
    | TenantRef
    | PromisesRef
    | PaymentsRef
    | BackupsRef
    | MonthRef
    | IncidentRef
    | CaseRef
    | NewCase
    | NewLetter
    | ModeRef
    | FilteredMode
    | GuestList
    | ScopeTicket
)


def reference_of_subject(subject: str) -> Reference | None:
    """The screen of what a subject of the evidence names (`tenant:acme`, `guest:rennes/101`); None
    where none is of it.
    """
    ref = Ref.parse(subject)
    if ref.guest is not None:
        return GuestRef(*ref.guest)
    match ref.kind, ref.parts:
        case "tenant", (tenant,):
            return TenantRef(tenant)
        case "suspension", (case,):
            return CaseRef(case)
        case "incident", (number,) if number.isdecimal():
            return IncidentRef(int(number))
        case "node", (cluster, node):
            return GuestList(cluster=cluster, node=node)
        case "month", (month,):
            return MonthRef(month)
        case _:
            return None
