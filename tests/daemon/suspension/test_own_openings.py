"""The hoster's own first paragraphs: they come first, and cannot reach out."""

from pathlib import Path

import msgspec
import pytest

from noc_tui.contract.suspension.notice_facts import collect_notice_facts
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.suspension.case_letters import CaseLetters
from noc_tui.daemon.suspension.own_openings import LetterError, OwnOpening, read_opening
from noc_tui.letters.letter import LetterSender
from tests.support.cases import TERMS, filled

SENDER = LetterSender(name="Exemple", contact="noc@example.fr")


def opening(folder: Path | None, case: Case) -> OwnOpening:
    return read_opening(folder, collect_notice_facts(case, TERMS, "before"), SENDER, "fr")


def own(folder: Path, text: str) -> None:
    (folder / "fr").mkdir(exist_ok=True)
    (folder / "fr" / "attack.txt").write_text(text, encoding="utf-8")


def test_an_own_opening_comes_first_and_the_facts_follow(tmp_path: Path) -> None:
    own(tmp_path, "Objet {{ case }}\n\nTexte de {{ hoster }}\nsur {{ tenant }}")
    letters = CaseLetters(SENDER, tmp_path)
    text = letters.draw_notice(filled("attack"), TERMS, "fr", "before")
    assert text.subject == "Objet S-1"
    assert text.body.startswith("Texte de Exemple sur Acme\n\n1. Faits\n")
    assert "tribunaux compétents de Rennes" in text.body


def test_a_ground_without_an_own_opening_has_the_usual_one(tmp_path: Path) -> None:
    own(tmp_path, "Objet\n\nTexte")
    assert opening(tmp_path, filled("emergency")) == OwnOpening()
    assert opening(None, filled("attack")) == OwnOpening()


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ no_such_value }}",
        "{% include '../secret' %}",
        "{% if %}",
    ],
)
def test_a_template_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    own(tmp_path, text)
    with pytest.raises(LetterError, match=r"fr/attack\.txt"):
        opening(tmp_path, filled("attack"))


def test_a_name_is_never_read_as_a_template(tmp_path: Path) -> None:
    own(tmp_path, "Objet\n\n{{ tenant }}")
    case = msgspec.structs.replace(filled("attack"), tenant_name="{{ 7*191 }}")
    assert opening(tmp_path, case).text == "{{ 7*191 }}"
