"""Words for decisions on tickets, and for the overrides that may become own cases."""

from noc_tui.i18n import N_
from storage import scope

DECISIONS = {
    scope.ACCEPTED: N_("accepted"),
    scope.OVERRIDDEN: N_("overridden"),
    scope.ASKED: N_("asked"),
}
"""What an operator made of a look-up."""

CASES = {
    scope.PROPOSED: N_("proposed"),
    scope.APPROVED: N_("approved"),
    scope.DECLINED: N_("declined"),
}
"""What a lead made of an override."""
