"""Builds the items of a handover from stored rows. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from noc_tui.contract.calendar import PARIS
from noc_tui.i18n import N_, _
from noc_tui.labels.acts import ACTS
from noc_tui.labels.alerts import text_of
from noc_tui.labels.incidents import BY_RULE, title_by_rule
from noc_tui.labels.states import CASE, INCIDENT, ORDER, word_of
from noc_tui.text import visible
from storage.incidents import Incident
from storage.intents import Intent
from storage.oncall import Alert, ShiftNote
from storage.outages import Maintenance
from storage.outbox import Message
from storage.suspension import Suspension
from storage.times import instant

ALERT = "alert"
TEXTS = {
    "incident": N_("incident {id}, {state}: {title}"),
    "suspension": N_("suspension {id} of {tenant}, {state}"),
    "saga": N_("under way: {action} of {subject}, {state}"),
    "notice": N_("notice of suspension {id} not sent yet"),
    "mail": N_("mail to {recipient} not yet accepted: {answer}"),
    "maintenance": N_("maintenance {id}: {title}"),
    "snooze": N_("snooze ends: {title}"),
    "note": N_("{account}: {title}"),
    "deadline": N_("{what} of {id}"),
    "credit": N_("credit of {tenant} for {month} lapses"),
}
DEADLINES = {
    "termination": N_("the right to terminate opens: case"),
    "review": N_("review due: case"),
    "start": N_("planned order carried out: case"),
}

ORDERS = {
    "start": N_("start"),
    "shutdown": N_("shutdown"),
    "reboot": N_("reboot"),
    "stop": N_("switching off"),
    **ACTS,
}


class _Order(msgspec.Struct):
    """What an intent orders of its guest."""

    action: str = ""


STATES = {"incident": INCIDENT, "suspension": CASE, "saga": ORDER}
"""The labels of a kind's states."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item to hand over; `due` is when it needs a person."""

    kind: str
    subject: str
    words: tuple[str, ...]
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class HandoverState:
    """The rows that a handover is built from. `until` is the end of the coming shift."""

    now: datetime
    until: datetime
    incidents: Sequence[Incident] = ()
    alerts: Sequence[Alert] = ()
    notes: Sequence[ShiftNote] = ()
    suspensions: Sequence[Suspension] = ()
    intents: Sequence[Intent] = ()
    mails: Sequence[Message] = ()
    maintenance: Sequence[Maintenance] = ()
    lapsing: Sequence[tuple[str, str, datetime]] = ()


def items(state: HandoverState) -> list[Item]:
    """Everything open, the worst and nearest first within its kind."""
    return [
        *_incidents(state),
        *_alerts(state),
        *_suspensions(state),
        *_under_way(state),
        *_coming(state),
        *_notes(state),
    ]


def item_text(kind: str, words: Sequence[str]) -> str:
    """An item's sentence in the reader's language; foreign text in it made visible."""
    values = dict(word.partition("=")[::2] for word in words)
    if kind in (ALERT, "snooze"):
        told = text_of(values["rule"], words[1:])
        return told if kind == ALERT else _(TEXTS[kind]).format(title=told)
    if kind == "deadline":
        values["what"] = _(DEADLINES[values["what"]])
    if kind in STATES:
        values["state"] = word_of(STATES[kind], values["state"])
    if kind == "incident":
        values["title"] = title_by_rule(values.get("about", "")) or values["title"]
    if kind == "saga":
        values["action"] = _(ORDERS.get(values.get("action", ""), values["kind"]))
    return _(TEXTS[kind]).format(**{name: visible(value) for name, value in values.items()})


def due_text(due: datetime | None) -> str:
    """Return when it is due, in Paris with its offset; empty when it has no time."""
    if due is None:
        return ""
    return f" — {due.astimezone(PARIS).isoformat(sep=' ', timespec='minutes')}"


def _incidents(state: HandoverState) -> Iterator[Item]:
    for one in state.incidents:
        # What a rule opened is titled by what it is about, in the language of who reads it.
        about = one.subject if one.account == BY_RULE else ""
        words = (
            f"id={one.id}",
            f"state={one.state}",
            f"title={one.title}",
            f"about={about}",
        )
        yield Item("incident", f"incident:{one.id}", words)


def _alerts(state: HandoverState) -> Iterator[Item]:
    for alert in state.alerts:
        words: tuple[str, ...] = (f"rule={alert.rule}", *alert.words)
        yield Item(ALERT, f"alert:{alert.fingerprint}", words, alert.deadline)
        if alert.snoozed_until is not None and state.now < alert.snoozed_until <= state.until:
            yield Item("snooze", f"alert:{alert.fingerprint}", words, alert.snoozed_until)


def _suspensions(state: HandoverState) -> Iterator[Item]:
    for case in state.suspensions:
        subject = f"suspension:{case.id}"
        told = (f"id={case.id}", f"tenant={case.tenant_name}", f"state={case.state}")
        due = case.review_due or case.starts_at or case.deadline
        yield Item("suspension", subject, told, due)
        if case.notice_owed:
            yield Item("notice", subject, (f"id={case.id}",))
        for what, at in (
            ("start", case.starts_at),
            ("termination", case.deadline),
            ("review", case.review_due),
        ):
            if at is not None and state.now <= at <= state.until:
                yield Item("deadline", subject, (f"what={what}", f"id={case.id}"), at)


def _under_way(state: HandoverState) -> Iterator[Item]:
    for intent in state.intents:
        action = msgspec.json.decode(intent.payload, type=_Order).action
        words = (
            f"kind={intent.kind}",
            f"action={action}",
            f"subject={intent.subject}",
            f"state={intent.state}",
        )
        yield Item("saga", f"intent:{intent.id}", words)
    for mail in state.mails:
        said = (f"recipient={mail.recipient}", f"answer={mail.answer}")
        yield Item("mail", f"mail:{mail.id}", said, mail.next_at)


def _coming(state: HandoverState) -> Iterator[Item]:
    for window in state.maintenance:
        words = (f"id={window.id}", f"title={window.title}")
        yield Item("maintenance", f"maintenance:{window.id}", words, instant(window.start))
    for tenant, month, day in state.lapsing:
        if state.now <= day <= state.until:
            words = (f"tenant={tenant}", f"month={month}")
            yield Item("credit", f"tenant:{tenant}/{month}", words, day)


def _notes(state: HandoverState) -> Iterator[Item]:
    for note in state.notes:
        words = (f"account={note.account}", f"title={note.text}")
        yield Item("note", f"note:{note.id}", words)
