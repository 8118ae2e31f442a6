"""What a second person reads before agreeing to a plan: facts, proofs, reasons, the mail, what the
plan does to the tenant, and what changed since the version before. All foreign text is visible.
"""

from collections.abc import Iterator
from datetime import datetime

from noc_tui.contract.suspension.effect import TenantEffect
from noc_tui.contract.suspension.plan_changes import PlanChange, list_plan_changes
from noc_tui.contract.suspension.values import Case
from noc_tui.contract.terms import Terms
from noc_tui.i18n import N_, _, language
from noc_tui.labels import formats
from noc_tui.labels.case_answers import FACTS, NOTICE_FACTS, label_of, word_answer
from noc_tui.labels.cases import SCOPES
from noc_tui.labels.measures import word_means
from noc_tui.labels.notice_edits import list_edits
from noc_tui.labels.schedule import schedule_lines, word_condition
from noc_tui.labels.stopped_guests import word_stopped
from noc_tui.text import visible

OUTAGES = {
    "all": N_("the tenant is wholly out, with all its guests"),
    "running": N_("the tenant is wholly out, with all guests that run"),
    "published": N_("the tenant is wholly out, with all guests that the world sees"),
}
_AFTER = {
    "out": N_("out of service"),
    "stays": N_("stays"),
    "unknown": N_("not known: nothing says which guest serves it"),
}
_WHAT = {
    "scope": N_("scope"),
    "guests": N_("guests"),
    "means": N_("means"),
    "ports": N_("what is filtered"),
    "barrier": N_("accounts withdrawn"),
    "statement": N_("statement"),
    "start": N_("planned start"),
    "conditions": N_("conditions"),
    "short_notice": N_("why the notice is shorter"),
    "subject": N_("subject of the mail"),
    "body": N_("text of the mail"),
}
UNSEEN = {
    "": N_("out of reach, undecided: {clusters}"),
    "later": N_("out of reach, carried out there once it answers: {clusters}"),
    "left": N_("out of reach, left out: {clusters}"),
}


def approval_lines(case: Case, terms: Terms, effect: TenantEffect | None) -> Iterator[str]:
    """Yield the page, a paragraph each; `effect` is None where it cannot be told any more."""
    ground = terms.ground(case.ground)
    yield f"{visible(case.tenant_name)} · {ground.label.in_(language())} (art. {ground.article})"
    if effect is not None:
        yield ""
        yield from effect_lines(case, effect)
    yield ""
    yield from _measures(case, terms)
    yield from _titled(_("Answers"), _facts(case, terms))
    yield from _titled(_("Proofs"), _proofs(case, terms))
    yield from _titled(_("Reasons"), _reasons(case, terms))
    yield from _titled(_("Changed since the version before"), _changes(case, terms))
    yield from _titled(_("Mail to the client"), _mail(case))


def effect_lines(case: Case, effect: TenantEffect) -> Iterator[str]:
    """Yield what the plan does to the tenant: guests, each endpoint, what is out of reach."""
    yield _("guests: {members}, running: {running}; would run on and be reached: {left}").format(
        members=effect.members, running=effect.running, left=effect.left_running
    )
    if effect.outage:
        yield f"▲ {_(OUTAGES[effect.outage])}"
    if effect.stopped:
        yield word_stopped(effect.stopped)
    if effect.held:
        yield _("kept out by other suspensions: {n}").format(n=effect.held)
    for one in effect.endpoints:
        guest = f" ({one.guest})" if one.guest else ""
        yield _("{label}: {value}").format(
            label=f"{visible(one.name)}{guest}", value=_(_AFTER[one.after])
        )
    if case.plan.unseen:
        clusters = visible(", ".join(case.plan.unseen))
        yield f"▲ {_(UNSEEN[case.plan.unseen_is]).format(clusters=clusters)}"


def _titled(title: str, lines: Iterator[str]) -> Iterator[str]:
    told = list(lines)
    if told:
        yield ""
        yield title
        yield from told


def _measures(case: Case, terms: Terms) -> Iterator[str]:
    for key in case.plan.means:
        yield word_means(case.plan, key, terms)
    if case.plan.barrier:
        names = visible(", ".join(case.plan.barrier))
        yield _("accounts withdrawn: {names}").format(names=names)
    yield from (f"{guest.ref} {visible(guest.name)}" for guest in case.plan.guests)
    yield from schedule_lines(case)


def _facts(case: Case, terms: Terms) -> Iterator[str]:
    for key, answer in case.facts.items():
        yield _("{label}: {value}").format(
            label=_name(key, terms), value=visible(word_answer(key, answer, terms))
        )


def _proofs(case: Case, terms: Terms) -> Iterator[str]:
    for tick in case.ticks:
        for one in tick.evidence:
            digest = f" · SHA-256 {one.sha256[:16]}…" if one.sha256 else ""
            value = f"{visible(one.text)}{digest}"
            yield _("{label}: {value}").format(label=_name(tick.target, terms), value=value)


def _reasons(case: Case, terms: Terms) -> Iterator[str]:
    if case.plan.statement:
        yield _("{label}: {value}").format(
            label=terms.step("proportion").label.in_(language()), value=visible(case.plan.statement)
        )
    for waiver in case.waivers:
        yield _("set aside: {step} · {reason} ({name})").format(
            step=_name(waiver.step, terms),
            reason=visible(waiver.reason),
            name=visible(waiver.by.name),
        )
    if case.notice.reason:
        yield _("why the client is not notified beforehand: {reason}").format(
            reason=visible(case.notice.reason)
        )


def _changes(case: Case, terms: Terms) -> Iterator[str]:
    before = case.previous
    if before is None:
        return
    yield _("checked before by {name}, {at}").format(
        name=visible(before.by.name), at=formats.instant(before.at)
    )
    for one in list_plan_changes(before, case):
        yield f"{_named(one, terms)}:"
        yield f"  − {visible(_worded(one.what, one.before, terms)) or '—'}"
        yield f"  + {visible(_worded(one.what, one.now, terms)) or '—'}"


def _named(one: PlanChange, terms: Terms) -> str:
    kind, _colon, key = one.what.partition(":")
    return _name(key, terms) if key else _(_WHAT[kind])


def _worded(what: str, value: str, terms: Terms) -> str:
    """One side of a change, in words; what is typed text stands as it is."""
    kind, _colon, key = what.partition(":")
    match kind:
        case "fact":
            return word_answer(key, value, terms)
        case "scope" if value in SCOPES:
            return _(SCOPES[value])
        case "means" if value:
            found = (terms.means_of(one).label.in_(language()) for one in value.split(", "))
            return ", ".join(found)
        case "start" if value:
            return formats.instant(datetime.fromisoformat(value))
        case "conditions" if value:
            return ", ".join(word_condition(*one.split(" ", 1)) for one in value.split(", "))
        case _:
            return value


def _mail(case: Case) -> Iterator[str]:
    text = case.notice.text
    if text.subject:
        yield visible(text.subject)
        yield from (visible(line) for line in text.body.splitlines())
    if edits := list_edits(case.notice):
        yield ""
        yield _("the notice was changed by hand:")
        yield from edits


def _name(key: str, terms: Terms) -> str:
    """A requirement, step or clause by its label; what the terms do not have by its id."""
    labels = {row.id: row.label for row in terms.requirements}
    labels |= {row.id: row.label for row in terms.steps}
    if key in labels:
        return labels[key].in_(language())
    if key in FACTS or key in NOTICE_FACTS:
        return label_of(key, terms)
    clauses = {row.id: row.label for row in terms.charte}
    return f"{key} {clauses[key].in_(language())}" if key in clauses else visible(key)
