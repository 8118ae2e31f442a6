"""The end of a contract (R28), from the register's dates to what is shown and alerted."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from noc_tui import i18n
from noc_tui.alerts.evaluate import evaluate
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.contract.terms import load_terms
from noc_tui.labels.alerts import text_of
from noc_tui.labels.contract import life_facts
from noc_tui.views.contract import contract_state
from storage.data_copies import DataCopy
from storage.register import Tenant

LIFE = load_terms().life
START = date(2023, 3, 15)
TERM = date(2026, 3, 15)
NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)


def tenant(
    *, end: date | None = None, notice: date | None = None, confirmed: date | None = None
) -> Tenant:
    return Tenant(
        "acme", "Acme", "noc@acme.example.fr", START, end, (), (), (), (), (), "none", "", (),
        notice_given=notice, data_confirmed=confirmed,
    )  # fmt: skip


def told(one: Tenant, today: date, *copies: DataCopy) -> dict[str, str]:
    return dict(life_facts(contract_state(one, today, LIFE, copies), one))


def test_a_notice_in_time_ends_the_contract_at_its_term_and_stops_the_warning() -> None:
    today = date(2025, 12, 1)
    assert contract_state(tenant(), today, LIFE, ()).warned
    served = contract_state(tenant(notice=date(2025, 12, 1)), today, LIFE, ())
    assert not served.warned
    assert served.ends == TERM


def test_a_notice_that_came_too_late_ends_the_period_after() -> None:
    late = contract_state(tenant(notice=date(2025, 12, 16)), date(2026, 1, 1), LIFE, ())
    assert late.ends == date(2027, 3, 15)


def test_nothing_may_be_deleted_before_the_data_is_confirmed_and_the_copy_no_longer_owed() -> None:
    ended = tenant(end=TERM)
    assert told(ended, date(2027, 1, 1))["May be deleted"] == (
        "no: the client has not confirmed its data (art. 16.1)"
    )
    confirmed = tenant(end=TERM, confirmed=date(2026, 4, 1))
    shown = told(confirmed, date(2026, 4, 16))
    assert (shown["Copy owed until"], shown["May be deleted"]) == (
        "2026-04-16",
        "no: a copy can still be asked for (art. 16.2)",
    )
    assert shown["Data retrievable until"].startswith("2026-05-01, by Regulation (EU) 2023/2854")
    assert told(confirmed, date(2026, 4, 17))["May be deleted"].startswith("yes")


def test_nothing_may_be_deleted_while_a_copy_that_was_asked_for_is_not_received() -> None:
    confirmed = tenant(end=TERM, confirmed=date(2026, 4, 1))
    asked = DataCopy(1, "acme", "requested", NOW, "Ms Roux", "mail", "")
    later = date(2027, 4, 17)
    assert told(confirmed, later, asked)["May be deleted"] == (
        "no: a copy that was asked for was not received (art. 16.2)"
    )
    assert told(confirmed, later, replace(asked, tenant="other"))["May be deleted"][:3] == "yes"
    for state in ("received", "waived"):
        assert told(confirmed, later, replace(asked, state=state))["May be deleted"][:3] == "yes"


@pytest.mark.parametrize(
    ("confirmed", "rule", "french"),
    [
        (
            None,
            "data-unconfirmed",
            "client Acme\xa0: contrat terminé, récupération des données non confirmée",
        ),
        (
            date(2026, 4, 1),
            "copy-owed",
            "client Acme\xa0: copie complète de ses VM due sur demande jusqu’au 16/04/2026",
        ),
    ],
)
def test_what_an_ended_contract_owes_is_alerted(
    confirmed: date | None, rule: str, french: str
) -> None:
    one = tenant(end=TERM, confirmed=confirmed)
    ending = contract_state(one, date(2026, 4, 2), LIFE, ()).ending
    assert ending is not None
    view = AlertInputs(
        now=datetime(2026, 4, 2, tzinfo=UTC), tenants={"acme": one}, endings={"acme": ending}
    )
    (found,) = [finding for finding in evaluate(view).violations if finding.tenant == "acme"]
    assert found.rule == rule
    with i18n.speak_language("fr"):
        assert text_of(found.rule, found.words) == french


def test_a_quota_is_named_in_the_readers_language() -> None:
    with i18n.speak_language("fr"):
        assert "mémoire 97" in text_of("quota", ["name=Acme", "what=memory 97 %"])
