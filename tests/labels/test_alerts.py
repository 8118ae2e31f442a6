"""Alerts and handover items are stored as codes, and read in the reader's own language."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from noc_tui import i18n
from noc_tui.alerts.evaluate import evaluate
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.handover.build import HandoverState, Item, item_text, items
from noc_tui.labels.alerts import text_of
from storage.guest_counts import TenantUse
from storage.incidents import Incident
from storage.intents import Intent
from storage.register import TenantQuota
from storage.suspension import Suspension

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    i18n.use("en")


def french(item: Item) -> str:
    i18n.use("fr")
    return item_text(item.kind, item.words)


def incident(account: str) -> Incident:
    title = "Node rennes/pve1 lost" if account == "nocd" else "Lift is out"
    return Incident(
        3, title, "mitigated", "node:rennes/pve1", 0, None, account, "", "", None, None, 1
    )


def test_an_incident_that_a_rule_opened_is_worded_and_one_by_hand_is_as_it_was_written() -> None:
    by_rule, by_hand = items(
        HandoverState(NOW, NOW, incidents=[incident("nocd"), incident("omar")])
    )
    assert french(by_rule) == "incident 3, atténué\N{NO-BREAK SPACE}: Nœud rennes/pve1 perdu"
    assert french(by_hand) == "incident 3, atténué\N{NO-BREAK SPACE}: Lift is out"


def test_the_states_of_a_suspension_and_of_an_order_are_words() -> None:
    case = Suspension(
        "S-1", "acme", "Acme", "spam", "termination-open", False, NOW, NOW,
        NOW + timedelta(days=15), None, False, None, "{}",
    )  # fmt: skip
    order = Intent(
        1, "guest.power", "guest:rennes/101", '{"action":"reboot"}', 1, "omar", NOW, "doing", NOW,
        1, None,
    )  # fmt: skip
    first, second = items(HandoverState(NOW, NOW, suspensions=[case], intents=[order]))
    assert french(first) == "suspension S-1 (Acme), résiliation ouverte"
    assert french(second) == "en cours\N{NO-BREAK SPACE}: redémarrage de guest:rennes/101, en cours"


def test_codes_in_an_alert_are_words() -> None:
    i18n.use("fr")
    assert "toutes les instances" in text_of("outage", ["name=Acme", "cause=instances"])
    assert "historique divergent" in text_of("chain", ["verdict=forked"])
    use = TenantUse("acme", 3, 3, 0, 10, 95, 10)
    quota = TenantQuota("acme", 10, 100, 100, 10)
    (near,) = evaluate(
        AlertInputs(now=NOW, uses=[use], quotas={"acme": quota}, terms=load_shipped_book())
    ).violations
    assert text_of(near.rule, near.words).startswith(
        "quota presque atteint (vCPU 100 %, mémoire 95 %)"
    )
