"""`sla compute` against an independent implementation, on thousands of random months."""

import importlib.util
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_tui.contract import sla_document
from noc_tui.contract.availability import Commitment
from noc_tui.contract.sla_document import BadDocumentError
from noc_tui.contract.terms import load_terms

Document = dict[str, Any]  # JSON as it stands

COMMITMENT = Commitment.of(load_terms().availability)
BASES = ["maintenance", "suspension", "quota", "emergency", "not_attributable"]
OFFSETS = [UTC, *(timezone(timedelta(hours=hours)) for hours in (1, 2, -5))]
MONTHS = ["2024-02", "2026-02", "2026-03", "2026-10", "2026-12", "2027-01", "2028-01"]
PLAIN: Document = {
    "month": "2026-03",
    "contract_from": None,
    "contract_until": None,
    "monthly_amount": "1250.00",
    "outages": [],
    "exclusions": [],
    "unmeasured": [],
    "request_sent": None,
    "now": "2026-04-10T09:00:00+02:00",
}


def _oracle() -> Callable[[Document], Document]:
    source = Path(__file__).with_name("oracle.py")
    spec = importlib.util.spec_from_file_location("sla_oracle", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("Callable[[Document], Document]", module.answer)


oracle = _oracle()


def work_out(document: Document) -> Document:
    read = sla_document.read(json.dumps(document).encode())
    answer = sla_document.answer(read, COMMITMENT, now=0)
    return cast("Document", msgspec.to_builtins(answer))


def with_(**changes: object) -> Document:
    return {**PLAIN, **changes}


def spans(*pairs: tuple[str, str | None], **more: str) -> list[Document]:
    return [{"start": start, "end": end, **more} for start, end in pairs]


# -- thousands of random months --------------------------------------------------------------------


class Months:
    """Random documents that crowd around what is hard: edges, touching spans, both thresholds."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def document(self) -> Document:
        pick = self.random
        month = pick.choice(MONTHS)
        year, number = map(int, month.split("-"))
        first = datetime(year, number, 1, tzinfo=UTC)
        self.edges = [first + timedelta(hours=h) for h in (-2, -1, 0, 671, 672, 742, 743, 744)]
        self.edges += [first + timedelta(days=pick.uniform(-3, 35)) for _ in range(6)]
        self.now = pick.choice([first + timedelta(days=d) for d in (-2, 3, 17, 31, 45, 59, 61, 90)])
        begun, ended = sorted((self.instant(), self.instant()))
        return {
            "month": month,
            "contract_from": self.write(begun) if pick.random() < 0.3 else None,
            "contract_until": self.write(ended) if pick.random() < 0.3 else None,
            "monthly_amount": pick.choice([None, "1250.00", "0.05", "333.33", "0", "19.999"]),
            "outages": self.spans(pick.choice([0, 1, 3, 12])),
            "exclusions": [
                {**one, "basis": pick.choice(BASES)} for one in self.spans(pick.choice([0, 1, 4]))
            ],
            "unmeasured": self.spans(pick.choice([0, 0, 2])),
            "request_sent": self.write(self.instant()) if pick.random() < 0.4 else None,
            "now": self.write(self.now),
        }

    def spans(self, count: int) -> list[Document]:
        return [self.span() for _ in range(count)]

    def span(self) -> Document:
        start = self.instant()
        if self.random.random() < 0.1 and start <= self.now:
            return {"start": self.write(start), "end": None}
        lasts = self.random.choice(
            [0, 1e-6, 60, 2592, 2674.8, 2592.000001, 25_920, self.random.uniform(0, 90_000)]
        )
        end = start + timedelta(seconds=lasts)
        self.edges += [start, end]
        return {"start": self.write(start), "end": self.write(end)}

    def instant(self) -> datetime:
        return self.random.choice(self.edges)

    def write(self, at: datetime) -> str:
        return at.astimezone(self.random.choice(OFFSETS)).isoformat()


@pytest.mark.parametrize("seed", range(4))
def test_it_agrees_with_an_independent_implementation(seed: int) -> None:
    months = Months(seed)
    tiers = set()
    for _ in range(1000):
        document = months.document()
        answer = work_out(document)
        assert answer == oracle(document), json.dumps(document)
        tiers.add(answer["tier"])
    assert tiers == {0, 10, 25}


documents = st.builds(lambda seed: Months(seed).document(), st.integers(0, 2**32))


@given(documents)
@settings(max_examples=300)
def test_adding_an_exclusion_never_lowers_the_contractual_rate(document: Document) -> None:
    extra = [{**one, "basis": "quota"} for one in document["outages"][:1] + document["unmeasured"]]
    before = work_out(document)["contractual"]["down_seconds"]
    document = {**document, "exclusions": document["exclusions"] + extra}
    after = work_out(document)["contractual"]["down_seconds"]
    assert Fraction(after) <= Fraction(before)


@given(documents, st.randoms())
@settings(max_examples=200)
def test_the_order_of_spans_changes_nothing(document: Document, random: random.Random) -> None:
    answer = work_out(document)
    for field in ("outages", "exclusions", "unmeasured"):
        document[field] = random.sample(document[field], len(document[field]))
    assert work_out(document) == answer


@given(documents, st.floats(0, 1))
@settings(max_examples=200)
def test_splitting_or_repeating_a_span_changes_nothing(document: Document, share: float) -> None:
    answer = work_out(document)
    for field in ("outages", "exclusions", "unmeasured"):
        document[field] = [half for one in document[field] for half in split(one, share)]
    assert work_out(document) == answer


def split(span: Document, share: float) -> list[Document]:
    if span["end"] is None:
        return [span, span]
    start, end = (datetime.fromisoformat(span[key]) for key in ("start", "end"))
    middle = (start + (end - start) * share).isoformat()
    return [{**span, "end": middle}, {**span, "start": middle}, span]


# -- what the interface says, sentence by sentence ------------------------------------------------


def test_the_example_of_the_interface() -> None:
    document = with_(outages=spans(("2026-03-03T02:00:00+01:00", "2026-03-03T02:50:00+01:00")))
    assert work_out(document) == {
        "base_seconds": "2674800",
        "unmeasured_seconds": "0",
        "raw": {"down_seconds": "3000", "percent": "99.8878"},
        "contractual": {"down_seconds": "3000", "percent": "99.8878"},
        "tier": 10,
        "credit": "125.00",
        "budget_left_seconds": "0",
        "claim_deadline": "2026-04-30",
        "credit_state": "claimable",
        "proven": True,
        "worst_case": {"percent": "99.8878", "tier": 10},
        "cut_from_base": {"percent": "99.8878", "tier": 10},
    }


def test_excluded_time_in_the_base_or_out_of_it_may_lead_to_two_tiers() -> None:
    """2 674.5 s of 2 674 800 keep the commitment; of an hour less they do not (R11)."""
    document = with_(
        outages=spans(("2026-03-03T02:00:00Z", "2026-03-03T02:44:34.5Z")),
        exclusions=spans(("2026-03-10T02:00:00Z", "2026-03-10T03:00:00Z"), basis="attack"),
    )
    answer = work_out(document)
    assert (answer["tier"], answer["credit"]) == (0, "0.00")
    assert answer["cut_from_base"] == {"percent": "99.8998", "tier": 10}


def test_a_month_that_nobody_measured_is_not_proven() -> None:
    whole = spans(("2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"))
    answer = work_out(with_(unmeasured=whole))
    assert (answer["proven"], answer["worst_case"]["tier"]) == (False, 25)
    assert not work_out(with_(unmeasured=whole, exclusions=[{**whole[0], "basis": "quota"}]))[
        "proven"
    ]


@pytest.mark.parametrize(
    ("end", "tier", "percent"),
    [
        ("2026-04-03T00:43:12Z", 0, "99.9000"),
        ("2026-04-03T00:43:12.000001Z", 10, "99.8999"),
        ("2026-04-03T07:12:00Z", 10, "99.0000"),
        ("2026-04-03T07:12:00.000001Z", 25, "98.9999"),
    ],
)
def test_a_threshold_is_met_exactly_and_missed_by_a_microsecond(
    end: str, tier: int, percent: str
) -> None:
    document = with_(
        month="2026-04", now="2026-05-02T00:00:00Z", outages=spans(("2026-04-03T00:00:00Z", end))
    )
    answer = work_out(document)
    assert (answer["tier"], answer["contractual"]["percent"]) == (tier, percent)
    assert answer["credit"] == {0: "0.00", 10: "125.00", 25: "312.50"}[tier]


def test_nothing_after_now_has_happened() -> None:
    document = with_(
        now="2026-03-10T00:00:00Z",
        outages=spans(("2026-03-09T23:00:00Z", "2026-03-11T00:00:00Z")),
        unmeasured=spans(
            ("2026-03-09T22:00:00Z", None), ("2026-03-20T00:00:00Z", "2026-03-21T00:00:00Z")
        ),
    )
    answer = work_out(document)
    assert answer["raw"]["down_seconds"] == "3600"
    assert answer["unmeasured_seconds"] == "7200"


def test_an_exclusion_lessens_downtime_and_never_the_base() -> None:
    document = with_(
        outages=spans(("2026-03-03T00:00:00Z", "2026-03-03T01:00:00Z")),
        exclusions=spans(("2026-03-03T00:30:00Z", "2026-03-20T00:00:00Z"), basis="maintenance"),
    )
    answer = work_out(document)
    assert answer["base_seconds"] == "2674800"
    assert answer["contractual"]["down_seconds"] == "1800"
    assert answer["budget_left_seconds"] == "874.8"


def test_a_month_outside_the_contract_has_no_rate() -> None:
    document = with_(
        contract_from="2026-04-01T00:00:00+02:00",
        outages=spans(("2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z")),
    )
    answer = work_out(document)
    assert answer["base_seconds"] == "0"
    assert answer["raw"] == {"down_seconds": "0", "percent": None}
    assert (answer["tier"], answer["credit"], answer["credit_state"]) == (0, "0.00", "not_due")


def test_a_contract_given_in_days_runs_from_midnight_to_the_end_of_its_last_day() -> None:
    answer = work_out(with_(contract_from="2026-03-10", contract_until="2026-03-11"))
    assert answer["base_seconds"] == "172800"


@pytest.mark.parametrize(
    ("month", "sent", "now", "deadline", "state"),
    [
        ("2026-01", None, "2026-03-02T23:59:59.999999+01:00", "2026-03-02", "claimable"),
        ("2026-01", None, "2026-03-03T00:00:00+01:00", "2026-03-02", "lapsed"),
        ("2024-01", "2024-03-01T22:59:59.999999Z", "2024-06-01T00:00:00Z", "2024-03-01", "claimed"),
        ("2024-01", "2024-03-01T23:00:00Z", "2024-03-01T00:00:00Z", "2024-03-01", "lapsed"),
        ("2026-02", "2026-02-04T00:00:00Z", "2026-06-01T00:00:00Z", "2026-03-30", "claimed"),
        # The last day itself has 23 hours, or 25.
        ("2025-02", "2025-03-30T21:59:59.999999Z", "2025-06-01T00:00:00Z", "2025-03-30", "claimed"),
        ("2025-02", "2025-03-30T22:00:00Z", "2025-03-01T00:00:00Z", "2025-03-30", "lapsed"),
        ("2022-09", "2022-10-30T22:59:59.999999Z", "2022-12-01T00:00:00Z", "2022-10-30", "claimed"),
        ("2022-09", "2022-10-30T23:00:00Z", "2022-10-01T00:00:00Z", "2022-10-30", "lapsed"),
    ],
)
def test_a_claim_stands_by_the_last_instant_of_its_day_in_paris(
    month: str, sent: str | None, now: str, deadline: str, state: str
) -> None:
    outages = spans((f"{month}-02T00:00:00Z", f"{month}-03T00:00:00Z"))
    answer = work_out(with_(month=month, request_sent=sent, now=now, outages=outages))
    assert (answer["claim_deadline"], answer["credit_state"]) == (deadline, state)


def test_only_the_month_is_required() -> None:
    answer = work_out({"month": "2026-10"})
    assert (answer["base_seconds"], answer["credit"]) == ("2682000", None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"month": "2026-13"}, "month"),
        ({"month": "2026-3"}, "month"),
        ({"month": "٢٠٢٦-03"}, "month"),
        ({"month": None}, "month"),
        ({"month": 202603}, "month"),
        ({"monthly_amount": "-1"}, "monthly_amount"),
        ({"monthly_amount": "12,50"}, "monthly_amount"),
        ({"monthly_amount": "NaN"}, "monthly_amount"),
        ({"monthly_amount": "1e3"}, "monthly_amount"),
        ({"monthly_amount": "9" * 5000}, "monthly_amount"),
        ({"monthly_amount": 12.5}, "monthly_amount"),
        ({"now": "2026-03-01T00:00:00"}, "now"),
        ({"now": "2026-03-01"}, "now"),
        ({"now": "2026-02-30T00:00:00Z"}, "now"),
        ({"now": "2026-03-01T00:00:00+25:00"}, "now"),
        ({"request_sent": "yesterday"}, "request_sent"),
        ({"contract_from": "2026-02-30"}, "contract_from"),
        ({"contract_from": "2026-03-02", "contract_until": "2026-02-01"}, "contract_until"),
        ({"outages": [{"end": None}]}, "outages"),
        ({"outages": spans(("2026-03-02T00:00:00Z", "2026-03-01T23:59:59Z"))}, "outages[0].end"),
        ({"outages": spans(("2026-05-02T00:00:00Z", None))}, "outages[0].end"),
        ({"outages": spans(("2026-03-02T00:00:00", None))}, "outages[0].start"),
        ({"exclusions": spans(("2026-03-02T00:00:00Z", None))}, "basis"),
        ({"exclusions": spans(("2026-03-02T00:00:00Z", None), basis="luck")}, "basis"),
        ({"unmeasured": "always"}, "unmeasured"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_that_names_the_field(
    changes: Document, field: str
) -> None:
    with pytest.raises(BadDocumentError) as caught:
        work_out(with_(**changes))
    assert field in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b'"x"', b"\xff", b"[" * 100_000, b'{"month":"\xff"}']
)
def test_what_is_no_document_is_refused(raw: bytes) -> None:
    with pytest.raises(BadDocumentError):
        sla_document.read(raw)
