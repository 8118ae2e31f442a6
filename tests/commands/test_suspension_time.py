"""`suspension plan`: when an order is carried out, and what it rests on until then."""

import argparse
from datetime import datetime

import pytest

from noc_tui.api.suspension import Edit
from noc_tui.commands.failure import BadInput
from noc_tui.commands.suspension import edit_of, plan_arguments
from noc_tui.contract.suspension.values import Condition

START = "2026-12-02T10:00:00+01:00"
BY = "2026-12-01T18:00:00+01:00"


def edit(*words: str) -> Edit:
    parser = argparse.ArgumentParser(exit_on_error=False)
    plan_arguments(parser)
    return edit_of(parser.parse_args(words))


@pytest.mark.parametrize("option", ["--start", "--not-before"])
def test_a_start_comes_with_its_conditions(option: str) -> None:
    made = edit(option, START, "--if-unpaid", "--if-unanswered", BY, "--short-notice", "known")
    assert made.start == datetime.fromisoformat(START)
    assert made.conditions == (
        Condition(kind="unpaid"),
        Condition(kind="unanswered", by=datetime.fromisoformat(BY)),
    )
    assert made.short_notice == "known"


def test_what_is_not_said_stays_as_it_was() -> None:
    assert edit("--statement", "third time") == Edit(statement="third time")
    assert edit("--unconditional") == Edit(conditions=())
    assert edit("--at-once") == Edit(at_once=True)


@pytest.mark.parametrize("words", [("--start", "2026-12-02T10:00"), ("--if-unpaid", "tomorrow")])
def test_a_time_without_its_offset_is_refused_with_its_option(words: tuple[str, str]) -> None:
    with pytest.raises(BadInput, match=words[0]):
        edit(*words)


def test_a_start_and_at_once_contradict_each_other() -> None:
    with pytest.raises(argparse.ArgumentError):
        edit("--start", START, "--at-once")
