"""Chooses the mildest effective action, by ground and by clause (R17, annexe 1)."""

from dataclasses import dataclass

from noc_tui.contract.suspension.effect import takes_whole_tenant
from noc_tui.contract.suspension.values import Case, Scope
from noc_tui.contract.terms import Terms


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
    """Return whether the plan begins with a harsher means than the mildest that would be
    proposed.
    """
    rank = {row.id: place for place, row in enumerate(terms.means)}
    chosen = [rank[means] for means in case.plan.means if means in rank]
    first = propose_means(case, terms).first
    return bool(chosen) and first is not None and min(chosen) > rank[first]


def needs_statement(case: Case, terms: Terms) -> bool:
    """Return whether the plan suspends all services on a breach ground, by its scope or by its
    effect, which needs a repeated or particularly serious breach.
    """
    return terms.ground(case.ground).breach and takes_whole_tenant(case, terms)
