"""The lists of what `noc-tui suspension plan` may be told."""

from datetime import date

import pytest

from noc_tui.commands.suspension_lists import LISTS, list_lines, list_rows, terms_of_tenant
from noc_tui.contract.terms_book import load_book

TERMS = terms_of_tenant(load_book(None), None, date(2026, 3, 10))


def test_each_ground_names_facts_and_means_that_are_listed_too() -> None:
    grounds, means, facts = (list_rows(what, TERMS) for what in LISTS[:3])
    known = {row["fact"] for row in facts}
    possible = {row["means"] for row in means}
    assert len(grounds) == len(TERMS.grounds)
    for row in grounds:
        assert set(row["facts"]) <= known  # type: ignore[call-overload]  # a list
        assert set(row["means"]) <= possible  # type: ignore[call-overload]  # a list


@pytest.mark.parametrize("what", LISTS)
def test_a_list_is_a_table_of_every_row(what: str) -> None:
    lines = list_lines(what, TERMS)
    assert len(lines) == len(list_rows(what, TERMS)) + 1


def test_the_clauses_say_which_can_be_ticked() -> None:
    rows = {row["clause"]: row for row in list_rows("clauses", TERMS)}
    assert list(rows) == [f"C{number}" for number in range(1, 12)]
    assert rows["C10"]["ticked"] is True
    assert rows["C1"]["ticked"] is False
    assert set(rows["C11"]["means"]) <= {row.id for row in TERMS.means}  # type: ignore[call-overload]


def test_a_fact_says_how_it_is_given() -> None:
    text = "\n".join(list_lines("facts", TERMS))
    assert "--tick finding=…" in text
    assert "--fact history=…" in text
    assert "--tick C1=…" in text
