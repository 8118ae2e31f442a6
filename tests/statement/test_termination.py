"""The termination file: in the reader's language, in Paris time, with a draft of the letter."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from noc_tui import i18n
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.suspension.case_document import build_case_document
from noc_tui.letters.letter import LetterSender
from noc_tui.statement.termination import TerminationFile
from storage.data_copies import DataCopy
from storage.outbox import Message
from tests.support.cases import NOW, OMAR, TERMS, suspended

SENDER = LetterSender(name="Exemple", contact="noc@example.fr", legal_name="Exemple SAS")
LATER = NOW + timedelta(days=16)


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    with i18n.speak_language("fr"):
        yield


def notice(raw: bytes = b"article 16.1") -> Message:
    return Message(
        id="<1@example.fr>",
        kind="mail",
        about="suspension:S-1",
        purpose="notice",
        recipient="acme@example.fr",
        copy="",
        subject="Suspension",
        raw=raw,
        uid=1,
        account="omar",
        state="accepted",
        attempts=1,
        next_at=None,
        answer="250 OK",
        queued_at=NOW,
        changed_at=NOW,
    )


def written(case: Case, *mails: Message, address: str = "") -> str:
    document = build_case_document(case, TERMS, 0, LATER)
    file = TerminationFile(document, TERMS, SENDER, list(mails), [], LATER, address=address)
    return "\n".join(file.lines()).replace("\u00a0", " ").replace("\u202f", " ")


def test_it_holds_no_key_no_iso_time_and_no_english() -> None:
    text = written(suspended("contract-breach", "tenant"), notice())
    for needed in (
        "Manquement au contrat, client ou Invité (article 6)",
        "En vigueur depuis : mardi 10 mars 2026 à 10 h (heure de Paris)",
        "Article du contrat enfreint : 8",
        "déconnexion de toutes les interfaces réseau",
        "constat : seen in the log",
        "notification · accepté",
    ):
        assert needed in text.replace("\\", ""), needed
    for key in ("contract-breach", "article_breached", "unsettled", "vm_cut", "2026-03", "T10:"):
        assert key not in text.replace("\\", ""), key


def test_the_letter_says_both_effects_and_its_formal_notice() -> None:
    text = written(suspended("late-payment", "tenant"), notice())
    assert "au plus tôt à la réception du présent courrier" in text
    assert "lorsque vous confirmez avoir récupéré vos données" in text
    assert "résilier les services de plein droit, par courrier" in text
    assert "vous demandait de payer 1 250,00 €, est restée sans effet" in text
    assert "Notre mise en demeure du 10 mars 2026," in text
    assert "15 jours après la résiliation" in text
    assert "vérifiée en dernier lieu le 9 mars 2026" in text


def test_the_letter_goes_to_the_postal_address_or_says_that_it_is_missing() -> None:
    case, place = suspended("late-payment", "tenant"), "1 rue de l’Exemple, 35000 Rennes"
    text = written(case, notice(), address=place)
    assert f"Adresse postale : {place}" in text
    assert f"Destinataire : {case.tenant_name}, {place}" in text
    assert "Compléter l’adresse postale" not in text
    text = written(case, notice())
    assert "Adresse postale : absente du registre" in text
    assert "Compléter l’adresse postale" in text


def test_without_a_formal_notice_the_letter_says_so() -> None:
    text = written(suspended("late-payment", "tenant"), notice(b"no article"))
    assert "ne repose sur aucune mise en demeure antérieure" in text
    assert "en adresser d’abord une (C. civ. 1225 et 1226)" in text


def test_a_right_that_is_not_plain_is_to_be_assessed() -> None:
    assert "Droit à apprécier" in written(suspended("late-payment"), notice())
    assert "Droit à apprécier" not in written(suspended("late-payment", "tenant"), notice())


def test_a_case_of_another_article_says_so_unless_article_6_is_cited_too() -> None:
    case = suspended("service-threat")
    alone, chosen = "repose sur le seul article 8", "celle-ci porte sur certaines VM"
    text = written(case, notice())
    assert alone in text
    assert chosen in text
    assert "Nous résilions" not in text
    text = written(msgspec.structs.replace(case, cites=("contract-breach",)), notice())
    assert alone not in text
    assert chosen in text
    assert "Également : article 6" in text
    assert "Nous résilions" in text


def test_a_file_says_of_a_right_to_be_assessed_one_thing() -> None:
    case = apply_event(suspended("service-threat"), ev.TimePassed(at=LATER), TERMS)
    text = written(case, notice())
    assert "État : délai passé, droit à apprécier" in text
    assert "Délai passé depuis" in text
    assert "résiliation ouverte" not in text
    assert "Droit ouvert depuis" not in text
    plain = apply_event(suspended("late-payment", "tenant"), ev.TimePassed(at=LATER), TERMS)
    assert "Droit ouvert depuis" in written(plain, notice())


def test_a_restriction_is_not_called_a_suspension() -> None:
    case = suspended()
    plan = msgspec.structs.replace(case.plan, means=("vm_block_smtp_out",))
    text = written(msgspec.structs.replace(case, plan=plan), notice())
    assert "restreint les services sans les suspendre" in text
    assert "La mesure a duré plus de" in text
    assert "La suspension a duré" not in text
    assert "restreint les services" not in written(case, notice())


def test_maintenance_ends_no_contract() -> None:
    text = written(suspended("emergency", "tenant"), notice())
    assert "aucun droit de résilier ne peut être proposé" in text
    assert "Lettre recommandée" not in text


def test_without_its_terms_a_file_says_what_it_can() -> None:
    document = msgspec.structs.replace(
        build_case_document(suspended(), None, 0, LATER), terms_kept=False
    )
    file = TerminationFile(document, None, SENDER, [], [], LATER)
    assert any("charte-breach" in line for line in file.lines())


def test_a_debt_is_told_by_its_labels_and_by_what_is_still_due() -> None:
    case = suspended("late-payment", "tenant")
    facts = {**case.facts, "amount": "1447.50", "unpaid_part": "947.50"}
    dates = {"formal_notice_at": "2026-02-18", "formal_notice_until": "2026-02-26"}
    text = written(msgspec.structs.replace(case, facts={**facts, **dates}), notice())
    for needed in (
        "Montant de la facture : 1 447,50 €",
        "Part encore impayée : 947,50 €",
        "Mise en demeure de payer adressée le : 18 février 2026",
        "facture F-2026-001, dont 947,50 € sont dus",
    ):
        assert needed in text, needed
    assert "_" not in text.split("## Courriels")[0]


def test_a_termination_precedes_neither_its_letter_nor_the_end_of_the_suspension() -> None:
    """The fifteen days open the right; they are no date of effect (article 16.1)."""
    letter = written(suspended("late-payment", "tenant"), notice()).split("## Projet")[1]
    effect = letter.split("la résiliation prend effet")[1].split("article 16.2")[0]
    assert "mars 2026" not in effect
    assert "▲ Fixer la date d’effet : elle ne peut précéder la réception." in letter


def test_nothing_is_deleted_before_both_ends() -> None:
    letter = written(suspended("late-payment", "tenant"), notice()).split("## Projet")[1]
    assert "avant cette confirmation ni avant la fin du délai de l’article 16.2" in letter
    assert "aussi sur les sauvegardes" in letter
    assert "trente jours" in letter
    assert "pour l’autorité" not in letter
    assert "pour l’autorité" in written(suspended("authority-request"), notice())


def test_every_formal_notice_counts() -> None:
    first = msgspec.structs.replace(notice(), id="<0@example.fr>", purpose="formal-notice")
    first = msgspec.structs.replace(first, changed_at=NOW - timedelta(days=8))
    text = written(suspended("late-payment", "tenant"), first, notice())
    assert "Nos mises en demeure des 2 et 10 mars 2026," in text
    assert "que par courriel" in text
    assert "Mises en demeure qui citent l’article 16.1 : 2 et 10 mars 2026" in text


def test_facts_have_the_day_on_which_they_were_seen() -> None:
    case = suspended("contract-breach")
    text = written(case, notice())
    assert "Cause, faits du mardi 10 mars 2026 à 8 h (heure de Paris) : « " in text
    assert "que la cause subsiste" in text
    text = written(suspended("authority-request"), notice())
    assert "Cause, faits" not in text
    assert "que la cause subsiste" not in text
    assert "que l’ordre est toujours en vigueur" in text


def test_a_letter_drawn_too_early_says_that_it_may_not_be_sent() -> None:
    case = suspended("late-payment", "tenant")
    assert "n’est pas expiré" not in written(case, notice())
    early = NOW + timedelta(days=15)
    document = build_case_document(case, TERMS, 0, early)
    file = TerminationFile(document, TERMS, SENDER, [notice()], [], early)
    assert any("n’est pas expiré" in line for line in file.lines())


def test_an_order_whose_own_time_is_over_is_checked_first() -> None:
    case = suspended("authority-request")
    facts = {**case.facts, "order_until": (NOW + timedelta(days=10)).isoformat()}
    ordered = msgspec.structs.replace(case, facts=facts)
    assert "si son ordre est toujours en vigueur" in written(ordered, notice())
    assert "si son ordre est toujours en vigueur" not in written(case, notice())


def test_once_the_cause_is_gone_no_letter_is_drawn() -> None:
    case = suspended("late-payment", "tenant")
    case = apply_event(case, ev.Remedied(at=NOW, by=OMAR, found="paid"), TERMS)
    text = written(case, notice())
    assert "l’article 16.1 n’ouvre plus aucun droit" in text
    assert "Nous résilions" not in text


def test_an_order_without_a_time_of_its_own_is_said_to_be_in_force() -> None:
    text = written(suspended("authority-request"), notice())
    assert "et l’ordre de l’autorité est toujours en vigueur" in text
    assert "Vos autres services se poursuivent" in text


def test_a_copy_that_the_client_waits_for_stands_in_the_file() -> None:
    document = build_case_document(suspended("late-payment", "tenant"), TERMS, 0, LATER)
    copy = DataCopy(3, "acme", "requested", NOW, "Mme *Roux*", "courriel", "")
    file = TerminationFile(document, TERMS, SENDER, [], [], LATER, [copy])
    text = "\n".join(file.lines())
    assert "## Copie en fin de contrat (art. 16.2)" in text
    assert "▲ une copie demandée n’a pas été reçue (art. 16.2)" in text
    assert "Mme \\*Roux\\*" in text
    received = msgspec.structs.replace(copy, state="received")
    done = TerminationFile(document, TERMS, SENDER, [], [], LATER, [received])
    assert "▲ une copie demandée" not in "\n".join(done.lines())


def test_a_warning_stands_above_the_draft_so_that_it_is_not_posted_as_it_is() -> None:
    case = suspended("late-payment", "tenant")
    letter = written(case, notice()).split("## Projet de courrier")[1].split("\n> ")
    assert letter[1].startswith("⟦ PROJET. NE PAS ENVOYER EN L’ÉTAT")
    early = NOW + timedelta(days=15)
    document = build_case_document(case, TERMS, 0, early)
    lines = TerminationFile(document, TERMS, SENDER, [notice()], [], early).lines()
    assert any("NE PAS ENVOYER avant l’échéance suivante" in line for line in lines)
