"""HA's rules, of 9.x and as groups of 8.x, and whom they leave no node."""

import pytest

from noc_tui.cluster.decoding import decode_rows
from noc_tui.cluster.ha_rules import (
    HaGroupRow,
    HaRule,
    HaRuleRow,
    find_hindrances,
    list_barring_rules,
    list_companions,
    rules_of_groups,
    rules_of_rows,
)

RULES = b"""{"data": [
 {"rule": "db-here", "type": "node-affinity", "resources": "vm:101,vm:102", "nodes": "pve1:2,pve2",
  "strict": 1, "digest": "x", "order": 1},
 {"rule": "apart", "type": "resource-affinity", "resources": "vm:201,vm:202",
  "affinity": "negative"},
 {"rule": "off", "type": "node-affinity", "resources": "vm:300", "nodes": "pve9", "strict": 1,
  "disable": 1},
 {"rule": "odd", "type": "node-affinity", "resources": "vm:301", "nodes": "pve9", "strict": "1",
  "errors": {"resources": ["resource 'vm:301' is already used in another node affinity rule"]}},
 {"rule": "later", "type": "cluster-affinity", "resources": "vm:1"}
]}"""


def test_rules_of_9_are_read_and_an_unknown_kind_is_left_out() -> None:
    here, apart, off, odd = rules_of_rows(decode_rows(RULES, HaRuleRow))
    assert (here.services, here.nodes) == (("vm:101", "vm:102"), {"pve1": 2, "pve2": 0})
    assert (here.strict, here.enabled, apart.keeps_apart) == (True, True, True)
    assert (off.enabled, odd.wrong.startswith("resource 'vm:301'")) == (False, True)


def test_groups_of_8_say_the_same() -> None:
    body = b'{"data": [{"group": "db", "nodes": "pve1,pve2:1", "restricted": 1, "type": "group"}]}'
    (rule,) = rules_of_groups(decode_rows(body, HaGroupRow), {"db": ["vm:102", "vm:101"]})
    assert (rule.services, rule.strict) == (("vm:101", "vm:102"), True)
    assert rule.nodes == {"pve1": 0, "pve2": 1}


@pytest.mark.parametrize(
    ("working", "kept_down"),
    [
        ({"pve1", "pve2", "pve3"}, []),
        ({"pve2", "pve3"}, []),
        ({"pve3", "pve4"}, [("db-here", "vm:101")]),
        ({"pve3"}, [("db-here", "vm:101"), ("apart", "vm:202")]),
    ],
)
def test_who_is_down_with_no_node_left_is_named_with_the_rule(
    working: set[str], kept_down: list[tuple[str, str]]
) -> None:
    rules = rules_of_rows(decode_rows(RULES, HaRuleRow))
    down = {
        "vm:101": "pve1",
        "vm:202": "pve2",
        "vm:300": "pve9",
        "vm:301": "pve9",
        "vm:999": "pve1",
    }
    found = find_hindrances(rules, down, working)
    assert [(one.rule, one.service) for one in found] == kept_down


def test_rules_bar_a_node_and_name_who_goes_along() -> None:
    here, apart, off, odd = rules_of_rows(decode_rows(RULES, HaRuleRow))
    rules = (here, apart, off, odd)
    placed = {"vm:201": "pve1", "vm:202": "pve2"}
    assert list_barring_rules(rules, "vm:101", "pve3", placed) == ("db-here",)
    assert list_barring_rules(rules, "vm:101", "pve2", placed) == ()
    assert list_barring_rules(rules, "vm:201", "pve2", placed) == ("apart",)
    assert list_barring_rules(rules, "vm:201", "pve1", placed) == ()
    assert list_barring_rules(rules, "vm:300", "pve1", placed) == ()
    assert list_barring_rules(rules, "vm:301", "pve1", placed) == ()
    pair = HaRule("pair", "resource-affinity", ("vm:1", "vm:2"), affinity="positive")
    assert list_companions((*rules, pair), "vm:1") == ("vm:2",)
    assert list_companions(rules, "vm:201") == ()
