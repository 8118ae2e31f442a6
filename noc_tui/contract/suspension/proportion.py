"""Chooses the mildest effective action, by ground and by clause (R17, annexe 1)."""

from dataclasses import dataclass

from noc_tui.contract.suspension.effect import takes_whole_tenant
from noc_tui.contract.suspension.values import BARRIER, Case, Scope
from noc_tui.contract.terms import Effect, Terms

BEYOND_MILDEST: frozenset[Effect] = frozenset(("public", "network", "stop"))
"""Effects that leave less of a VM than a request to the client or a filter does."""


@dataclass(frozen=True, slots=True)
class MeansProposal:
    """What the text allows: a scope, the means from the mildest up, and the one to begin with."""

    scope: Scope
    means: tuple[str, ...]

    @property
    def first(self) -> str | None:
        """The mildest means, with which to begin."""
        return self.means[0] if self.means else None


def propose_means(case: Case, terms: Terms) -> MeansProposal:
    """The proposal for a case: the means of the ticked clauses, else those of the ground."""
    ground = terms.ground(case.ground)
    cited = (*list_ticked(case, terms), *list_invoked(case, terms))
    wanted = {means for clause in cited for means in terms.clause(clause).means}
    ordered = tuple(row.id for row in terms.means if row.id in (wanted or set(ground.means)))
    return MeansProposal(ground.natural_scope, ordered)


def list_ticked(case: Case, terms: Terms) -> tuple[str, ...]:
    """The Charte clauses that are ticked as breached, in the order of the annex."""
    return tuple(row.id for row in terms.charte if row.tickable and case.tick(row.id) is not None)


def list_invoked(case: Case, terms: Terms) -> tuple[str, ...]:
    """The rights of the hoster that the case rests on, in the order of the annex: clauses about a
    state of the VM (dangerous, to be reinstalled), ticked with what was found.
    """
    return tuple(row.id for row in terms.charte if row.invocable and case.tick(row.id) is not None)


def skips_milder(case: Case, terms: Terms) -> bool:
    """Return whether a means of the plan goes further than the mildest of all the terms know: then
    it is to be said why less is not enough, and the client is told (R16).

    Where a right of the hoster names its means, as the cut of the internet until a reinstallation,
    the mildest is that one. A ground whose measure is settled by itself weighs none.
    """
    chosen = [terms.means_of(key) for key in case.plan.means]
    if terms.ground(case.ground).settled_means:
        return False
    rank = {row.id: place for place, row in enumerate(terms.means)}
    rights = [terms.clause(key) for key in list_invoked(case, terms)]
    named = [rank[right.means[0]] for right in rights if right.means and not right.own_stand]
    if named:
        return any(rank[one.id] > max(named) for one in chosen if one.effect != BARRIER)
    return any(one.effect in BEYOND_MILDEST for one in chosen)


def needs_statement(case: Case, terms: Terms) -> bool:
    """Return whether the plan suspends all services on a breach ground, by its scope or by its
    effect, which needs a repeated or particularly serious breach.
    """
    return terms.ground(case.ground).breach and takes_whole_tenant(case, terms)
