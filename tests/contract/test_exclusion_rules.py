"""What time that does not count must rest on, and what it may not contradict (R10, R38)."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract import exclusion_rules as rules
from noc_tui.contract.attribution import BASIS
from noc_tui.contract.availability import Account, Commitment, compute
from noc_tui.contract.calendar import Month
from noc_tui.contract.exclusion_rules import (
    DowntimeDecision,
    OnRecord,
    Protection,
    StandingDecision,
    contradicts,
    find_protections,
    find_relieved,
    is_contestable,
    limit_span,
    list_problems,
)
from noc_tui.contract.sla_document import Basis
from noc_tui.contract.spans import Span, common, sum_lengths
from noc_tui.contract.terms import load_terms

COMMITMENT = Commitment.of(load_terms().availability)
MARCH = Month(2026, 3)
SPAN = Span(100, 200)
BASES = get_args(Basis)


def decision(basis: Basis, **values: object) -> DowntimeDecision:
    return replace(DowntimeDecision(basis, SPAN, "the client reads this"), **values)  # type: ignore[arg-type]


def texts(asked: DowntimeDecision, known: OnRecord | None = None) -> list[str]:
    return [one.text for one in list_problems(asked, known or OnRecord())]


def test_every_basis_but_maintenance_asks_for_something() -> None:
    """One word excuses nothing; unannounced work is left out, and marked."""
    assert [basis for basis in BASES if not texts(decision(basis))] == ["maintenance"]
    assert {one for one in BASIS.values() if one is not None} == set(BASES)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        (decision("suspension"), OnRecord(case=Span(150, 300))),
        (decision("quota", link="the disk was full"), OnRecord(quota_entries=("7",))),
        (decision("emergency", link="a fire next door"), OnRecord()),
        (decision("attack", grounds=("flow:10 Gbit/s",)), OnRecord()),
        (decision("attack", grounds=("UPID", "provider:Transit SA, 22:04")), OnRecord()),
        (decision("force_majeure", link="a flood", lead=True), OnRecord()),
        (decision("not_attributable", grounds=("UPID:1",)), OnRecord()),
    ],
)
def test_a_decision_that_rests_on_what_its_basis_asks_for_passes(
    asked: DowntimeDecision, known: OnRecord
) -> None:
    assert list_problems(asked, known) == []


@pytest.mark.parametrize(
    ("asked", "known", "told"),
    [
        (decision("suspension"), OnRecord(case=Span(200, 300)), rules.NO_CASE),
        (decision("quota", link="full"), OnRecord(), rules.NO_QUOTA_ENTRY),
        (decision("quota", link=" "), OnRecord(quota_entries=("7",)), rules.NO_LINK),
        (
            decision("emergency", link="a fire"),
            OnRecord(failures=("node:rennes/pve1 down",)),
            rules.OWN_EQUIPMENT,
        ),
        (decision("emergency"), OnRecord(), rules.NO_EMERGENCY),
        (decision("attack", grounds=("DDoS", "flow: ")), OnRecord(), rules.NO_ATTACK),
        (decision("force_majeure", link="a flood"), OnRecord(), rules.NOT_A_LEAD),
        (decision("force_majeure", lead=True), OnRecord(), rules.NO_FORCE),
        (decision("not_attributable", grounds=("  ",)), OnRecord(), rules.NO_EVIDENCE),
    ],
)
def test_what_is_missing_is_said(asked: DowntimeDecision, known: OnRecord, told: str) -> None:
    assert texts(asked, known) == [told]


def test_only_force_majeure_is_a_matter_of_role() -> None:
    forbidden = {
        basis for basis in BASES for one in list_problems(decision(basis), OnRecord())
        if one.forbidden
    }  # fmt: skip
    assert forbidden == {"force_majeure"}


@pytest.mark.parametrize(
    ("windows", "contestable"),
    [
        ((), True),
        ((Span(100, 200),), False),
        ((Span(100, 199),), True),
        ((Span(90, 150), Span(150, 210)), False),
        ((Span(90, 150), Span(151, 210)), True),
    ],
)
def test_work_outside_of_what_was_announced_is_contestable(
    windows: tuple[Span, ...], contestable: bool
) -> None:
    assert is_contestable(decision("maintenance"), OnRecord(windows=windows)) is contestable
    assert not is_contestable(decision("quota"), OnRecord(windows=windows))


def test_a_suspension_excludes_no_more_than_it_lasted() -> None:
    known = OnRecord(case=Span(150, 300))
    assert limit_span(decision("suspension"), known) == Span(150, 200)
    assert limit_span(decision("quota"), known) == SPAN


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize(
    ("exclusion", "attribution", "loose", "firm"),
    [
        (("quota", 0, 10), (None, 5, 20), True, False),
        (("quota", 0, 20), (None, 5, 20), True, True),
        (("quota", 0, 5), (None, 5, 20), False, False),
        (("quota", 0, 20), ("quota", 5, 20), False, False),
        (("attack", 0, 20), ("not_attributable", 5, 20), False, False),
        (("maintenance", 0, 20), ("attack", 5, 20), True, True),
    ],
)
def test_an_exclusion_contradicts_an_attribution_on_another_basis(
    exclusion: tuple[Basis, int, int],
    attribution: tuple[Basis | None, int, int],
    loose: bool,
    firm: bool,
    settled: bool,
) -> None:
    """What a case or an announced window settles may cover a part of another's outage."""
    basis, start, end = exclusion
    whose, since, until = attribution
    one = StandingDecision(1, Span(start, end), basis, settled)
    assert contradicts(one, StandingDecision(2, Span(since, until), whose)) is (
        firm if settled else loose
    )


START = MARCH.span.start
SPANS = st.lists(
    st.tuples(st.integers(-50, 5000), st.integers(0, 3000)).map(
        lambda one: Span(START + one[0], START + one[0] + one[1])
    ),
    max_size=5,
)


@given(SPANS, SPANS, SPANS, SPANS, st.integers(0, 6000))
def test_what_is_relieved_is_what_the_figures_lose(
    outages: list[Span], unmeasured: list[Span], before: list[Span], added: list[Span], now: int
) -> None:
    """To the microsecond: no figure falls without a relieved span, and none is relieved twice."""
    account = Account(MARCH, START + now, outages=outages, exclusions=before, unmeasured=unmeasured)
    after = replace(account, exclusions=[*before, *added])
    relieved = find_relieved(account, after.exclusions)
    was, is_now = compute(account, COMMITMENT), compute(after, COMMITMENT)
    assert was.worst.down - is_now.worst.down == sum_lengths(relieved)
    assert was.contractual.down - is_now.contractual.down == sum_lengths(common(relieved, outages))
    protections = find_protections(relieved, closed=True, claimed=True, reviewed=outages)
    assert bool(protections) is (was.worst.down != is_now.worst.down)
    assert (Protection.REVIEWED in protections) is bool(common(relieved, outages))


@given(SPANS, SPANS)
def test_an_exclusion_that_goes_lowers_nothing(outages: list[Span], before: list[Span]) -> None:
    account = Account(MARCH, START + 6000, outages=outages, exclusions=before)
    assert find_relieved(account, before[1:]) == []
    assert find_protections([], closed=True, claimed=True, reviewed=outages) == set()


def test_a_second_person_is_needed_for_what_is_no_longer_one_persons() -> None:
    relieved = [SPAN]
    assert find_protections(relieved, closed=False, claimed=False, reviewed=[]) == set()
    assert find_protections(relieved, closed=True, claimed=False, reviewed=[]) == {
        Protection.CLOSED
    }
    assert find_protections(relieved, closed=False, claimed=True, reviewed=[SPAN]) == {
        Protection.CLAIMED,
        Protection.REVIEWED,
    }
    assert not find_protections(relieved, closed=False, claimed=False, reviewed=[Span(200, 300)])
