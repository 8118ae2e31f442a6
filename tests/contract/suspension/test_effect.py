"""Approval by effect: whoever would be wholly out counts as all services, however it was ticked."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension import reasons
from noc_tui.contract.suspension.approval import digest, may_break_glass, rule_for
from noc_tui.contract.suspension.checklist import open_reasons
from noc_tui.contract.suspension.effect import Member, find_outage, takes_out, takes_whole_tenant
from noc_tui.contract.suspension.exclusion import suspended_span
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.proportion import needs_statement
from noc_tui.contract.suspension.reasons import Refused
from noc_tui.contract.suspension.values import Case, GuestId, Outage, Plan, Tick
from tests.support.cases import LEA, NOW, OMAR, PROOF, TERMS, filled, guest, noticed, order

FIVE = tuple(GuestId(cluster="rennes", vmid=number) for number in range(101, 106))


def members(
    running: Sequence[int] = range(101, 106),
    published: Sequence[int] = (),
    held: Sequence[int] = (),
) -> list[Member]:
    return [
        Member(one, one.vmid in running, one.vmid in published, one.vmid in held) for one in FIVE
    ]


def planned(outage: Outage, guests: int = 5, ground: str = "charte-breach", **ticks: str) -> Case:
    """A complete case about so many chosen guests, with that effect."""
    case = filled(ground)
    plan = msgspec.structs.replace(
        case.plan, guests=tuple(guest(ref.vmid) for ref in FIVE[:guests]), outage=outage
    )
    more = tuple(Tick(target=key, evidence=PROOF) for key in ticks)
    event = ev.Edited(at=NOW, by=OMAR, plan=plan, ticks=(*case.ticks, *more))
    return apply_event(case, event, TERMS)


def test_every_guest_ticked_is_the_whole_tenant() -> None:
    assert find_outage(FIVE, members()) == "all"


def test_all_but_one_that_runs_is_not() -> None:
    assert find_outage(FIVE[:4], members()) == ""


def test_all_but_one_that_is_off_is() -> None:
    assert find_outage(FIVE[:4], members(running=(101, 102, 103, 104))) == "running"


def test_the_only_published_one_is_and_one_of_two_is_not() -> None:
    assert find_outage(FIVE[:1], members(published=(101,))) == "published"
    assert find_outage(FIVE[:1], members(published=(101, 102))) == ""


def test_one_by_one_the_last_case_is_the_whole_tenant() -> None:
    assert find_outage(FIVE[4:], members(held=(101, 102, 103, 104))) == "all"
    assert find_outage(FIVE[4:], members(held=(101, 102, 103))) == ""


def test_a_tenant_that_is_off_already_loses_nothing_by_a_part() -> None:
    assert find_outage(FIVE[:2], members(running=())) == ""


def spread(
    running: Sequence[str] = ("rennes/101", "rennes/102", "nantes/101"),
    published: Sequence[str] = (),
) -> list[Member]:
    """A tenant on two clusters, which give the same number to two of its guests; one is off."""
    refs = [("rennes", 101), ("rennes", 102), ("rennes", 103), ("nantes", 101), ("nantes", 103)]
    found = [GuestId(cluster=cluster, vmid=vmid) for cluster, vmid in refs]
    return [Member(one, str(one) in running, str(one) in published) for one in found]


@pytest.mark.parametrize(
    ("chosen", "tenant", "outage"),
    [
        # All of one cluster, the other runs on: the same number there is another guest.
        (("rennes/101", "rennes/102", "rennes/103"), spread(), ""),
        (("rennes/101", "rennes/102", "nantes/101"), spread(), "running"),
        (("rennes/101", "nantes/101"), spread(), ""),
        (("rennes/101", "rennes/102", "rennes/103", "nantes/101"), spread(), "running"),
        (("rennes/101", "rennes/102", "rennes/103", "nantes/103"), spread(), ""),
        # All but one that is off, on another cluster than the rest.
        (("rennes/101", "rennes/102"), spread(("rennes/101", "rennes/102")), "running"),
        # The only published one, whose number another cluster has too.
        (("nantes/101",), spread(published=("nantes/101",)), "published"),
        (("rennes/101",), spread(published=("nantes/101",)), ""),
        (("nantes/101",), spread(published=("nantes/101", "rennes/102")), ""),
        (("nantes/101", "rennes/102"), spread(published=("nantes/101", "rennes/102")), "published"),
        # A published one that is off already takes nothing more away, and is still the only one.
        (("nantes/103",), spread(published=("nantes/103",)), "published"),
    ],
)
def test_all_but_one_of_a_tenant_on_several_clusters(
    chosen: Sequence[str], tenant: Sequence[Member], outage: Outage
) -> None:
    refs = [one.ref for one in tenant if str(one.ref) in chosen]
    assert len(refs) == len(chosen)
    assert find_outage(refs, tenant) == outage


@pytest.mark.parametrize("outage", ["all", "running", "published"])
def test_whoever_would_be_wholly_out_is_not_ordered_out_by_one_person(outage: Outage) -> None:
    """However many guests were ticked: all, all but one that is off, only the published one."""
    count = {"all": 5, "running": 4, "published": 1}[outage]
    case = planned(outage, guests=count, ground="contract-breach")
    assert rule_for(case, TERMS) != "none"


@given(
    st.sets(st.sampled_from(FIVE)), st.sets(st.integers(101, 105)), st.sets(st.integers(101, 105))
)
def test_more_guests_never_make_less_of_an_outage(
    chosen: set[GuestId], running: set[int], published: set[int]
) -> None:
    there = members(sorted(running), sorted(published))
    if find_outage(chosen, there):
        for one in FIVE:
            assert find_outage({*chosen, one}, there)


@pytest.mark.parametrize(
    ("means", "ports", "silent"),
    [
        (("vm_cut_network",), (), True),
        (("vm_stop",), (), True),
        (("vm_public_ip_off",), (), True),
        (("vm_block_smtp_out",), (), False),
        (("barrier",), (), False),
        (("content_removal",), (), False),
        (("port_filter",), ("in:*:*",), True),
        (("port_filter",), ("in:tcp:80:443",), True),
        (("port_filter",), ("in:tcp:443",), False),
        (("port_filter",), ("out:tcp:*",), False),
    ],
)
def test_which_means_leave_nothing_reachable(
    means: tuple[str, ...], ports: tuple[str, ...], silent: bool
) -> None:
    assert takes_out(Plan(means=means, ports=ports), TERMS, {80, 443}) is silent


@pytest.mark.parametrize("outage", ["all", "running", "published"])
def test_ticking_every_guest_asks_for_a_statement_and_a_second_person(outage: Outage) -> None:
    case = planned(outage)
    assert takes_whole_tenant(case, TERMS)
    assert (needs_statement(case, TERMS), rule_for(case, TERMS)) == (True, "second")
    with pytest.raises(Refused) as refused:
        apply_event(case, ev.Checked(at=NOW, by=OMAR), TERMS)
    assert [reason.text for reason in refused.value.reasons] == [reasons.STEP_OPEN]
    stated = msgspec.structs.replace(case.plan, statement="third time")
    case = apply_event(case, ev.Edited(at=NOW, by=OMAR, plan=stated), TERMS)
    case = noticed(apply_event(case, ev.Checked(at=NOW, by=OMAR), TERMS))
    with pytest.raises(Refused) as refused:
        apply_event(case, order(case), TERMS)
    assert reasons.SECOND_NEEDED in [reason.text for reason in refused.value.reasons]
    case = apply_event(case, ev.Approved(at=NOW, by=LEA, seen=digest(case)), TERMS)
    assert apply_event(case, order(case), TERMS).state == "ordered"


def test_a_part_needs_neither() -> None:
    case = planned("", guests=4)
    assert (needs_statement(case, TERMS), rule_for(case, TERMS)) == (False, "none")


def test_an_attack_on_all_guests_may_break_the_glass() -> None:
    assert rule_for(planned("all", ground="attack"), TERMS) == "break-glass"
    assert may_break_glass(planned("all", ground="service-threat"), TERMS)


@pytest.mark.parametrize("clause", ["C1", "C5", "C8", "C11"])
def test_the_clause_that_names_the_vm_asks_for_nobody(clause: str) -> None:
    case = planned("all", guests=1, **{clause: ""})
    assert not takes_whole_tenant(case, TERMS)
    assert rule_for(case, TERMS) == "none"


@pytest.mark.parametrize("clause", ["C3", "C7", "C10"])
def test_a_clause_that_does_not_asks_for_somebody(clause: str) -> None:
    assert takes_whole_tenant(planned("all", guests=1, **{clause: ""}), TERMS)


def test_unlawful_content_names_its_vm() -> None:
    assert not takes_whole_tenant(planned("all", guests=1, ground="regulation-breach-5-1"), TERMS)


def test_a_clause_names_one_vm_and_not_five() -> None:
    assert takes_whole_tenant(planned("all", guests=5, C11=""), TERMS)


def test_all_services_stay_all_services_whatever_clause_is_ticked() -> None:
    case = planned("all", guests=1, C11="")
    whole = msgspec.structs.replace(case.plan, scope="tenant", statement="")
    case = apply_event(case, ev.Edited(at=NOW, by=OMAR, plan=whole), TERMS)
    assert takes_whole_tenant(case, TERMS)


def test_the_effect_is_part_of_what_is_approved() -> None:
    assert digest(planned("")) != digest(planned("all"))


def test_a_cluster_out_of_reach_is_decided_before_the_order() -> None:
    case = filled(scope="tenant")
    plan = msgspec.structs.replace(case.plan, unseen=("nantes",))
    case = apply_event(case, ev.Edited(at=NOW, by=OMAR, plan=plan), TERMS)
    found = open_reasons(case, TERMS, NOW)
    assert [reason.text for reason in found] == [reasons.UNSEEN_UNDECIDED]
    decided = msgspec.structs.replace(plan, unseen_is="later")
    case = apply_event(case, ev.Edited(at=NOW, by=OMAR, plan=decided), TERMS)
    assert open_reasons(case, TERMS, NOW) == []


@pytest.mark.parametrize("outage", ["all", "running", "published"])
def test_the_outage_that_it_causes_is_excluded_as_all_services_are(outage: Outage) -> None:
    case = msgspec.structs.replace(planned(outage), started_at=NOW)
    span = suspended_span(case, TERMS)
    assert span is not None
    assert span.whole_tenant
    part = msgspec.structs.replace(planned(""), started_at=NOW)
    assert not getattr(suspended_span(part, TERMS), "whole_tenant", True)
