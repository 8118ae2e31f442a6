"""The shipped terms hold together, say what the contract says, and a broken file names its key."""

from fractions import Fraction
from pathlib import Path

import pytest

from noc_tui.contract.terms import SHIPPED, TermsError, load_terms


def test_the_shipped_numbers_are_exact() -> None:
    terms = load_terms()
    assert terms.availability.commitment == Fraction(999, 1000)
    assert terms.availability.floor == Fraction(99, 100)
    assert (terms.suspension.termination_days, terms.availability.claim_days) == (15, 30)


def test_every_ground_clause_and_row_is_there() -> None:
    terms = load_terms()
    assert len(terms.grounds) == 12
    assert [clause.id for clause in terms.charte] == [f"C{n}" for n in range(1, 12)]
    tickable = [clause.id for clause in terms.charte if clause.tickable]
    assert tickable == ["C3", "C5", "C6", "C7", "C10", "C11"]
    assert sum(row.kind == "table" for row in terms.annexe2) == 16
    assert terms.row("restauration-sauvegarde").verdict == "out_of_scope"


def test_every_cited_article_has_a_summary() -> None:
    terms = load_terms()
    for ground in terms.grounds:
        for cited in (ground.article, ground.bullet or ground.article, *ground.see):
            assert terms.article(cited).summary.fr


def test_both_languages_are_filled() -> None:
    terms = load_terms()
    for ground in terms.grounds:
        assert ground.label.in_("fr") != ground.label.in_("en")


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ('commitment = "999/1000"', 'commitment = "often"', "$.availability.commitment"),
        ('commitment = "999/1000"', 'commitment = "99.5"', "$.availability.commitment"),
        ('commitment = "999/1000"', 'commitment = "99.5"', "0.999 for 99.9 %, not '99.5'"),
        ('floor = "99/100"', 'floor = "0"', "$.availability.floor"),
        ('commitment = "999/1000"', "commitment = 0.995", "a text like '999/1000'"),
        ("claim_days = 30", "claim_days = 'a month'", "$.availability.claim_days"),
        ('means = ["vm_stop"]', 'means = ["dynamite"]', "grounds.maintenance.means: 'dynamite'"),
        ('id = "attack"', 'id = "emergency"', "grounds: 'emergency' is given twice"),
        ('floor = "99/100"', 'floor = "1/1"', "availability: 0 < floor"),
        ('version = "1"', 'version = "1"\ncolour = "blue"', "colour"),
    ],
)
def test_a_broken_file_names_itself_and_the_key(
    tmp_path: Path, old: str, new: str, names: str
) -> None:
    broken = tmp_path / "terms.toml"
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TermsError) as caught:
        load_terms(broken)
    assert str(broken) in str(caught.value)
    assert names in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TermsError, match=r"none\.toml"):
        load_terms(tmp_path / "none.toml")
