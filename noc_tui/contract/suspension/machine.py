"""The state machine of a case: `after(case, event, terms)` is the next case, or `Refused`.

    draft → checked → (approved) → notified | notice-waived → ordered → executing → suspended
        → remedied → restoring → closed

`cancelled` leaves before execution. While it stands a case is `suspended`, `partially-suspended`,
`drifting`, `termination-open` or `partially-restored`, whichever of these calls loudest. A change
of the plan always falls back to `draft`. A refusal names all that is missing at once.
"""

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.preparing import PREPARATION
from noc_tui.contract.suspension.standing import EXECUTION
from noc_tui.contract.suspension.values import Case
from noc_tui.contract.terms import Terms

_HANDLERS = {**PREPARATION, **EXECUTION}


def after(case: Case, event: ev.Event, terms: Terms) -> Case:
    """The case after that event. Raises `Refused` with every reason why not; never half-way."""
    return _HANDLERS[type(event)](case, event, terms)
