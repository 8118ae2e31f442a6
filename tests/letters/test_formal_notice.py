"""The formal notice to pay: what it must say, in both languages; and nothing foreign runs."""

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from noc_tui.i18n import Language
from noc_tui.letters.formal_notice import FormalNoticeFacts, write_formal_notice
from noc_tui.letters.layout import PrintedLetter, lay_out
from noc_tui.letters.letter import LetterSender
from noc_tui.letters.notice_part import BLANK

AT = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
SENDER = LetterSender(
    name="Exemple",
    contact="noc@example.fr",
    legal_name="Exemple SAS",
    registration="RCS Rennes 000 000 000",
)
FACTS = FormalNoticeFacts(
    case="S-0006",
    tenant="Atelier Armor",
    invoice="F-2026-0917",
    issued=date(2026, 9, 1),
    amount=Decimal("1447.50"),
    unpaid=Decimal("947.50"),
    presented=date(2026, 10, 15),
    until=date(2026, 11, 26),
    limit_days=15,
)


def printed(language: Language, **changes: object) -> PrintedLetter:
    facts = dataclasses.replace(FACTS, **changes)  # type: ignore[arg-type]  # its own fields
    return lay_out(write_formal_notice(facts, SENDER, language), SENDER, AT)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "fr",
            (
                "Nous vous mettons en demeure de nous payer la somme de 947,50\u00a0€",
                "jeudi 26 novembre 2026 à 24\u00a0h (heure de Paris)",
                "Montant de la facture (TTC)\u00a0: 1\u202f447,50\u00a0€",
                "Déjà reçu\u00a0: 500,00\u00a0€",
                "15 octobre 2026, et rejeté",
                "plus de 15\u00a0jours",
            ),
        ),
        (
            "en",
            (
                "formal notice to pay us €947.50 by the end of Thursday 26 November 2026",
                "Amount of the invoice (including VAT): €1,447.50",
                "Received so far: €500.00",
                "more than 15\u00a0days",
            ),
        ),
    ],
)
def test_it_asks_for_a_sum_by_a_day_and_says_what_follows(
    language: Language, said: tuple[str, ...]
) -> None:
    text = printed(language).plain
    law = ("article 6", "rticle 7", "article 16.1", "article 18", "1343-5", "441-10")
    for needed in (*said, *law, "F-2026-0917", "S-0006", "Exemple SAS", "noc@example.fr", "Rennes"):
        assert needed in text, needed
    assert BLANK not in text


def test_a_debt_of_which_nothing_was_received_says_so_by_silence() -> None:
    assert "Received so far" not in printed("en", unpaid=FACTS.amount).plain


@pytest.mark.parametrize("missing", ["issued", "amount", "unpaid", "presented", "invoice"])
def test_what_is_not_known_is_a_blank_that_cannot_leave(missing: str) -> None:
    letter = printed("fr", **{missing: "" if missing == "invoice" else None})
    assert BLANK in letter.plain + letter.subject


def test_foreign_text_is_shown_and_never_run() -> None:
    letter = printed("fr", invoice="<b>\u202eF</b>\x1b[31m", tenant="<script>x</script>")
    assert "\x1b" not in letter.plain
    assert "<script>" not in letter.html
    assert "<b>" not in letter.html
