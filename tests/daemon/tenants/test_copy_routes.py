"""The copy of art. 16.2 on record: each step with its proof, and nothing deletable before."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from noc_tui.contract.calendar import micros, paris_day
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.tenants.register_import import find_undeletable
from noc_tui.queries.retention import read_facts
from storage.data_copies import DATA_COPIES
from storage.evidence import Query, search
from storage.guests import GUESTS
from tests.daemon.promises.test_night_checks import guest_row
from tests.daemon.tenants.conftest import Post
from tests.support.changes import recorded
from tests.support.context import START

pytestmark = pytest.mark.anyio
COPIES = "/v1/reversibility"
DIGEST = "ab" * 32
ASKED = START - timedelta(days=2)


def request(**changes: Any) -> dict[str, Any]:
    return {
        "tenant": "acme",
        "requested_at": ASKED.isoformat(),
        "requested_by": "Ms Roux",
        "channel": "registered letter",
        **changes,
    }


def made(**changes: Any) -> dict[str, Any]:
    return {
        "made_at": (ASKED + timedelta(hours=1)).isoformat(),
        "guests": ["rennes/101"],
        "medium": "encrypted disk",
        "digest": DIGEST,
        **changes,
    }


def handed(hours: int = 2) -> dict[str, Any]:
    at = (ASKED + timedelta(hours=hours)).isoformat()
    return {"handed_at": at, "handed_to": "Ms Roux", "proof": "parcel 6A123"}


def received(hours: int = 3) -> dict[str, Any]:
    at = (ASKED + timedelta(hours=hours)).isoformat()
    return {"received_at": at, "proof": "her mail of that day"}


async def test_each_step_is_kept_with_its_proof(noc: tuple[Context, Post]) -> None:
    context, post = noc
    assert await post("omar", COPIES, **request()) == (201, {"number": 1, "state": "requested"})
    for verb, body, state in (
        ("make", made(), "made"),
        ("hand-over", handed(), "handed-over"),
        ("receive", received(), "received"),
    ):
        assert await post("olga", f"{COPIES}/1/{verb}", **body) == (
            200, {"number": 1, "state": state},
        )  # fmt: skip
    (row,) = await DATA_COPIES.read(context.writer)
    assert (row.digest, row.handover_proof, row.account) == (DIGEST, "parcel 6A123", "olga")
    entries = [
        entry
        for entry in await search(context.writer, Query(subject="tenant:acme"))
        if entry.kind.startswith("reversibility.")
    ]
    assert [entry.kind for entry in entries[::-1]] == [
        f"reversibility.{one}" for one in ("requested", "made", "handed_over", "received")
    ]


async def test_a_copy_that_cannot_be_used_is_made_again(noc: tuple[Context, Post]) -> None:
    context, post = noc
    await post("omar", COPIES, **request())
    await post("omar", f"{COPIES}/1/make", **made())
    await post("omar", f"{COPIES}/1/hand-over", **handed())
    told = await post("omar", f"{COPIES}/1/reject", reason="the disk does not open")
    assert told == (200, {"number": 1, "state": "requested"})
    (row,) = await DATA_COPIES.read(context.writer)
    assert (row.digest, row.handed_at, row.reason) == ("", None, "the disk does not open")


@pytest.mark.parametrize(
    ("who", "verb", "body", "status", "word"),
    [
        ("omar", "", request(tenant="nobody"), 404, "nobody"),
        ("omar", "", request(requested_at="2026-03-01T00:00:00"), 400, "requested_at"),
        ("omar", "", request(requested_at="2027-03-01T00:00:00Z"), 400, "requested_at"),
        ("omar", "", request(channel=" ", tenant="zeta"), 400, "channel"),
        ("vera", "", request(), 403, "vera"),
        ("omar", "", request(), 409, "copy 1"),
        ("omar", "/1/hand-over", handed(), 409, "copy requested"),
        ("omar", "/1/receive", received(), 409, "copy requested"),
        ("omar", "/1/make", made(digest="AB"), 400, "digest"),
        ("omar", "/1/make", made(guests=["rennes/102"]), 400, "rennes/101"),
        ("omar", "/2/make", made(), 404, "2"),
        ("omar", "/1/waive", {"reason": "her letter"}, 403, "omar"),
    ],
)
async def test_what_cannot_be_is_refused(
    noc: tuple[Context, Post], who: str, verb: str, body: dict[str, Any], status: int, word: str
) -> None:
    context, post = noc
    async with recorded(context.writer) as change:
        await change.put(GUESTS, [replace(guest_row(101), pool="acme")])
    await post("omar", COPIES, **request())
    before = await DATA_COPIES.read(context.writer)
    said = await post(who, f"{COPIES}{verb}", **body)
    assert said[0] == status, said
    assert word in said[1]["error"]
    assert await DATA_COPIES.read(context.writer) == before


async def test_steps_follow_each_other(noc: tuple[Context, Post]) -> None:
    _context, post = noc
    await post("omar", COPIES, **request())
    await post("omar", f"{COPIES}/1/make", **made())
    status, said = await post("omar", f"{COPIES}/1/hand-over", **handed(hours=0))
    assert (status, "handed_at" in said["error"]) == (400, True)


async def test_who_waits_for_a_copy_leaves_no_register_and_loses_no_record(
    noc: tuple[Context, Post],
) -> None:
    """The time to ask is over on 17 March; the copy bars deletion until it is received."""
    context, post = noc
    later = START + timedelta(days=30)

    async def bars() -> tuple[list[str], object]:
        async with context.writer.snapshot() as db:
            today = paris_day(micros(later))
            found = await find_undeletable(db, {"zeta"}, context.terms, today)
            facts = await read_facts(db, context.terms, later)
        return found, facts.contract_ends["tenant:acme"]

    assert (await bars())[0] == []
    assert (await bars())[1] is not None
    await post("omar", COPIES, **request())
    (sentence,), end = await bars()
    assert "acme" in sentence
    assert end is None
    await post("lea", f"{COPIES}/1/waive", reason="her letter of the 9th")
    assert (await bars())[0] == []


async def test_a_register_does_not_drop_a_client_whose_end_is_not_done(
    noc: tuple[Context, Post],
) -> None:
    context, _post = noc
    today = paris_day(micros(START))
    async with context.writer.snapshot() as db:
        (sentence,) = await find_undeletable(db, {"zeta"}, context.terms, today)
        assert "acme" in sentence
        # A contract that runs says nothing here: who has guests is R40's question.
        assert await find_undeletable(db, {"acme"}, context.terms, today) == []
