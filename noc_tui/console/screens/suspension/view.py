"""A case as text: its checklist and plan on the left, its guests and the clause on the right."""

from collections.abc import Callable, Iterable
from datetime import datetime

from rich.text import Text

from noc_tui.console.screens.suspension.data import CaseData
from noc_tui.contract.official_text import split_clauses
from noc_tui.contract.suspension.approval import digest, rule_for
from noc_tui.contract.suspension.checklist import open_reasons
from noc_tui.contract.suspension.countdown import countdown
from noc_tui.contract.suspension.maturity import bound_until, least_delay_of
from noc_tui.contract.suspension.proportion import list_ticked, propose_means
from noc_tui.contract.suspension.reasons import TERMS_MISSING
from noc_tui.contract.suspension.schedule import planned_start
from noc_tui.contract.suspension.values import PLANNED, PREPARING, Case, Plan
from noc_tui.contract.terms import Terms
from noc_tui.i18n import _, language
from noc_tui.kept_words import read_words
from noc_tui.labels import formats, states
from noc_tui.labels.approval_page import OUTAGES, UNSEEN
from noc_tui.labels.case_history import act_lines, answer_lines, proof_lines
from noc_tui.labels.cases import (
    APPROVALS,
    RIGHTS,
    SCOPES,
    mail_words,
    notice_words,
    waits_for,
    word_targets,
)
from noc_tui.labels.debt import debt_lines
from noc_tui.labels.measures import word_means
from noc_tui.labels.next_order import word_left
from noc_tui.labels.next_step import word_next
from noc_tui.labels.schedule import schedule_lines
from noc_tui.labels.stopped_guests import list_stopped, word_stopped
from noc_tui.text import visible
from noc_tui.views.next_step import find_next_step

_MARKS = {"done": "☑", "open": "☐", "waived": "~"}
_NEXT_MARK = " ◂ "
"""Stands behind the next open step, with the key that answers it."""
KeyOf = Callable[[str], str]
"""The key of a command, as it is shown, by the command's id."""


def next_line(read: CaseData, now: datetime, account: str, key_of: KeyOf) -> str:
    """Return what comes next, and with which key; "" where the case's terms are not kept."""
    if read.terms is None:
        return ""
    found = find_next_step(read.case, read.terms, read.steps(read.terms), now, account)
    if found.kind == "pending" and any(one.state == "accepted" for one in read.messages[-1:]):
        return _("◌ The mail server took the notice: nocd is noting it in the case")
    return word_next(found, key_of)


def before_next(read: CaseData, now: datetime, key_of: KeyOf) -> Text:
    """Return what stands above the next open step of the checklist, so that it can be brought into
    view; nothing where none is open.
    """
    text = left(read, now, key_of)
    above, found, _below = text.plain.partition(_NEXT_MARK)
    return text[: len(above)] if found else Text()


def left(read: CaseData, now: datetime, key_of: KeyOf) -> Text:
    """Return what the case is, what is missing, what was told, how long it has lasted."""
    case, terms = read.case, read.terms
    text = Text()
    if terms is None:
        missing = _(TERMS_MISSING).format(version=visible(case.terms_version))
        _head(text, f"▲ {missing}")
    else:
        _head(text, terms.ground(case.ground).hint.in_(language()))
    if terms is not None and case.state in PREPARING:
        _checklist(text, read, terms, now, key_of("suspension.next"))
        _head(text, _("Plan"))
    _plan(text, read, now, key_of)
    if terms is not None:
        _line(text, _("Approval"), _approval(read, terms))
    _effect(text, read)
    _review(text, case)
    _line(text, _("Notice"), notice_words(case))
    if wants := waits_for(case, terms):
        _line(text, _("Waiting for"), wants)
    if terms is not None:
        _countdown(text, read, terms, now)
    if case.remedy is not None:
        found = f"{case.remedy.found} · {case.remedy.by.name}"
        _line(text, _("Found"), visible(found))
    _line(text, _("Digest"), digest(case)[:16])
    return text


def _plan(text: Text, read: CaseData, now: datetime, key_of: KeyOf) -> None:
    """What is suspended, by which means, when."""
    case, terms, plan = read.case, read.terms, read.case.plan
    _line(text, _("Scope"), f"{_(SCOPES[plan.scope])}, {len(plan.guests)}")
    _line(text, _("Means"), _chosen(plan, terms) or "—")
    if terms is not None:
        _line(text, _("Mildest first"), _means(propose_means(case, terms).means, terms))
    for line in schedule_lines(case):
        text.append(f"{line}\n")
    _until_start(text, read, now, key_of)
    if plan.statement:
        _line(text, _("Statement"), visible(plan.statement))
    _line(text, _("Earlier breaches"), str(read.earlier))


def _until_start(text: Text, read: CaseData, now: datetime, key_of: KeyOf) -> None:
    """The time left to an order that waits; before the order, from when its notice allows it."""
    case, terms = read.case, read.terms
    start = planned_start(case)
    if case.state in PLANNED and start is not None:
        _line(text, _("Carried out in"), word_left(start, now))
    elif case.state in PREPARING and terms is not None:
        bound = bound_until(case, terms, now)
        if bound is not None:
            until = _("{at}, by the notice")
            if least_delay_of(case, terms).shorter:
                until = _("{at}, by the notice; sooner for a written reason ({time})")
            time = key_of("suspension.time")
            _line(text, _("At the earliest"), until.format(at=formats.instant(bound), time=time))


def _means(keys: Iterable[str], terms: Terms | None) -> str:
    """The means by their names; by their ids where the case's terms are not kept."""
    if terms is None:
        return ", ".join(keys)
    return ", ".join(terms.means_of(key).label.in_(language()) for key in keys)


def _review(text: Text, case: Case) -> None:
    """The review that a second person owes, until it is given."""
    if case.review is not None and case.review.at is None:
        due = formats.instant(case.review.due_at)
        _line(text, _("Review"), _("owed until {at}").format(at=due))


def _effect(text: Text, read: CaseData) -> None:
    """Whether the tenant is wholly out by the plan, which clusters of its are out of reach, which
    guests do not run anyway.
    """
    plan = read.case.plan
    if read.case.state in PREPARING and (stopped := list_stopped(plan, read.members)):
        text.append(f"{word_stopped(stopped)}\n")
    if plan.outage:
        _line(text, _("Effect"), f"▲ {_(OUTAGES[plan.outage])}")
    if plan.unseen:
        clusters = visible(", ".join(plan.unseen))
        _line(text, _("Clusters"), _(UNSEEN[plan.unseen_is]).format(clusters=clusters))


def _chosen(plan: Plan, terms: Terms | None) -> str:
    """The plan's means, with what they filter."""
    if terms is None:
        return ", ".join(plan.means)
    return ", ".join(word_means(plan, key, terms) for key in plan.means)


def right(read: CaseData) -> Text:
    """Guest by guest, the mails, drift, and the official text of what is cited."""
    text = Text()
    _head(text, _("Guests"))
    for guest in read.guests:
        shown = states.label_of(states.CASE_GUEST, guest.state)
        text.append(f"{shown.text:<20} {guest.cluster}/{guest.vmid} {visible(guest.name)}\n")
        if guest.detail:
            text.append(f"    {_spoken(guest.detail)}\n", style="dim")
    for row in read.case.drift:
        drift = _("{label}: {value}").format(label=row.guest, value=_spoken(row.what))
        text.append(f"✖ {drift}\n", style="bold")
    if read.case.rehearsal and read.journal:
        _head(text, _("Calls that would be made"))
        for step in read.journal:
            for call in read_words(step.said, language()).splitlines():
                text.append(f"{visible(call)}\n")
    for message in read.messages:
        _line(text, _("Mail"), mail_words(message))
    _block(text, _("Debt"), debt_lines(read.case))
    _block(text, _("Proofs"), proof_lines(read.case, read.sizes, word_targets(read.terms)))
    _block(text, _("Answers of the client"), answer_lines(read.case.answers))
    _block(text, _("Done so far"), act_lines(read.acts))
    if read.terms is not None:
        _clauses(text, read, read.terms)
    return text


def _spoken(text: str) -> str:
    return visible(read_words(text, language()))


def _checklist(text: Text, read: CaseData, terms: Terms, now: datetime, enter: str) -> None:
    _head(text, _("Checklist"))
    steps = read.steps(terms)
    upcoming = next((step for step in steps if step.state == "open"), None)
    for step in steps:
        cited = step.cited.in_(language())
        words = f"{_MARKS[step.state]} {step.label.in_(language())} ({cited})"
        text.append(f"{words}{_NEXT_MARK}{enter}\n" if step is upcoming else f"{words}\n")
    for reason in open_reasons(read.case, terms, now, read.earlier):
        if reason.rule == "R20":
            said = reason.cited(_(reason.text), language())
            text.append(f"  ▲ {visible(said)}\n")


def _approval(read: CaseData, terms: Terms) -> str:
    """Who approved, and until when an order may rest on it; once ordered, its end means nothing."""
    given = read.case.approval
    if given is not None:
        name, at = visible(given.by.name), formats.instant(given.expires_at)
        if read.case.state not in PREPARING:
            return _("given by {name}").format(name=name)
        return _("given by {name}; order before {at}").format(name=name, at=at)
    return _(APPROVALS[rule_for(read.case, terms)])


def _countdown(text: Text, read: CaseData, terms: Terms, now: datetime) -> None:
    count = countdown(read.case, terms, now)
    if count is None or read.case.closed_at is not None:
        return
    of = "" if count.days is None else f" / {count.days}"
    until = "" if count.deadline is None else f" · {formats.instant(count.deadline)}"
    _line(text, _("Day"), f"{count.day}{of}{until} · {_(RIGHTS[count.right])}")


def _clauses(text: Text, read: CaseData, terms: Terms) -> None:
    """The clause in short, and the hoster's own text where it was imported."""
    ground = terms.ground(read.case.ground)
    cited = dict.fromkeys((ground.bullet or ground.article, ground.article, *ground.see))
    told: set[str] = set()
    official = split_clauses(read.text.content) if read.text is not None else {}
    for key in (*list_ticked(read.case, terms), *cited):
        clause = terms.clause(key).summary if key.startswith("C") else terms.article(key).summary
        summary = clause.in_(language())
        if summary in told and key not in official:
            continue  # an article and its bullet are one summary
        _head(text, key if key.startswith("C") else _("Article {key}").format(key=key))
        if summary not in told:
            text.append(summary + "\n")
        told.add(summary)
        if key in official:
            text.append(visible(" ".join(official[key].split())) + "\n", style="dim")


def _block(text: Text, title: str, lines: Iterable[str]) -> None:
    """Lines under a title; nothing where there are none."""
    found = list(lines)
    if found:
        _head(text, title)
    for line in found:
        text.append(f"{line}\n")


def _head(text: Text, words: str) -> None:
    text.append(f"{words}\n", style="bold")


def _line(text: Text, label: str, value: str) -> None:
    text.append(_("{label}: ").format(label=label), style="dim")
    text.append(f"{value}\n")
