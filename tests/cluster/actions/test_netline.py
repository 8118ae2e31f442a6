"""Interface lines: nothing is lost, and they are compared by what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.cluster.actions.netline import NetLine

QEMU = "virtio=BC:24:11:2E:C5:4A,bridge=vmbr0,firewall=1,queues=4,tag=12,trunks=1;5"
LXC = "name=eth0,bridge=vmbr0,firewall=1,gw=10.0.0.1,hwaddr=BC:24:11:00:00:01,ip=10.0.0.2/24"
WORDS = st.text("abcxyz0123456789:;/.-", min_size=1, max_size=8)
EXTRAS = st.dictionaries(WORDS.map(lambda word: f"k{word}"), WORDS, max_size=4)


@st.composite
def lines(draw: st.DrawFn) -> str:
    """Lines of both kinds, with options that nobody knows, in any order."""
    head = draw(st.sampled_from([QEMU, LXC, "virtio,bridge=vmbr1", "model=e1000,macaddr=aa:bb"]))
    parts = [*head.split(","), *(f"{key}={value}" for key, value in draw(EXTRAS).items())]
    down = draw(st.sampled_from([None, "link_down=0", "link_down=1"]))
    parts += [down] if down else []
    return ",".join([parts[0], *draw(st.permutations(parts[1:]))])


@given(lines())
def test_a_line_is_printed_as_it_was_read(line: str) -> None:
    assert NetLine.parse(line).text == line


@given(lines())
def test_the_order_says_nothing(line: str) -> None:
    parts = line.split(",")
    turned = ",".join([parts[0], *reversed(parts[1:])])
    assert NetLine.parse(turned).same_as(NetLine.parse(line))


@given(lines())
def test_only_the_option_changes(line: str) -> None:
    cut = NetLine.parse(line).with_option("link_down", "1")
    assert cut.has("link_down")
    others = [part for part in cut.text.split(",") if not part.startswith("link_down")]
    assert others == [part for part in line.split(",") if not part.startswith("link_down")]
    back = cut.with_option("link_down", NetLine.parse(line).value("link_down"))
    assert back.same_as(NetLine.parse(line))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("virtio=aa:bb,bridge=v", "bridge=v,virtio=AA:BB", True),
        ("virtio=aa:bb,bridge=v", "model=virtio,macaddr=AA:BB,bridge=v", True),
        ("virtio=aa:bb,bridge=v", "virtio=aa:bb,bridge=v,link_down=0,firewall=0", True),
        ("name=eth0,hwaddr=aa", "name=eth0,hwaddr=AA,type=veth", True),
        ("virtio=aa:bb,bridge=v", "e1000=aa:bb,bridge=v", False),
        ("virtio=aa:bb,bridge=v", "virtio=aa:bc,bridge=v", False),
        ("virtio=aa:bb,bridge=v", "virtio=aa:bb,bridge=v,link_down=1", False),
        ("virtio=aa:bb,bridge=v", "virtio=aa:bb,bridge=w", False),
    ],
)
def test_meaning(one: str, other: str, same: bool) -> None:
    assert NetLine.parse(one).same_as(NetLine.parse(other)) is same
