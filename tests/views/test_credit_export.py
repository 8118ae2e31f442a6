"""Credits for accounting: a row a grant, whose reference never changes; spreadsheets read it."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.views.credit_export import COLUMNS, GrantedCredit, list_credit_rows, write_csv

AT = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # the first of April in Paris
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


def grant(entry: int, amount: str, before: str = "0", name: str = "Acme") -> GrantedCredit:
    return GrantedCredit(
        entry=entry,
        at=AT + timedelta(days=entry),
        account="lea",
        tenant="acme",
        name=name,
        tier=10,
        monthly=Decimal("2516.90"),
        amount=Decimal(amount),
        before=Decimal(before),
    )


def read(content: bytes) -> list[dict[str, str]]:
    """As a French spreadsheet does."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_credit_is_a_row_with_decimal_commas_and_a_reference_of_its_entry() -> None:
    (row,) = read(write_csv(list_credit_rows("2026-03", [grant(0, "251.69")])))
    assert tuple(row) == COLUMNS
    assert row["reference"] == "AV-2026-03-acme-0"
    assert (row["montant_mensuel_ht"], row["montant_ht"]) == ("2516,90", "251,69")
    assert (row["accorde_le"], row["nature"], row["complete"]) == ("01/04/2026", "avoir", "")


def test_a_grant_of_more_is_a_row_with_the_difference_and_names_the_first() -> None:
    before = list_credit_rows("2026-03", [grant(7, "251.69")])
    after = list_credit_rows("2026-03", [grant(9, "629.23", "251.69"), grant(7, "251.69")])
    assert after[0] == before[0], "what was exported once is exported the same again"
    more = read(write_csv(after))[1]
    assert (more["montant_ht"], more["cumul_ht"]) == ("377,54", "629,23")
    assert more["complete"] == "AV-2026-03-acme-7"
    assert more["reference"] != more["complete"]


@given(NAMES | st.sampled_from(["=1+1", "@SUM(A1)", 'a;b"c', "-2", "+33"]))
def test_no_name_breaks_the_file_or_is_a_formula(name: str) -> None:
    (row,) = read(write_csv(list_credit_rows("2026-03", [grant(1, "1.00", name=name)])))
    assert row["nom"].removeprefix("'") == name.removeprefix("'")
    assert not row["nom"].startswith(("=", "+", "-", "@"))


@given(st.lists(st.decimals(1, 10_000, places=2), min_size=1, max_size=6))
def test_the_rows_add_up_to_what_was_granted_last(amounts: list[Decimal]) -> None:
    rising = sorted(amounts)
    before = [Decimal(0), *rising]
    grants = [grant(n, str(one), str(before[n])) for n, one in enumerate(rising)]
    rows = list_credit_rows("2026-03", grants)
    assert sum(row.amount for row in rows) == rising[-1] == rows[-1].total
    assert len({row.reference for row in rows}) == len(rows)
