"""Who reported content is told what became of it, and nothing of whose it is (R39)."""

from collections.abc import Iterator

import msgspec
import pytest

from noc_tui.contract.suspension.values import Case
from noc_tui.i18n import Language
from noc_tui.letters.letter import LetterSender
from noc_tui.statement.report_letters import ReportLetter, draw_report_letter
from tests.support.cases import NOW, TERMS, draft, suspended

SENDER = LetterSender(name="Exemple", contact="noc@example.fr", complaints="plaintes@example.fr")
CONTENT = {
    "content_location": "https://www.acme.example.fr/films/",
    "informed_at": "2026-03-01T14:30:00+01:00",
    "legal_provision": "article L. 335-2 du CPI",
    "why_unlawful": "films publiés sans autorisation",
    "automated_means": "none",
}


def about_content(case: Case) -> Case:
    plan = msgspec.structs.replace(
        case.plan, means=("vm_public_ip_off", "barrier"), barrier=("acme@pve",)
    )
    return msgspec.structs.replace(case, facts={**case.facts, **CONTENT}, plan=plan)


def drawn(case: Case, what: ReportLetter, *, reason: str = "", language: Language = "fr") -> str:
    letter = draw_report_letter(
        case, TERMS, SENDER, what=what, notifier="Ayants droit réunis", reason=reason,
        language=language, at=NOW,
    )  # fmt: skip
    return letter.plain.replace("\u00a0", " ").replace("\u202f", " ")


def words(case: Case) -> Iterator[str]:
    """What would tell whose the content is."""
    yield from (case.tenant, case.tenant_name, "acme@pve")
    yield from (guest.name for guest in case.plan.guests)


def test_a_receipt_says_when_what_and_that_a_person_decides() -> None:
    text = drawn(about_content(draft("regulation-breach-5-1")), "receipt")
    assert "votre signalement le dimanche 1er mars 2026 à 14 h 30" in text
    assert "Contenu signalé : https://www.acme.example.fr/films/" in text
    assert "Une personne l’examine" in text
    assert "Destinataire : Ayants droit réunis" in text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_decision_says_the_measure_its_reasons_and_where_it_is_answered(
    language: Language,
) -> None:
    case = about_content(suspended("regulation-breach-5-1"))
    text = drawn(case, "decision", language=language)
    for needed in (CONTENT["legal_provision"], CONTENT["why_unlawful"], "plaintes@example.fr"):
        assert needed in text
    assert ("adresses publiques" if language == "fr" else "public addresses") in text
    assert "⟦" not in text
    shown = text.replace(CONTENT["content_location"], "")
    assert not any(word in shown for word in words(case))


def test_nothing_done_needs_its_reason_and_tells_it() -> None:
    case = about_content(draft("regulation-breach-5-1"))
    with pytest.raises(ValueError, match="say why no measure"):
        drawn(case, "decision")
    text = drawn(case, "decision", reason="le contenu n’est plus accessible")
    assert "aucune mesure n’est prise" in text
    assert "Motif : le contenu n’est plus accessible" in text


def test_a_case_that_is_not_about_content_owes_no_such_letter() -> None:
    with pytest.raises(ValueError, match="not about content"):
        drawn(draft("late-payment"), "receipt")
