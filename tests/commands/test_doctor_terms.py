"""`doctor` says who has which terms of the contract."""

from datetime import date
from fractions import Fraction

import msgspec

from noc_tui import i18n
from noc_tui.commands.doctor import find_terms
from noc_tui.contract.terms_book import OtherTerms, TermsBook, load_shipped_book

SHIPPED = load_shipped_book().default
LOWER = msgspec.structs.replace(
    SHIPPED,
    version="lower",
    availability=msgspec.structs.replace(SHIPPED.availability, commitment=Fraction("0.995")),
)


def test_everybody_has_the_default_terms() -> None:
    (line,) = find_terms(TermsBook(SHIPPED))
    assert (line.level, line.key) == ("good", "contract.terms_file")
    assert line.text == f"version {SHIPPED.version}, 99.9 %: every tenant"


def test_who_has_others_is_named_with_their_first_day() -> None:
    i18n.use("fr")
    others = (
        OtherTerms(LOWER, frozenset({"zeta", "acme"})),
        OtherTerms(SHIPPED, frozenset({"acme"}), date(2026, 4, 1)),
    )
    default, first, later = (line.text for line in find_terms(TermsBook(SHIPPED, others)))
    assert default.endswith(", 99,9\N{NO-BREAK SPACE}%\N{NO-BREAK SPACE}: tous les autres clients")
    assert first == "version lower, 99,5\N{NO-BREAK SPACE}%\N{NO-BREAK SPACE}: acme, zeta"
    assert later.endswith("à compter du 01/04/2026\N{NO-BREAK SPACE}: acme")
