"""The filter language: what it lists, what it refuses, and that nothing typed can break it."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.columns import Column
from widgets.filter_language import (
    AMBIGUOUS_FIELD,
    NOT_A_SIZE,
    NOT_COMPARABLE,
    UNKNOWN_FIELD,
    TableFilter,
    column_fields,
    read_filter,
)
from widgets.folding import fold

NOW = datetime(2026, 11, 30, 3, 12, tzinfo=UTC)
GIB = 1 << 30


class Guest(NamedTuple):
    name: str = "web"
    tenant: str = "acme"
    state: str = "running"
    share: int | None = 50
    memory: int | None = 8 * GIB
    booted: datetime | None = NOW - timedelta(days=2)
    due: datetime | None = NOW + timedelta(hours=2)
    budget: float | None = 2400.0

    @property
    def words(self) -> str:
        return f"{self.name} {self.tenant} {self.state}"


COLUMNS: list[Column[Guest]] = [
    Column("name", "Nom", 9, lambda row: row.name),
    Column("tenant", "Client", 9, lambda row: row.tenant or "—"),
    Column("state", "État", 9, lambda row: row.state),
    Column("memory", "Mém.", 9, lambda row: "", order=lambda row: row.share, kind="percent"),
    Column("size", "Mémoire", 9, lambda row: "", order=lambda row: row.memory, kind="size"),
    Column("booted", "Démarrée", 9, lambda row: "", order=lambda row: row.booted, kind="since"),
    Column("due", "Échéance", 9, lambda row: "", order=lambda row: row.due, kind="until"),
    Column("left", "Budget left", 9, lambda row: "", order=lambda row: row.budget,
           kind="duration"),
]  # fmt: skip
FIELDS = column_fields(COLUMNS)


def passes(wanted: TableFilter[Any], row: Guest) -> bool:
    text = fold(row.words)
    words = all(word in text for word in wanted.words)
    return words and (wanted.test is None or bool(wanted.test(row, lambda: text)))


def lists(text: str, row: Guest) -> bool:
    return passes(read_filter(text, FIELDS, NOW), row)


@pytest.mark.parametrize(
    ("text", "row", "listed"),
    [
        ("WEB acmé", Guest(), True),
        ("web initech", Guest(), False),
        ('"web acme"', Guest(), True),
        ('"acme web"', Guest(), False),
        ("!web", Guest(), False),
        ("!db", Guest(), True),
        ("tenant:acm", Guest(), True),
        ("tenant=acm", Guest(), False),
        ("tenant=ACME", Guest(), True),
        ("client:acme", Guest(), True),
        ("etat:run", Guest(), True),
        ("état:run", Guest(), True),
        ("state:!running", Guest(), False),
        ("state!=running", Guest(state="stopped"), True),
        ("!state:running", Guest(state="stopped"), True),
        ("state:stopped,running", Guest(), True),
        ("state:!stopped,running", Guest(), False),
        ('tenant:""', Guest(tenant=""), True),
        ('tenant:""', Guest(), False),
        ('tenant:"acme corp"', Guest(tenant="Acme Corp"), True),
        ("mem>7.5G", Guest(), True),
        ("mem>8G", Guest(), False),
        ("mem>=8G", Guest(), True),
        ("mem:8Gio", Guest(memory=8 * GIB + 1000), True),
        ("mem:4G..16G", Guest(), True),
        ("mem>40%", Guest(), True),
        ("mem>40", Guest(), True),
        ("mem>50%", Guest(), False),
        ("mem<50%", Guest(share=None), False),
        ("mem!=50%", Guest(share=None), False),
        ('mem:""', Guest(share=None), True),
        ("booted<3d", Guest(), True),
        ("booted>3j", Guest(), False),
        ("booted>2026-11-27", Guest(), True),
        ("booted:2026-11-28", Guest(), True),
        ("booted<2026-11-28", Guest(), False),
        ("booted<03:00", Guest(), True),
        ("due<3h", Guest(), True),
        ("due<1h30m", Guest(), False),
        ("budget<45m", Guest(), True),
        ("budget-left>1h", Guest(), False),
        ("left=40m", Guest(), True),
        ("state:stopped or mem>7G", Guest(), True),
        ("db ou web", Guest(), True),
        ("db | sql", Guest(), False),
        ("web or", Guest(), True),
        ("or", Guest(), False),
        ("mem>", Guest(), True),
        ("state: web", Guest(), True),
        ("", Guest(), True),
        ("12:30", Guest(name="12:30"), True),
        ("rennes/vm:110", Guest(name="rennes/vm:110"), True),
        ('"foo:bar"', Guest(name="foo:bar"), True),
    ],
)
def test_what_is_listed(text: str, row: Guest, listed: bool) -> None:
    assert lists(text, row) is listed


def test_an_unknown_field_is_refused_with_those_that_there_are() -> None:
    wanted = read_filter("web foo:bar", FIELDS, NOW)
    assert wanted.problem is not None
    assert wanted.problem.message == UNKNOWN_FIELD
    assert wanted.problem.values["name"] == "foo"
    assert "client, etat, mem, memoire" in wanted.problem.values["known"]
    assert wanted.words == ("web",), "the rest of it holds"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("size>8X", NOT_A_SIZE),
        ("tenant>5", NOT_COMPARABLE),
        ("d<2026-11-30", AMBIGUOUS_FIELD),
    ],
)
def test_what_a_field_does_not_take_is_refused(text: str, message: str) -> None:
    problem = read_filter(text, FIELDS, NOW).problem
    assert problem is not None
    assert problem.message == message


def test_only_what_counts_from_the_present_is_read_again() -> None:
    assert read_filter("booted<3d", FIELDS, NOW).timed
    assert not read_filter("mem>8G web", FIELDS, NOW).timed


TYPED = st.text(st.sampled_from('abmx >=<!:,."8G%|é-/2h') | st.characters(), max_size=24)
GUESTS = st.builds(
    Guest,
    name=st.text(max_size=4),
    state=st.sampled_from(("running", "stopped", "?")),
    share=st.none() | st.integers(0, 100),
    memory=st.none() | st.integers(0, 1 << 45),
)


@given(TYPED, GUESTS)
def test_nothing_typed_breaks_it(text: str, row: Guest) -> None:
    passes(read_filter(text, FIELDS, NOW), row)


@given(st.integers(0, 1 << 40), st.integers(0, 4000), st.sampled_from(("", "K", "M", "G")))
def test_sizes_compare_as_numbers_do(memory: int, figure: int, unit: str) -> None:
    limit = figure * 1024 ** "KMG".find(unit) * 1024 if unit else figure
    row = Guest(memory=memory)
    assert lists(f"size>{figure}{unit}", row) is (memory > limit)
    assert lists(f"size<={figure}{unit}", row) is (memory <= limit)
    assert lists(f"!size>{figure}{unit}", row) is (memory <= limit)


@given(st.lists(st.sampled_from(("web", "acme", "mem>7G", "state:run", "!db")), max_size=4), GUESTS)
def test_each_further_term_narrows(terms: list[str], row: Guest) -> None:
    listed = [lists(" ".join(terms[:count]), row) for count in range(len(terms) + 1)]
    assert listed == sorted(listed, reverse=True)
