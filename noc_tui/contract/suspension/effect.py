"""Judges a plan by its effect: whether it leaves anything of the tenant running or reachable (R17).

A choice of guests that leaves nothing is the whole of the services, however it was ticked together.
"""

from collections.abc import Collection, Iterable
from typing import Literal, assert_never

import msgspec

from noc_tui.contract.suspension.ports import ports_of
from noc_tui.contract.suspension.values import Case, GuestId, Outage, Plan
from noc_tui.contract.terms import Means, Terms


class Member(msgspec.Struct, frozen=True):
    """A guest of the tenant: whether it runs, as last seen; whether a probe of its own watches it;
    whether another suspension keeps it out already.
    """

    ref: GuestId
    running: bool
    published: bool = False
    held: bool = False


class EndpointEffect(msgspec.Struct, frozen=True):
    """What becomes of something that the world sees: `guest` (`cluster/vmid`) serves it, empty
    where nothing says which one does.
    """

    name: str
    guest: str
    after: Literal["out", "stays", "unknown"]


class TenantEffect(msgspec.Struct, frozen=True):
    """What a plan does to its tenant: guests, those that run now and would run on, each endpoint.

    `held` are kept out by other suspensions; `unseen` names clusters that are out of reach, whose
    guests may no more be as they were last seen. `stopped` are the planned guests that do not run
    anyway: perhaps another one did what the plan is for.
    """

    members: int
    running: int
    left_running: int
    held: int
    outage: Outage
    endpoints: tuple[EndpointEffect, ...] = ()
    unseen: tuple[str, ...] = ()
    stopped: tuple[GuestId, ...] = ()


def takes_out(plan: Plan, terms: Terms, published: Collection[int] = ()) -> bool:
    """Return whether the plan's means leave a guest neither running nor reachable; `published` are
    the ports of the tenant's endpoints, all of which a filter may close.
    """
    known = {row.id: row for row in terms.means}
    return any(silences(plan, known[key], published) for key in plan.means if key in known)


def silences(plan: Plan, means: Means, published: Collection[int] = ()) -> bool:
    """Return whether one means of the plan does so."""
    match means.effect:
        case "network" | "public" | "stop":
            return True
        case "none" | "barrier":
            return False
        case "filter":
            return _closes(plan, means, published)
        case _:
            assert_never(means.effect)


def _closes(plan: Plan, means: Means, published: Collection[int]) -> bool:
    """Whether a filter leaves no way in: none at all, or none to what is published."""
    incoming = [port.split(":", 2) for port in ports_of(plan, means) if port.startswith("in:")]
    closed = [ports for _, protocol, ports in incoming if protocol in ("tcp", "*")]
    return "*" in closed or (
        bool(published) and all(any(_names(text, one) for text in closed) for one in published)
    )


def _names(text: str, port: int) -> bool:
    ranges = (part.partition(":") for part in text.split(","))
    return any(int(low) <= port <= int(high or low) for low, _, high in ranges)


def find_outage(planned: Collection[GuestId], members: Iterable[Member]) -> Outage:
    """Return why the tenant would be wholly out with the planned guests out of service, or "" where
    something of it stays.
    """
    there = list(members)
    out = {*planned, *(one.ref for one in there if one.held)}
    left = [one for one in there if one.ref not in out]
    if not planned or not there:
        return ""
    if not left:
        return "all"
    if not any(one.running for one in left) and any(one.running for one in there):
        return "running"
    published = [one.ref for one in there if one.published]
    return "published" if published and out.issuperset(published) else ""


def names_guest(case: Case, terms: Terms) -> bool:
    """Return whether the text itself names the one VM of the plan: a dangerous one, one to be
    reinstalled, one that sends spam, one with unlawful content on it (annexe 1, article 5.1).
    """
    if len(case.plan.guests) != 1:
        return False
    clauses = (row for row in terms.charte if row.names_guest)
    return terms.ground(case.ground).names_guest or any(case.tick(row.id) for row in clauses)


def takes_whole_tenant(case: Case, terms: Terms) -> bool:
    """Return whether the plan counts as all services: as it is scoped, or by its effect, but not
    where the text names the very VM.
    """
    if case.plan.scope == "tenant":
        return True
    return bool(case.plan.outage) and not names_guest(case, terms)
