"""Whatever a case can be given in the console can be given by the command, and ends in the same
digest: both send the same edit to the same endpoint.
"""

import argparse
import ast
import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

import noc_tui.commands.suspension as command
from noc_tui.api import suspension as api
from noc_tui.api.endpoint import Endpoint
from noc_tui.breach_evidence import text_evidence
from noc_tui.commands.suspension import edit_of, plan_arguments
from noc_tui.console.screens.suspension import answer_questions, fact_fields
from noc_tui.contract.suspension.answers import TICKED, answer_kinds
from noc_tui.contract.suspension.values import Condition, Tick
from noc_tui.contract.terms import load_terms

CONSOLE = Path(fact_fields.__file__).parent
COMMAND = Path(command.__file__)
BY_NOTICE = {"language", "subject", "body"}
"""What `suspension notice` gives, with options of the same names."""
TERMS = load_terms()

WORDS = st.text("abcé=' -", min_size=1, max_size=8).filter(
    lambda text: text == text.strip() and text != "--"  # which no command takes
)
SEVERAL = st.lists(WORDS, min_size=1, max_size=3, unique=True).map(tuple)
AT = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- with a zone
CONDITION = st.builds(
    lambda kind, by: Condition(kind=kind, by=by),
    st.sampled_from(("unpaid", "unanswered")),
    st.none() | AT,
)
EDITS = st.builds(
    api.Edit,
    guests=st.none() | SEVERAL,
    means=st.none() | SEVERAL,
    ports=st.none() | SEVERAL,
    out_of_reach=st.none() | st.sampled_from(("later", "left")),
    statement=st.none() | WORDS,
    start=st.none() | AT,
    conditions=st.none()
    | st.lists(CONDITION, max_size=2, unique_by=lambda one: one.kind).map(tuple),
    short_notice=st.none() | WORDS,
    facts=st.none()
    | st.dictionaries(st.sampled_from(sorted(answer_kinds(TERMS))), WORDS, min_size=1, max_size=3),
    ticks=st.none()
    | st.lists(
        st.builds(
            lambda target, text: Tick(target=target, evidence=(text_evidence(text),)),
            st.sampled_from(("C7", "finding")),
            WORDS,
        ),
        min_size=1,
        max_size=2,
        unique_by=lambda one: one.target,
    ).map(tuple),
    cites=st.none() | SEVERAL | st.just(()),
    aspects=st.none() | SEVERAL | st.just(()),
)


def options(edit: api.Edit) -> list[str]:
    """The options of `suspension plan` that say what the edit says."""
    found: list[str] = []
    for name, values in (
        ("guest", edit.guests),
        ("means", edit.means),
        ("port", edit.ports),
        ("cite", edit.cites),
        ("aspect", edit.aspects),
    ):
        if values is not None:
            found += [f"--{name}={value}" for value in values or ("",)]
    for name, value in (
        ("out-of-reach", edit.out_of_reach),
        ("statement", edit.statement),
        ("short-notice", edit.short_notice),
        ("start", None if edit.start is None else edit.start.isoformat()),
    ):
        if value is not None:
            found.append(f"--{name}={value}")
    for condition in edit.conditions or ():
        by = "" if condition.by is None else condition.by.isoformat()
        found.append(f"--if-{condition.kind}={by}")
    if edit.conditions == ():
        found.append("--unconditional")
    found += [f"--fact={key}={answer}" for key, answer in (edit.facts or {}).items()]
    for tick in edit.ticks or ():
        found += [f"--tick={tick.target}={one.text}" for one in tick.evidence]
    return found


def parsed(arguments: list[str]) -> api.Edit:
    parser = argparse.ArgumentParser()
    plan_arguments(parser)
    return edit_of(parser.parse_args(arguments))


def in_order(edit: api.Edit) -> api.Edit:
    """The edit with its conditions in one order: what a plan rests on has none."""
    if edit.conditions is None:
        return edit
    ordered = tuple(sorted(edit.conditions, key=lambda one: one.kind))
    return msgspec.structs.replace(edit, conditions=ordered)


@given(EDITS)
def test_every_edit_of_the_console_can_be_typed(edit: api.Edit) -> None:
    if edit.guests is not None:
        edit = msgspec.structs.replace(edit, scope="guests")
    assert in_order(parsed(options(edit))) == in_order(edit)


def test_all_services_and_at_once_can_be_typed() -> None:
    assert parsed(["--all-services"]) == api.Edit(scope="tenant")
    assert parsed(["--at-once"]) == api.Edit(at_once=True)


def test_no_part_of_an_edit_is_left_out_here() -> None:
    tried = {"guests", "means", "ports", "out_of_reach", "statement", "start", "conditions"}
    tried |= {"short_notice", "facts", "ticks", "cites", "aspects", "scope", "at_once", "files"}
    assert tried | BY_NOTICE == set(api.Edit.__struct_fields__)
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    notice = parser.parse_args(
        ["notice", "S-1", "--language=fr", "--subject=a", "--body-file=b", "--draft"]
    )
    assert (notice.language, notice.subject, str(notice.body_file)) == ("fr", "a", "b")


def named_endpoints(path: Path) -> set[str]:
    """The endpoints of suspensions that a module names."""
    known = {name for name, value in vars(api).items() if isinstance(value, Endpoint)}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "api"
    }
    return found & known


def test_every_request_of_the_console_is_one_of_the_command() -> None:
    asked = set().union(*(named_endpoints(path) for path in CONSOLE.glob("*.py")))
    asked -= {"LIST"}  # of orders of authorities: another module bears the same name there
    assert len(asked) > 10
    assert asked <= named_endpoints(COMMAND)


def test_every_fact_that_the_wizard_asks_for_can_be_given_by_the_command() -> None:
    kinds = answer_kinds(TERMS)
    asked = {*fact_fields.ASKED, *answer_questions.CONFIRMED}
    assert asked <= kinds.keys()
    for ground in TERMS.grounds:
        for key in ground.requires:
            assert key in kinds or kinds.get(key) in TICKED


def test_both_end_in_the_same_bytes() -> None:
    typed = parsed(["--means=vm_stop", "--fact=remedy=pay", "--cite=emergency"])
    chosen = api.Edit(means=("vm_stop",), facts={"remedy": "pay"}, cites=("emergency",))
    assert json.loads(msgspec.json.encode(typed)) == json.loads(msgspec.json.encode(chosen))
