"""The hoster's text is cut where its own numbering goes on, and nowhere else."""

from noc_tui.contract.official_text import key_of, split_clauses

TEXT = """Preamble
1. Subject
2004 was a year. Text.
2. Cases
The hoster may act:
- first case ;
- second case ;

- third case.
A closing paragraph.
3. Use
3.1. Part one
- a bullet of the part
3.2 Part two
7. is not the next article
ANNEXE 1
Rules
- rule one
goes on
- rule two
ANNEXE 2
- a bullet
"""


def test_articles_parts_bullets_and_annexes() -> None:
    cut = split_clauses(TEXT)
    assert list(cut) == [
        "1", "2", "2.1", "2.2", "2.3", "3", "3.1", "3.2", "annexe 1", "C1", "C2", "annexe 2",
    ]  # fmt: skip
    assert cut["2.3"] == "- third case."
    assert cut["2"].endswith("A closing paragraph.")
    assert cut["3.1"] == "3.1. Part one\n- a bullet of the part"
    assert cut["3.2"].endswith("7. is not the next article")
    assert cut["C1"] == "- rule one\ngoes on"


def test_people_write_a_clause_in_many_ways() -> None:
    asked = ["art. 6.3", "c7", "Annexe 1", "ANNEXE2", " 6 ", "article 13.2.1", "elsewhere"]
    assert [key_of(text) for text in asked] == [
        "6.3", "C7", "annexe 1", "annexe 2", "6", "13.2.1", "elsewhere",
    ]  # fmt: skip
