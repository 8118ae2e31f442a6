"""The other letters: maintenance, change of the service, incident, credit, restoration."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from noc_tui.contract.suspension.values import ConditionKind
from noc_tui.contract.terms import Effect
from noc_tui.i18n import Language
from noc_tui.letters.credit import (
    CreditFacts,
    MonthRates,
    write_grant,
    write_receipt,
    write_refusal,
)
from noc_tui.letters.effect import EffectFacts, write_effect
from noc_tui.letters.guest_names import name_guest
from noc_tui.letters.layout import lay_out
from noc_tui.letters.letter import ClientLetter, LetterSender
from noc_tui.letters.maintenance import MaintenanceFacts, write_calling_off, write_maintenance
from noc_tui.letters.month_statement import StatementFacts, write_statement_letter
from noc_tui.letters.restoration import RestorationFacts, write_restoration
from noc_tui.letters.service_news import write_incident, write_service_change
from noc_tui.letters.writing import Writing
from tests.support.cases import NOW, guest

SENDER = LetterSender(name="Exemple", contact="noc@example.fr", legal_name="Exemple SAS")
WINDOW = MaintenanceFacts(
    number=4,
    tenant="Acme",
    title="Commutateur",
    reason="remplacement",
    start=datetime(2026, 12, 1, 23, 46, tzinfo=UTC),
    end=datetime(2026, 12, 2, 1, 46, tzinfo=UTC),
    guests=("web101", "db102"),
)
CREDIT = CreditFacts(
    tenant="Acme",
    month=date(2026, 10, 1),
    rates=MonthRates("99.8791", "99.8512", "99.9888", "99.8679", proven=True),
    tier=10,
    sent=datetime(2026, 11, 3, 9, 0, tzinfo=UTC),
    received=datetime(2026, 11, 3, 9, 5, tzinfo=UTC),
    channel="courriel",
    reference="42",
    deadline=date(2026, 11, 30),
    in_time=True,
)
BACK = RestorationFacts(
    case="S-0001",
    tenant="Acme",
    guests=(guest(101),),
    held=(),
    found="VM réinstallée",
    since=NOW,
    at=NOW,
    ends_term=True,
    remedied_at=NOW,
    effects=frozenset(("network",)),
)


def sent(letter: ClientLetter) -> str:
    """The plain text, its no-break spaces as spaces."""
    text = lay_out(letter, SENDER, NOW).plain
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_maintenance_tells_its_window_in_words() -> None:
    text = sent(write_maintenance(WINDOW, "fr"))
    for needed in (
        "Début : mercredi 2 décembre 2026 à 0 h 46 (heure de Paris)",
        "Durée : 2 h",
        "web101, db102",
        "Objet : Maintenance le 2 décembre 2026 : Commutateur",
        "noc@example.fr",
        "Exemple SAS",
        "Rien ne vous est reproché",
    ):
        assert needed in text, needed
    assert "n’aura pas lieu" in sent(write_calling_off(WINDOW, "fr"))


def test_a_vm_is_named_with_its_number() -> None:
    writing = Writing("fr")
    assert name_guest("web", 101, "rennes", writing) == "web (VM 101, cluster rennes)"
    assert name_guest("", 101, "rennes", writing) == "101 (VM 101, cluster rennes)"


def test_a_credit_is_in_french_figures() -> None:
    granted = sent(write_grant(CREDIT, Decimal("251.69"), "fr"))
    for needed in ("99,8791 %", "10 % du montant", "251,69 €", "octobre 2026", "ne règle rien"):
        assert needed in granted, needed
    refused = sent(write_refusal(CREDIT, "la panne n’est pas de notre fait", "fr"))
    assert "Motif : la panne n’est pas de notre fait" in refused
    assert "tribunaux compétents de Rennes" in refused
    received = sent(write_receipt(CREDIT, "fr"))
    assert "dont le dernier jour est le lundi 30 novembre 2026." in received


def test_a_credit_that_is_not_measured_has_no_rate() -> None:
    nothing = MonthRates(None, None, "0.0000", None, proven=False)
    unmeasured = replace(CREDIT, rates=nothing)
    assert "Taux de disponibilité contractuel du mois : non établi" in sent(
        write_refusal(unmeasured, "x", "fr")
    )


@pytest.mark.parametrize(
    "letter",
    [write_grant(CREDIT, Decimal("251.69"), "fr"), write_refusal(CREDIT, "x", "fr")],
    ids=["granted", "refused"],
)
def test_a_rate_never_stands_alone(letter: ClientLetter) -> None:
    """Beside it: the rate without exclusions, the share measured, and the worst case."""
    text = sent(letter)
    for needed in (
        "Disponibilité brute, sans exclusion : 99,8512 %",
        "Part mesurée du mois : 99,9888 %",
        "compté comme indisponible : 99,8679 %",
    ):
        assert needed in text, needed
    assert "non prouvé" not in text


def test_a_rate_that_unmeasured_time_could_change_is_not_proven() -> None:
    doubtful = replace(CREDIT.rates, contractual="99.9500", worst="99.8000", proven=False)
    text = sent(write_refusal(replace(CREDIT, rates=doubtful), "x", "fr"))
    assert "contractuel du mois : 99,9500 % (non prouvé)" in text


def test_a_partial_restoration_speaks_of_what_came_back_alone() -> None:
    text = sent(write_restoration(replace(BACK, held=(guest(102),)), "fr"))
    assert "Cela vaut pour la seule VM rétablie." in text
    assert "16.1" not in text
    assert "Pour la VM encore soumise à la mesure, notre notification reste valable" in text


def test_a_restriction_that_ends_is_lifted_not_restored() -> None:
    whole = replace(BACK, held=(), restricts_only=True)
    text = sent(write_restoration(whole, "fr"))
    assert "La restriction a été levée." in text
    assert "Restriction levée, dossier" in text
    assert "services ont été rétablis" not in text
    part = write_restoration(replace(BACK, held=(guest(102),), restricts_only=True), "en")
    assert "Restriction partly lifted, case" in sent(part)


def test_a_restoration_says_when_the_cause_was_remedied_and_who_found_it() -> None:
    text = sent(write_restoration(BACK, "fr"))
    at = Writing("fr").instant(NOW).replace("\u00a0", " ")
    said = "Il a été remédié à la cause le"
    assert f"{said} : {at}, ce qu’a constaté notre centre d’exploitation" in text
    assert said not in sent(write_restoration(replace(BACK, remedied_at=None), "fr"))


@pytest.mark.parametrize(
    ("ground", "said"),
    [
        ("maintenance", "Travaux achevés le"),
        ("late-payment", "Paiement reçu le"),
        ("emergency", "Urgence terminée le"),
        ("authority-request", "Décision mettant fin à la mesure, enregistrée le"),
    ],
)
def test_what_ends_a_cause_is_called_by_its_ground(ground: str, said: str) -> None:
    text = sent(write_restoration(replace(BACK, ground=ground), "fr"))
    assert said in text
    assert "remédié" not in text
    assert "ce qu’a constaté" not in text


@pytest.mark.parametrize(
    ("unmet", "said"),
    [
        ("unanswered", "Aucune réponse ne nous était parvenue"),
        ("unpaid", "la somme due n’avait pas été réglée"),
    ],
)
def test_a_conditional_measure_in_force_says_what_was_not_done(
    unmet: ConditionKind, said: str
) -> None:
    begun = EffectFacts("S-1", "Acme", BACK.guests, NOW, NOW)
    assert said not in sent(write_effect(begun, "fr"))
    assert said in sent(write_effect(replace(begun, unmet=unmet), "fr"))


def test_no_period_runs_from_a_maintenance() -> None:
    begun = EffectFacts("S-1", "Acme", BACK.guests, NOW, NOW)
    assert "Les délais qui en dépendent" in sent(write_effect(begun, "fr"))
    assert "Les délais" not in sent(write_effect(replace(begun, maintenance=True), "fr"))


def test_a_corrected_statement_says_which_it_replaces_and_why() -> None:
    first = StatementFacts("Acme", date(2026, 8, 1), ("Tenu.",), "5f" * 32)
    assert "Il remplace" not in sent(write_statement_letter(first, "fr"))
    second = replace(first, correction=2, replaced=NOW, reason="une heure mal imputée.")
    text = sent(write_statement_letter(second, "fr"))
    at = Writing("fr").instant(NOW).replace("\u00a0", " ")
    assert f"Il remplace le relevé arrêté le {at}. Motif de la" in text
    assert "rectification : une heure mal imputée." in text
    assert "relevé 2026-08, rectificatif 2" in text


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        ("filter", "Le trafic bloqué passe de nouveau"),
        ("public", "Les échanges avec des adresses publiques"),
        ("network", "Les interfaces réseau"),
        ("stop", "une VM arrêtée auparavant"),
        ("barrier", "L’accès à la plateforme"),
    ],
)
def test_a_restoration_speaks_of_what_was_touched_alone(effect: Effect, said: str) -> None:
    every = frozenset[Effect](("filter", "public", "network", "stop", "barrier"))
    assert said in sent(write_restoration(replace(BACK, effects=frozenset((effect,))), "fr"))
    assert said not in sent(write_restoration(replace(BACK, effects=every - {effect}), "fr"))


def test_a_restoration_says_what_came_back() -> None:
    text = sent(write_restoration(BACK, "fr"))
    assert "Vos services ont été rétablis." in text
    assert "l’article 16.1 ne peut plus être invoqué à ce titre" in text
    assert "VM réinstallée" in text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_operators_paragraphs_stay_paragraphs(language: Language) -> None:
    text = sent(write_service_change(7, "Acme", "Stockage", "Du NVMe.\n\nEn mars.", language))
    assert "\n\nDu NVMe.\n\nEn mars.\n\n" in text
    assert "\n\nRétabli.\n\n" in sent(write_incident(3, "Acme", "Lien", "Rétabli.", language))


def test_every_letter_names_its_sender_reference_and_signature() -> None:
    for letter in (
        write_maintenance(WINDOW, "fr"),
        write_calling_off(WINDOW, "fr"),
        write_receipt(CREDIT, "fr"),
        write_grant(CREDIT, Decimal("1"), "fr"),
        write_refusal(CREDIT, "x", "fr"),
        write_restoration(BACK, "fr"),
        write_service_change(7, "Acme", "a", "b", "fr"),
        write_incident(3, "Acme", "a", "b", "fr"),
    ):
        text = sent(letter)
        for needed in (
            "Notre référence : ",
            "Le centre d’exploitation\nExemple",
            "Madame, Monsieur,",
        ):
            assert needed in text, (letter.subject, needed)


def test_a_text_that_looks_like_markup_stays_text() -> None:
    letter = lay_out(write_incident(3, "Acme", "a", "<img src=x>\n- a\n- b", "fr"), SENDER, NOW)
    assert "<img" not in letter.html
