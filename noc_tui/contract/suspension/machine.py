"""The state machine of a case: `apply_event(case, event, terms)` is the next case, or `Refused`.

    draft → checked → (approved) → notified | notice-waived → (scheduled) → ordered → executing
        → suspended → remedied → restoring → closed

`cancelled` leaves before execution. An order with a planned start is `scheduled` until then; where
it does not stand by then it is `held`, and prepared again. While it is in force a case is
`suspended`, `partially-suspended`, `drifting`, `termination-open` or `partially-restored`,
whichever of these calls loudest. A change of the plan always falls back to `draft`. A refusal names
all that is missing at once.

`terms` are those that the case was opened under. Without them no event that is judged by them is
taken; what is there can still be followed and brought back.
"""

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension import in_force, in_time, insolvency, preparing, reasons
from noc_tui.contract.suspension.reasons import Reason, Refused
from noc_tui.contract.suspension.values import Case
from noc_tui.contract.terms import Terms

_JUDGED = {**preparing.JUDGED, **in_time.JUDGED, **in_force.JUDGED}
_FREE = {**preparing.FREE, **in_time.FREE, **in_force.FREE, **insolvency.FREE}


def apply_event(case: Case, event: ev.Event, terms: Terms | None) -> Case:
    """The case after that event. Raises `Refused` with every reason why not; never half-way."""
    free = _FREE.get(type(event))
    if free is not None:
        return free(case, event)
    if terms is None:
        raise Refused([Reason("R15", reasons.TERMS_MISSING, {"version": case.terms_version})])
    return _JUDGED[type(event)](case, event, terms)
