"""The reasons why an order refuses an event, as translatable texts."""

from noc_tui.contract.suspension.reasons import N_

UNKNOWN_KIND = N_("there is no kind of order {kind}; there are: {known}")
EMPTY = N_("{field}: this is needed")
IN_FUTURE = N_("received_at: an order cannot be received in the future")
TERM_BEFORE = N_("term: the order's own term is before its receipt")
NOT_SILENT = N_("the law lets no order of this kind forbid that the client is told")
SECRET_TOO_LONG = N_(
    "silent_until: an order of this kind may be secret until {limit} at the latest"
)
SECRET_PAST = N_("silent_until: this date is over")
NO_SECRECY_BASIS = N_("secrecy_basis: say which words or which law forbid that the client is told")
NOT_OPEN = N_("an order that is {state} does not allow this")
STOPPED_ALREADY = N_("the deadline is stopped already")
NOT_STOPPED = N_("the deadline is not stopped")
MISSED = N_("the deadline has passed: it cannot be stopped any more")
NOT_CARRIED_OUT = N_("the order was not carried out yet")
CONFIRMED_ALREADY = N_("the authority has been told already")
NO_REVIEW_OWED = N_("no review is owed")
OWN_REVIEW = N_("nobody reviews what they carried out themselves")
LEAD_DECIDES = N_("a lead decides whether the client is told")
STILL_SECRET = N_("this is secret until {until}: a decision of the authority ends it earlier")
NO_END_KNOWN = N_(
    "the order names no end of its secrecy: give the authority's decision that ends it"
)
NOT_SECRET = N_("this order is not secret")
PAST_DATE = N_("until: this date is over")
