"""The words for verdicts and for the coverage by infogérance."""

from collections.abc import Mapping

from noc_tui.contract.annexe2.answer import ScopeVerdict
from noc_tui.contract.annexe2.infogerance import Coverage
from noc_tui.i18n import N_

VERDICTS = {
    ScopeVerdict.in_scope: N_("in scope: ours"),
    ScopeVerdict.out_of_scope: N_("out of scope: the client's"),
    ScopeVerdict.not_annexe2: N_("not settled by annexe 2"),
    ScopeVerdict.ambiguous: N_("ambiguous: ask"),
}
COVERAGES: Mapping[Coverage, str] = {
    "n/a": N_("does not apply"),
    "covered": N_("covered"),
    "billed": N_("covered, billed by the hour"),
    "not_covered": N_("not covered"),
    "unsettled": N_("unsettled"),
}
OURS: Mapping[Coverage, str] = {
    "covered": N_("ours, under the support contract"),
    "billed": N_("ours, under the support contract, billed by the hour"),
}
"""The final answer to what hosting leaves to the client and its support contract covers."""
RECEIVED = {"notice": N_("abuse notice"), "letter": N_("letter of an authority")}
"""What a text was found to be that is no ticket."""

UNREADABLE = (
    N_("the ticket is empty"),
    N_("the ticket is not text"),
    N_("the ticket has no words"),
)
"""Why a ticket cannot be looked up, as `noc_tui.contract.annexe2.reading` says it."""
