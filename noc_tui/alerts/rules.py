"""The alert rules as data: how bad, after how many observations, what to say and to do next."""

from dataclasses import dataclass

from noc_tui.i18n import N_

SEVERITIES = ("critical", "warning", "notice")
"""The worst first."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of alert. `confirm` observations in a row raise it and resolve it."""

    id: str
    severity: str
    text: str
    next_step: str
    confirm: int = 1


RULES = {
    rule.id: rule
    for rule in (
        Rule(
            "source",
            "critical",
            N_("{name} cannot be read: {error}"),
            N_("Look at its endpoints and token (noc-tui doctor): what is shown of it is old."),
            2,
        ),
        Rule(
            "stuck",
            "critical",
            N_("nobody looks at {name} any more"),
            N_("Read the log of nocd, then restart it."),
            2,
        ),
        Rule(
            "quorum",
            "critical",
            N_("cluster {name} has no quorum"),
            N_("Bring nodes back before anything else: nothing can be changed there."),
            2,
        ),
        Rule(
            "node",
            "critical",
            N_("node {name} is offline"),
            N_("Check power and network of the node; see which tenants it bore."),
            2,
        ),
        Rule(
            "storage-missing",
            "critical",
            N_("storage {name} is not reached by {nodes}"),
            N_("Check the path from these nodes to the storage."),
            2,
        ),
        Rule(
            "storage-full",
            "warning",
            N_("storage {name} is {percent} % full"),
            N_("Make room or grow it before guests stop on write errors."),
            2,
        ),
        Rule(
            "outage",
            "critical",
            N_("tenant {name} is out ({cause})"),
            N_("Open the incident, restore one instance and the connectivity first."),
        ),
        Rule(
            "tipping",
            "warning",
            N_("tenant {name} has used {percent} % of this month's downtime"),
            N_("A further outage costs a credit: move maintenance, watch this tenant."),
        ),
        Rule(
            "backup",
            "warning",
            N_("tenant {name}: {number} guests without a fresh backup on the second site"),
            N_("See which job failed and start it again today."),
        ),
        Rule(
            "quota",
            "notice",
            N_("tenant {name} nears its quota: {what}"),
            N_("Tell the client before the limit is reached (art. 5.1)."),
        ),
        Rule(
            "notice-owed",
            "critical",
            N_("suspension {name}: its notice has not reached the client"),
            N_("Send it again or deliver it otherwise, and record how."),
        ),
        Rule(
            "review-owed",
            "critical",
            N_("suspension {name}: the second person's review is owed"),
            N_("Somebody else than who ordered it reviews it within 24 hours."),
        ),
        Rule(
            "suspension-day",
            "warning",
            N_("suspension {name} is on day {day}"),
            N_("Past day 15 the contract may be terminated: restore it or prepare the letter."),
        ),
        Rule(
            "suspension-drift",
            "critical",
            N_("suspension {name}: guest {guest} is not as ordered"),
            N_("Open the case: apply the means again or say why not."),
        ),
        Rule(
            "credit-claim",
            "notice",
            N_("tenant {name} asks for the credit of {month}"),
            N_("Grant or refuse it with a reason."),
        ),
        Rule(
            "contract-notice",
            "notice",
            N_("tenant {name}: the contract's notice must leave by {day}"),
            N_("Ask the client; the letter is registered and three months ahead."),
        ),
        Rule(
            "data-unconfirmed",
            "notice",
            N_("tenant {name}: its contract is over, its data not confirmed as recovered"),
            N_("Ask the client; until then termination has no effect and nothing may be deleted."),
        ),
        Rule(
            "copy-owed",
            "notice",
            N_("tenant {name}: a full copy of its guests is owed on request until {day}"),
            N_("Hand it over when it is asked for; delete nothing before that day has passed."),
        ),
        Rule(
            "abroad",
            "critical",
            N_("{name} stands outside France, or nobody knows where"),
            N_("Guests and backups stay in France (art. 3): correct the site or move them."),
        ),
        Rule(
            "mail",
            "warning",
            N_("a mail to {name} is not accepted: {error}"),
            N_("Read the server's answer, mend it, and send it again."),
        ),
        Rule(
            "ha",
            "critical",
            N_("high availability gave up on {name}: {state}"),
            N_("Find out why the guest does not start, set it to disabled, then to started."),
        ),
        Rule(
            "replication",
            "warning",
            N_("replication of guest {guest} to {target} fails: {error}"),
            N_("See its log and the room on the target: until it runs, the copy there grows old."),
        ),
        Rule(
            "doctor",
            "warning",
            N_("{name}: {said}"),
            N_("Run noc-tui doctor: trust, tokens, privileges and clocks are looked at each hour."),
        ),
        Rule(
            "certificate",
            "warning",
            N_("the certificate of {name} ends on {day}"),
            N_("Renew it there; where trust is a fingerprint, put the new one into the file."),
        ),
        Rule(
            "token",
            "warning",
            N_("the token {name} ends on {day}"),
            N_("Make a new one with the same privileges and put it into the token's file."),
        ),
        Rule(
            "disk",
            "warning",
            N_("the disk of this machine is {percent} % full"),
            N_("Make room: without it nothing can be recorded."),
        ),
        Rule(
            "chain",
            "critical",
            N_("the evidence chain: {verdict}"),
            N_("Run noc-tui evidence verify with a head kept outside; keep the file as it is."),
        ),
    )
}


def rank(severity: str) -> int:
    """0 for the worst."""
    return SEVERITIES.index(severity)
