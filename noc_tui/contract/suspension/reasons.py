"""The reasons of refusals: each says what is missing, in a translatable text, and names the article
that asks for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from noc_tui.contract.citations import cite
from noc_tui.contract.terms_shape import BilingualText


def N_(text: str) -> str:  # noqa: N802 -- gettext's own name; the catalogue check looks for it
    """Mark a text for later translation."""
    return text


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason against an event. `text` is a message id with `{names}` from `values`; `rule` is
    empty where it is the program's own and no article asks for it.

    `article` is what it is cited by where that is not the article of its rule: one of the terms, or
    a law.
    """

    rule: str
    text: str
    values: Mapping[str, str | BilingualText] = field(default_factory=dict)
    article: str = ""

    def told(self, text: str, language: str) -> str:
        """The sentence, `text` being its translation into that language."""
        return text.format(
            **{
                name: value.in_(language) if isinstance(value, BilingualText) else value
                for name, value in self.values.items()
            }
        )

    def cited(self, text: str, language: str) -> str:
        """The sentence as `told`, with the article that asks for it, if one does."""
        if not self.rule:
            return self.told(text, language)
        cited = cite(self.rule, self.article).in_(language)
        return f"{self.told(text, language)} ({cited})"

    def english(self) -> str:
        """The sentence in English, with its article."""
        return self.cited(self.text, "en")


class Refused(Exception):
    """An event that the case does not allow now; all that is missing, at once."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(reason.english() for reason in self.reasons))


TERMS_MISSING = N_(
    "the terms this case was opened under are not kept here, and it is judged by no others:"
    " start nocd once with their file ({version})"
)
NOT_FROM = N_("a case that is {state} does not allow this")
STEP_OPEN = N_("step still open: {step}")
ROLE_NEEDED = N_("this needs the role {role}")
OWN_APPROVAL = N_("nobody approves an order of their own")
SECOND_NEEDED = N_("a second person must approve first")
LEAD_NEEDED = N_("a lead must approve first")
APPROVAL_OTHER_PLAN = N_("the plan changed after it was approved: approve it again")
APPROVAL_EXPIRED = N_("the approval expired: approve again")
PLAN_CHANGED = N_("the plan is not the one that was shown: look at it again")
NAME_MISTYPED = N_("the typed name is not the tenant's: {name}")
NOTICE_MISSING = N_("the client is not notified yet: send the notice, or give the reason why not")
NOTICE_OTHER_PLAN = N_("the plan changed after the client was notified: send the notice again")
NOTICE_STALE = N_(
    "the notice was edited for another plan or another moment: draw it again, then edit it"
)
NOTICE_PENDING = N_("the notice has not been accepted by the mail server yet")
NOTICE_SENT = N_("the notice for this plan was sent, or is on its way")
NOT_WITHHELD = N_("this ground does not allow the notice to be withheld")
NOT_DEFERRED = N_("this ground asks for the notice before the suspension")
NO_REASON = N_("a written reason is needed")
NOT_WAIVABLE = N_("this step cannot be waived: {step}")
NO_BREAK_GLASS = N_("one person alone may order only for an attack, a threat or an emergency")
NO_REVIEW = N_("no review is owed")
UNKNOWN_GROUND = N_("unknown ground: {ground}")
UNKNOWN_MEANS = N_("unknown means: {means}")
UNSEEN_UNDECIDED = N_(
    "all services cannot be seen, out of reach: {clusters}. Say whether it is carried out there"
    " later, or left out"
)
EMPTY_FILTER = N_("{means}: choose what is filtered, as direction:protocol:port")
BAD_PORTS = N_("{ports} is no direction:protocol:port, like out:tcp:6667 or both:udp:*")
UNUSED_PORTS = N_("ports are chosen, and no chosen means filters them")
NOBODY_BARRED = N_("the register names no account of the client: there is no access to withdraw")
UNKNOWN_CLAUSE = N_("no such clause that can be ticked: {clause}")
EVIDENCE_MISSING = N_("evidence is missing for {target}")
NO_SUCH_PROOF = N_("this case has no proof number {number}")
NO_FILES = N_("content that may show child abuse is not copied: state where it is, and report it")
FILES_STAND = N_("withdraw the files first: content that may show child abuse is not kept")
ANSWER_IN_FUTURE = N_("the answer cannot have arrived in the future")
ANSWER_EMPTY = N_("say what the client answered, or add its file")
START_PAST = N_("the planned start is not in the future")
START_SAME = N_("the order has this start already")
NO_WINDOW = N_("only a maintenance has a window")
CONDITION_NEEDS_START = N_("a condition needs a planned start: until then it can fall away")
CONDITION_AFTER_START = N_("the deadline of a condition is after the planned start")
CONDITION_FELL_UNPAID = N_("the order rests on a debt that is paid")
CONDITION_FELL_UNANSWERED = N_("the order rests on no answer, and the client has answered in time")
NOT_OF_DEBT = N_("only an order for late payment rests on a debt")
WINDOW_EMPTY = N_("the window ends before it starts")
WINDOW_OVER = N_("the window of the maintenance is over")
OUTSIDE_WINDOW = N_("the planned start is outside the window of the maintenance")
NOT_MATURED = N_(
    "the client has to be notified earlier: not to be carried out before {at} (Paris), unless a"
    " reason for a shorter notice is written"
)
NOT_MATURED_EVER = N_(
    "the client has to be notified earlier: not to be carried out before {at} (Paris)"
)
LATER_ALONE = N_("who orders alone orders at once: with a planned start somebody else approves")
START_LATE = N_("the planned start was missed by too much: plan another")
DEBT_UNKNOWN = N_(
    "nothing of the last day says that the debt is unpaid: enter what accounting says"
)
NOT_DUE = N_("the planned start has not come")
CONDITION_HOLDS = N_("the condition of the order still holds")
DEBT_IN_FUTURE = N_("nobody knows today what will be paid later")
NOT_LATE_YET = N_("payment is not late before {date}")
NO_DEBIT = N_("the debit was not presented: our own omission is no lateness")
DEBIT_BEFORE_ISSUE = N_("the debit cannot have been presented before the invoice was issued")
DEBIT_IN_FUTURE = N_("the debit is dated in the future")
DISPUTE_OPEN = N_("the client disputed the invoice on {date}: answer that first")
DISPUTE_OF_LEAD = N_("a lead decides on what the client disputes")
FORMAL_NOTICE_RUNS = N_("the client has until {until} to pay after its formal notice")
FORMAL_NOTICE_IN_FUTURE = N_("the formal notice is dated in the future")
FORMAL_NOTICE_TOO_EARLY = N_("the formal notice was given before payment was late")
FORMAL_NOTICE_TOO_SHORT = N_(
    "the formal notice leaves too little time to pay, it has to run until {date}: give the reason"
    " (formal_notice_shorter)"
)
FORMAL_NOTICE_SENT = N_("a formal notice for this debt was sent, or is on its way")
MORE_THAN_INVOICED = N_("more is claimed than was invoiced")
PAID = N_("the invoice is paid: there is no debt to suspend for")
PAID_IN_PART = N_("a part was paid, {left} euros remain: correct what is still unpaid")
COURT_TIME_RUNS = N_("a court gave the client time until {until}")
INSOLVENCY_CHECK_IN_FUTURE = N_("the look for an insolvency judgment is dated in the future")
INSOLVENCY_CHECK_OLD = N_("an insolvency judgment was last looked for on {date}: look again")
JUDGMENT_AFTER_CHECK = N_("the judgment is dated after the day on which it was looked for")
DEBT_BEFORE_JUDGMENT = N_(
    "the debt is from before the insolvency judgment of {date}: it is no ground for a suspension"
)
ADMINISTRATOR_NOT_TOLD = N_(
    "the debt is from after the insolvency judgment: notify the administrator first"
    " (administrator_told_on)"
)
BAD_DATE = N_("{key} is not a date (YYYY-MM-DD)")
BAD_AMOUNT = N_("{key} is not an amount above zero")
BAD_INSTANT = N_("{key} is not a time with its offset")
BAD_CONFIRMATION = N_("{key} is answered by yes or no")
BAD_CHOICE = N_("{key} is one of these: {known}")
BAD_DAYS = N_("{key} is not a number of days")
NEEDS_EVIDENCE = N_("{key} is shown by evidence: tick it, it is no fact")
NOT_HELD = N_("not suspended by this case: {guest}")
NO_FINDING = N_("say what was found")
NOT_OPEN = N_("the right to terminate is not open")
ALREADY_REMEDIED = N_("the cause is already recorded as remedied")
NOT_REMEDIED = N_("restoring everything needs the cause recorded as remedied first")
