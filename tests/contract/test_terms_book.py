"""Terms are a tenant's, on a day."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from noc_tui.config import ContractTerms
from noc_tui.contract.calendar import Month, day_start
from noc_tui.contract.terms import SHIPPED, TermsError
from noc_tui.contract.terms_book import OtherTerms, TermsBook, load_book, load_shipped_book

DEFAULT = load_shipped_book().default
SPRING = msgspec.structs.replace(DEFAULT, version="spring")
SUMMER = msgspec.structs.replace(DEFAULT, version="summer")
BOOK = TermsBook(
    DEFAULT,
    (
        OtherTerms(SUMMER, frozenset(["acme"]), date(2026, 7, 1)),
        OtherTerms(SPRING, frozenset(["acme", "zeta"]), date(2026, 4, 1)),
    ),
)


@pytest.mark.parametrize(
    ("tenant", "day", "expected"),
    [
        ("acme", date(2026, 3, 31), "1"),
        ("acme", date(2026, 4, 1), "spring"),
        ("acme", date(2026, 7, 1), "summer"),
        ("zeta", date(2026, 7, 1), "spring"),
        ("globex", date(2026, 7, 1), "1"),
    ],
)
def test_a_tenant_has_the_last_begun_of_its_terms(tenant: str, day: date, expected: str) -> None:
    assert BOOK.for_tenant(tenant, day).version == expected


@pytest.mark.parametrize(
    ("today", "march", "june"),
    [
        (date(2026, 2, 1), "1", "spring"),
        (date(2026, 3, 31), "1", "spring"),
        (date(2026, 6, 2), "1", "spring"),
        (date(2026, 8, 1), "1", "spring"),
    ],
)
def test_a_month_has_the_terms_of_the_day_while_it_runs_and_of_its_own_days_else(
    today: date, march: str, june: str
) -> None:
    now = day_start(today)
    found = [BOOK.for_month("acme", Month(2026, month), now).version for month in (3, 6)]
    assert found == [march, june]


def test_terms_that_begin_within_a_month_apply_once_their_day_has_come() -> None:
    book = TermsBook(DEFAULT, (OtherTerms(SPRING, frozenset(["acme"]), date(2026, 4, 15)),))
    days = (date(2026, 4, 14), date(2026, 4, 15))
    found = [book.for_month("acme", Month(2026, 4), day_start(day)).version for day in days]
    assert found == ["1", "spring"]


def test_every_version_stands_once_the_default_first() -> None:
    assert [terms.version for terms in BOOK.versions] == ["1", "summer", "spring"]


def written(folder: Path, name: str, version: str) -> Path:
    text = SHIPPED.read_text(encoding="utf-8")
    file = folder / name
    file.write_text(
        text.replace('version = "1"', f'version = "{version}"').replace("999/1000", "995/1000"),
        encoding="utf-8",
    )
    return file


def test_a_book_is_read_from_its_files(tmp_path: Path) -> None:
    file = written(tmp_path, "terms.toml", "acme")
    rows = [ContractTerms(file=file, tenants=("acme",), since=date(2026, 4, 1))]
    book = load_book(None, rows)
    assert book.for_tenant("acme", date(2026, 4, 1)).version == "acme"
    assert book.for_tenant("acme", date(2026, 3, 31)) == book.default == DEFAULT


def test_one_version_means_one_text(tmp_path: Path) -> None:
    file = written(tmp_path, "terms.toml", "1")
    with pytest.raises(TermsError) as raised:
        load_book(None, [ContractTerms(file=file, tenants=("acme",))])
    assert f"{file}: version: '1'" in str(raised.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(TermsError, match=r"none\.toml"):
        load_book(None, [ContractTerms(file=tmp_path / "none.toml", tenants=("acme",))])
