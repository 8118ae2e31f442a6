"""What a filter drops, as it is written; a filter of nothing is refused at the plan."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.cluster.actions.firewall import Filter
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension import reasons
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.ports import BadPortsError, normalise_ports, parse_ports
from noc_tui.contract.suspension.reasons import Refused
from noc_tui.contract.suspension.values import Plan
from tests.support.cases import NOW, OMAR, TERMS, draft, guest

PLAN = Plan(guests=(guest(101),))


def test_both_directions_and_ranges() -> None:
    assert parse_ports("both:tcp:6660-6669,7000") == (
        "in:tcp:6660:6669,7000",
        "out:tcp:6660:6669,7000",
    )
    assert normalise_ports(["both:udp:*", "in:udp:*"]) == ("in:udp:*", "out:udp:*")


@pytest.mark.parametrize(
    "text",
    ["", "out", "out:tcp", "up:tcp:25", "out:*:25", "out:icmp:1", "out:tcp:0", "out:tcp:65536",
     "out:tcp:90-80", "out:tcp:smtp", "out:quic:443", "out:tcp:25;drop", "out:tcp:1-2-3",
     "out:tcp:" + ",".join(map(str, range(1, 17)))],
)  # fmt: skip
def test_what_is_no_port(text: str) -> None:
    with pytest.raises(BadPortsError):
        parse_ports(text)


@given(st.text(alphabet="inoutbhcpmd:*0123456789,-x", max_size=24))
def test_what_is_taken_the_cluster_understands(text: str) -> None:
    try:
        ports = parse_ports(text)
    except BadPortsError:
        return
    assert [Filter.parse(one).direction for one in ports]


@pytest.mark.parametrize(
    ("means", "ports", "reason"),
    [
        (("protocol_limit",), (), reasons.EMPTY_FILTER),
        (("port_filter",), (), reasons.EMPTY_FILTER),
        (("port_filter",), ("out:tcp",), reasons.BAD_PORTS),
        (("vm_stop",), ("out:tcp:25",), reasons.UNUSED_PORTS),
        (("vm_stop", "barrier"), (), reasons.NOBODY_BARRED),
    ],
)
def test_a_means_that_would_do_nothing_is_refused_at_the_plan(
    means: tuple[str, ...], ports: tuple[str, ...], reason: str
) -> None:
    plan = msgspec.structs.replace(PLAN, means=means, ports=ports)
    with pytest.raises(Refused) as refused:
        apply_event(draft(), ev.Edited(at=NOW, by=OMAR, plan=plan), TERMS)
    assert [one.text for one in refused.value.reasons] == [reason]


def test_a_draft_from_before_with_an_empty_filter_is_not_checked() -> None:
    case = msgspec.structs.replace(
        draft(), plan=msgspec.structs.replace(PLAN, means=("protocol_limit",))
    )
    with pytest.raises(Refused) as refused:
        apply_event(case, ev.Checked(at=NOW, by=OMAR), TERMS)
    assert reasons.EMPTY_FILTER in [one.text for one in refused.value.reasons]


def test_ports_are_part_of_what_is_approved() -> None:

    one, other = (
        apply_event(
            draft(),
            ev.Edited(
                at=NOW,
                by=OMAR,
                plan=msgspec.structs.replace(PLAN, means=("port_filter",), ports=(port,)),
            ),
            TERMS,
        )
        for port in ("out:tcp:25", "out:tcp:26")
    )
    assert digest(one) != digest(other)
