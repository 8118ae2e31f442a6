"""What comes next in a case is one answer, for the line that says it and for Enter."""

import msgspec
import pytest

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.checklist import checklist
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.values import Case, Schedule
from noc_tui.labels.next_step import word_next
from noc_tui.views.next_step import Kind, NextStep, find_next_step
from tests.support.cases import NOW, OMAR, TERMS, draft, filled, ordered, ready, suspended


def step_of(case: Case, account: str = "omar") -> Kind:
    found = find_next_step(case, TERMS, checklist(case, TERMS), NOW, account)
    assert word_next(found, lambda command: f"<{command}>")
    return found.kind


def test_a_draft_is_answered_timed_and_checked() -> None:
    assert step_of(draft()) == "answer"
    assert step_of(filled()) == "check"
    plan = msgspec.structs.replace(filled().plan, schedule=Schedule())
    assert step_of(msgspec.structs.replace(filled(), plan=plan)) == "time"


def test_a_plan_is_told_agreed_to_and_ordered() -> None:
    checked = apply_event(filled(), ev.Checked(at=NOW, by=OMAR), TERMS)
    assert step_of(checked) == "notice"
    queued = apply_event(checked, ev.NoticeQueued(at=NOW, by=OMAR, message_id="<1@x>"), TERMS)
    assert step_of(queued) == "pending"
    assert step_of(ready()) == "order"


@pytest.mark.parametrize(("account", "kind"), [("omar", "agreement"), ("lea", "approve")])
def test_who_opened_it_waits_for_somebody_else(account: str, kind: Kind) -> None:
    case = msgspec.structs.replace(ready("contract-breach", "tenant"), approval=None)
    told = msgspec.structs.replace(case.notice, delivery="accepted")
    case = msgspec.structs.replace(case, notice=told)
    assert step_of(case, account) == kind


def test_an_order_runs_stands_and_ends() -> None:
    assert step_of(ordered()) == "running"
    assert step_of(suspended()) == "restore"
    assert step_of(msgspec.structs.replace(suspended(), state="closed")) == "over"
    assert step_of(msgspec.structs.replace(ordered(), state="scheduled")) == "scheduled"
    assert step_of(msgspec.structs.replace(suspended(), state="restoring")) == "restoring"


@pytest.mark.parametrize(
    ("kind", "keys"),
    [("agreement", ("app.requests",)), ("scheduled", ("suspension.time", "suspension.cancel"))],
)
def test_the_line_names_the_keys_as_they_are(kind: Kind, keys: tuple[str, ...]) -> None:
    line = word_next(NextStep(kind), lambda command: f"<{command}>")
    assert all(f"<{key}>" in line for key in keys)
