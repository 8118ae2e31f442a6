"""The words of an authority's order: what it leaves open is said, not left blank."""

from datetime import UTC, datetime

from msgspec.structs import replace

from noc_tui.contract.authority.values import AuthorityOrder
from noc_tui.daemon.authority.orders import document_of
from noc_tui.i18n import speak_language
from noc_tui.labels.authority import order_lines
from tests.support.cases import OLGA

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
ORDER = AuthorityOrder(
    id="A-0001",
    kind="criminal",
    authority="Juge",
    reference="JI 7/26",
    legal_basis="article 81",
    scope="suspendre tout accès",
    authenticity="cabinet rappelé",
    received_at=NOW,
    secrecy="forbidden",
    secrecy_basis="article 11",
    recorded_by=OLGA,
    recorded_at=NOW,
)


def lines(order: AuthorityOrder) -> str:
    with speak_language("fr"):
        return "\n".join(order_lines(document_of(order, NOW))).replace("\u00a0", " ")


def test_an_order_without_an_end_of_secrecy_or_a_term_says_so() -> None:
    text = lines(ORDER)
    assert "le client ne doit pas être informé, sans terme fixé par l’ordre (article 11)" in text
    assert "à exécuter avant : sans délai fixé" in text


def test_a_secrecy_that_ends_names_its_end_alone() -> None:
    text = lines(replace(ORDER, silent_until=datetime(2026, 9, 10, 9, 0, tzinfo=UTC)))
    assert "jusqu’au 10/09/2026 11:00" in text
    assert "sans terme" not in text
