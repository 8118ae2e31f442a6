"""What the structure of a ticket says beside its words: whose a thing is, and what kind of text."""

import pytest

from noc_tui.contract.annexe2.clauses import clauses
from noc_tui.contract.annexe2.features import features
from noc_tui.contract.annexe2.leanings import clear_leanings
from noc_tui.contract.annexe2.lexicon import load_lexicon


def shown(text: str) -> set[str]:
    return set(features(clauses(text, load_lexicon())))


def test_a_thing_is_its_owners() -> None:
    said = shown("Votre passerelle VPN est en panne, redémarrez notre routeur")
    assert "Y|vpn_gateway" in said
    assert "O|client_router" in said
    assert said.isdisjoint({"O|vpn_gateway", "Y|client_router"})


def test_what_is_said_to_be_fine_is_its_owners_too() -> None:
    assert "Y|kvpn_gateway" in shown("Votre passerelle est bonne, c'est réglé")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("[FIRING:1] NodeDown severity=critical instance=srv-7", "form|alert"),
        ("Problème réseau sur le serveur de fichiers", "form|nobody"),
        ("Merci pour tout", "form|thanks"),
        ("L'éditeur jure que c'est votre pare-feu, notre technicien dit que non", "form|says2OY"),
        ("1) ouvrez le port 443\n2) installez Excel", "form|listed"),
    ],
)
def test_a_text_is_of_a_kind(text: str, form: str) -> None:
    assert form in shown(text)


def test_requests_of_both_sides_are_told_apart_from_one() -> None:
    both = "1) ajoutez un VLAN 2) installez les correctifs dans Windows"
    assert "votes|R+in,out" in shown(both)
    assert "votes|Rin" in shown("Merci d'ajouter un VLAN")


def test_only_concepts_that_speak_clearly_vote() -> None:
    leaning = clear_leanings()
    assert leaning["concept.backup_manage"] == "in"
    assert leaning["concept.antivirus"] == "out"
    assert leaning["concept.gdpr"] == "not"
    assert leaning.keys().isdisjoint({"concept.vpn", "concept.licence", "concept.server_word"})
