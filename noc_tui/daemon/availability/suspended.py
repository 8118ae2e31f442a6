"""A tenant's suspended time is no downtime (R23): the exclusion that follows a suspension case.

Only a case about all services excludes by itself: while some guests run, an outage of the rest has
another cause, which a person attributes. It covers the means' effect up to the remedy; from then
to the lifting, time counts again.
"""

from noc_tui.contract.suspension.exclusion import suspended_span
from noc_tui.contract.suspension.values import Case
from noc_tui.contract.terms import Terms
from noc_tui.daemon.availability.decisions import exclude, finish
from noc_tui.roles import Caller
from storage.database import Transaction
from storage.evidence import Actor
from storage.outages import because_of
from storage.times import micros


async def keep_exclusion(tx: Transaction, case: Case, terms: Terms, actor: Actor) -> None:
    """Begin the exclusion when the means took effect, end it with the remedy; again is harmless."""
    span = suspended_span(case, terms)
    if span is None or not span.whole_tenant:
        return
    reason = f"suspension:{case.id}"
    known = await because_of(tx, case.tenant, reason)
    end = None if span.end is None else micros(span.end)
    if not known:
        caller = Caller(actor.uid, actor.name, None)
        await exclude(tx, caller, case.tenant, (micros(span.start), end), span.basis, reason)
    elif end is not None and known[-1].end is None and known[-1].withdrawn_at is None:
        await finish(tx, actor, known[-1].id, end)
