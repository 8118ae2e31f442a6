"""What is taken out of a table: no formula, no markup, figures as figures."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.console.table_texts import form_of, guard_formula, row_text, table_text
from widgets.columns import Column


class Line(NamedTuple):
    name: str
    memory: int | None = 8 << 30
    at: datetime | None = datetime(2026, 11, 30, 3, 12, tzinfo=UTC)


COLUMNS: list[Column[Line]] = [
    Column("name", "Name", 9, lambda row: row.name),
    Column("memory", "Memory", 9, lambda row: "8.0 GiB", order=lambda row: row.memory,
           align="right", kind="size"),
    Column("at", "Since", 9, lambda row: "", order=lambda row: row.at, kind="since"),
]  # fmt: skip
ODD = st.text(st.sampled_from("=+-@|<>*_[]`,;\"'\n\r\t\x1b\u202eaé 1%"), max_size=12)


def test_figures_are_figures_and_times_are_times() -> None:
    assert json.loads(table_text("json", COLUMNS, [Line("web"), Line("db", None, None)])) == [
        {"name": "web", "memory": 8 << 30, "at": "2026-11-30T03:12:00Z"},
        {"name": "db", "memory": None, "at": None},
    ]
    assert table_text("csv", COLUMNS, [Line("web")]).splitlines() == [
        "Name,Memory (bytes),Since",
        "web,8589934592,2026-11-30T03:12:00Z",
    ]
    assert table_text("md", COLUMNS, [Line("a|b")]).splitlines()[2] == r"| a\|b | 8.0 GiB |  |"


@given(ODD)
def test_no_cell_is_a_formula_and_each_row_is_one(name: str) -> None:
    rows = list(csv.reader(io.StringIO(table_text("csv", COLUMNS, [Line(name)]), newline="")))
    assert len(rows) == 2
    assert not rows[1][0].lstrip().startswith(("=", "+", "-", "@", "|", "%"))
    assert "\x1b" not in rows[1][0]


@given(ODD)
def test_a_row_of_markdown_is_one_line(name: str) -> None:
    assert len(table_text("md", COLUMNS, [Line(name)]).split("\n")) == 4


def test_a_row_says_what_its_columns_say() -> None:
    assert row_text(COLUMNS, Line("web")) == "Name: web\nMemory: 8.0 GiB"
    assert guard_formula("=cmd|' /C calc'!A0") == "'=cmd|' /C calc'!A0"
    assert [form_of(name) for name in ("JSON", "md", "xlsx", "")] == ["json", "md", "csv", "csv"]
