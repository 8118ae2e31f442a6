"""What accounts that may not know are answered on the socket, and what they leave on record."""

import base64
import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from noc_tui.contract.suspension import events as ev
from noc_tui.daemon.suspension.cases import person
from noc_tui.evidence import pack_verifier
from storage import evidence, suspension
from storage.incidents import INCIDENTS, Incident
from storage.oncall import PRESENCE
from storage.outages import ATTRIBUTIONS, EXCLUSIONS, OUTAGES, Outage
from storage.outbox import MESSAGES
from storage.sealed import compare_sealed
from storage.times import micros
from storage.verdict import Verdict
from storage.verify import verify
from tests.daemon.authority.sealed_lab import LEA, OLGA, SealedLab
from tests.daemon.authority.sealed_socket import Asked, asking
from tests.support.changes import recorded
from tests.support.leaks import files_below, find_leaks

pytestmark = pytest.mark.anyio
ABSENT = "QQQQQQQQ"
Verb = tuple[str, str, object]
CASE_VERBS: tuple[Verb, ...] = (
    ("GET", "", None), ("GET", "/page", None), ("GET", "/exhibits/ab", None),
    ("GET", "/preview", None), ("GET", "/termination-file", None), ("POST", "/edit", {}),
    ("POST", "/move", {"start": "2027-01-01T00:00:00+01:00", "reason": "x"}),
    ("POST", "/check", None), ("POST", "/cancel", {"text": "x"}),
    ("POST", "/order", {"typed_name": "Acme", "seen": "x", "break_glass": True}),
    ("POST", "/restore", {}), ("POST", "/nothing", None),
)  # fmt: skip
ORDER_VERBS: tuple[Verb, ...] = (
    ("GET", "", None), ("POST", "/execute", {"text": "x"}), ("POST", "/withdraw", {"text": "x"}),
    ("POST", "/publish", {"reason": "x", "early": True}),
    ("POST", "/case", {"tenant": "acme"}),
)  # fmt: skip


@pytest.fixture
async def asked(lab: SealedLab) -> AsyncIterator[Asked]:
    async with asking(lab) as made:
        yield made


async def carried_out(lab: SealedLab) -> tuple[str, str]:
    order = await lab.record()
    case = await lab.carry_out((await lab.open_case(order.id)).id)
    return order.id, case.id


async def test_to_others_an_identifier_is_one_that_was_never_given(
    lab: SealedLab, asked: Asked
) -> None:
    order = (await lab.record()).id
    case = (await lab.open_case(order)).id
    for stem, real, verbs in (
        ("suspensions", case, CASE_VERBS),
        ("authority-orders", order, ORDER_VERBS),
    ):
        for method, verb, body in verbs:
            for who in ("vera", "omar", "marc"):
                answers = []
                for name in (real, ABSENT):
                    status, said = await asked(who, method, f"/{stem}/{name}{verb}", body)
                    answers.append((status, json.dumps(said).replace(name, "")))
                assert answers[0] == answers[1], (who, method, verb)
                assert answers[0][0] in (403, 404), answers[0]
        status, _shown = await asked("olga", "GET", f"/{stem}/{real}")
        assert status == 200
    # What they typed is on record as what they were refused, and no identifier is.
    refused = await evidence.search(
        lab.lab.context.writer, evidence.Query(kind="access.refused", limit=99)
    )
    assert refused
    everything = files_below(lab.lab.context.config.database.path.parent, "noc.db.sealed")
    assert find_leaks(everything, [order, case, ABSENT]) == []
    status, listed = await asked("omar", "GET", "/authority-orders")
    assert (status, listed) == (200, {"orders": []})


async def test_who_may_know_reads_its_termination_file_and_it_leaves_nothing_behind(
    lab: SealedLab, asked: Asked
) -> None:
    _order, case = await carried_out(lab)
    before = await evidence.search(lab.lab.context.writer, evidence.Query(limit=999))
    status, made = await asked("olga", "GET", f"/suspensions/{case}/termination-file")
    assert status == 200
    assert case in made["text"]
    assert "## " in made["text"]
    document = json.loads(made["document"])
    assert document["case"]["id"] == case
    assert any(one["kind"] == "suspension.executed" for one in document["evidence"])
    assert await evidence.search(lab.lab.context.writer, evidence.Query(limit=999)) == before
    everything = files_below(lab.lab.context.config.database.path.parent, "noc.db.sealed")
    assert find_leaks(everything, [case]) == []


async def test_who_may_know_and_is_refused_leaves_it_in_the_sealed_file(
    lab: SealedLab, asked: Asked
) -> None:
    order = (await lab.record()).id
    status, _said = await asked(
        "olga", "POST", f"/authority-orders/{order}/publish", {"reason": "Zqwords99"}
    )
    assert status == 403  # a lead publishes
    query = evidence.Query(kind="access.refused")
    assert await evidence.search(lab.lab.context.writer, query) == []
    assert len(await evidence.search(lab.sealed.orders.context.writer, query)) == 1


async def test_no_case_rests_on_an_order_that_nobody_recorded(lab: SealedLab, asked: Asked) -> None:
    opened = {"tenant": "acme", "ground": "authority-request"}
    status, said = await asked("omar", "POST", "/suspensions", opened)
    assert status == 409
    assert "record the order" in json.dumps(said)
    assert await suspension.SUSPENSIONS.read(lab.lab.context.writer) == []


async def test_an_open_case_withholds_nothing(lab: SealedLab, asked: Asked) -> None:
    """What is secret is recorded as a secret order: an open case would show it to all."""
    opened = {"tenant": "acme", "ground": "authority-report"}
    _status, case = await asked("omar", "POST", "/suspensions", opened)
    status, said = await asked(
        "omar", "POST", f"/suspensions/{case['id']}/notice",
        {"action": "withhold", "reason": "Zqreason1"},
    )  # fmt: skip
    assert status == 409
    assert "record the order" in json.dumps(said)


async def test_the_client_is_told_nothing_where_a_notice_is_withheld(lab: SealedLab) -> None:
    """Such a case may be there from before they were refused."""
    inner = lab.lab
    case = await inner.suspended("service-threat")
    silent = replace(case, notice=replace(case.notice, mode="withheld", delivery="unsent"))
    event = ev.Restored(at=inner.now(), restored=silent.suspended)
    async with recorded(inner.context.writer) as change:
        await inner.part.notices.tell_restored(change, silent, event, person(OLGA))
    assert await MESSAGES.where(inner.context.writer, "purpose = 'restored'") == []
    async with recorded(inner.context.writer) as change:
        await inner.part.notices.tell_restored(change, case, event, person(OLGA))
    assert len(await MESSAGES.where(inner.context.writer, "purpose = 'restored'")) == 1


async def outage(lab: SealedLab, start_after: timedelta, lasts: timedelta | None) -> Outage:
    """An outage of the tenant, in an incident, counted from now."""
    start = micros(lab.lab.now() + start_after)
    end = None if lasts is None else start + int(lasts.total_seconds() * 1_000_000)
    writer = lab.lab.context.writer
    number = len(await OUTAGES.read(writer)) + 1
    async with recorded(writer) as change:
        row = Outage(
            id=number, tenant="acme", start=start, end=end, not_before=start,
            not_over_before=end, cause="instances", sources=(), origin="observed", incident=1,
            evidence=1, ended_by=None,
        )  # fmt: skip
        incident = Incident(
            id=1, state="open", title="x", subject="tenant:acme", opened_at=start, ended_at=None,
            account="nocd", owner="", ticket="", merged_into=None, split_from=None, evidence=1,
        )  # fmt: skip
        await change.put(INCIDENTS, [incident])
        await change.put(OUTAGES, [row])
    return row


async def test_whose_the_outage_is_stays_open_until_it_is_published(
    lab: SealedLab, asked: Asked
) -> None:
    writer = lab.lab.context.writer
    order, _case = await carried_out(lab)
    before = await outage(lab, timedelta(days=-9), timedelta(minutes=5))
    row = await outage(lab, timedelta(seconds=-1), None)
    whose = {"party": "hoster", "reason": "a wrong route"}
    span = {"tenants": ["acme"], "start": "2026-03-01T00:00:00Z", "basis": "emergency"}
    for who, says in (("omar", "not decided now: ask a lead"), ("marc", "nobody may tell")):
        status, said = await asked(who, "GET", "/incidents/1/held")
        assert (status, said["outages"]) == (200, [row.id])
        assert says in said["why"]
        for path, body in (
            (f"/outages/{row.id}/attribution", whose),
            ("/exclusions", {**span, "reason": "x"}),
        ):
            status, said = await asked(who, "POST", path, body)
            assert (status, says in json.dumps(said)) == (409, True), said
    mail = {"tenants": ["acme"], "subject": "Panne", "body": "Une panne"}
    status, said = await asked("omar", "POST", "/incidents/1/message", mail)
    assert (status, "ask a lead" in json.dumps(said)) == (409, True)
    assert await ATTRIBUTIONS.read(writer) == []
    assert await EXCLUSIONS.read(writer) == []
    # What the sealed case has nothing to do with is decided as ever.
    status, _said = await asked("omar", "POST", f"/outages/{before.id}/attribution", whose)
    assert status == 200
    published = {"reason": "the clerk's mail", "early": True}
    status, _said = await asked("lea", "POST", f"/authority-orders/{order}/publish", published)
    assert status == 200
    status, said = await asked("omar", "GET", "/incidents/1/held")
    assert (status, said["outages"]) == (200, [])
    (excluded,) = await EXCLUSIONS.read(writer)
    assert excluded.basis == "suspension"


async def test_no_pack_goes_round_what_is_held(lab: SealedLab, asked: Asked) -> None:
    """Whatever subject a pack is asked for by: one that names the tenant or its guests is held."""
    writer = lab.lab.context.writer
    async with recorded(writer) as change:
        await change.record("incident.opened", ["incident:7", "tenant:acme"], {"title": "x"})
        await change.record("guest.power.ordered", ["order:3", "guest:rennes/101"], {"x": 1})
        await change.record("incident.opened", ["incident:8", "tenant:zeta"], {"title": "x"})
    await carried_out(lab)
    for subject in ("tenant:acme", "incident:7", "incident:8"):
        status, said = await asked("omar", "POST", "/evidence/pack", {"subject": subject})
        held = subject != "incident:8"
        assert status == (409 if held else 200), (subject, said)
    status, _pack = await asked("olga", "POST", "/evidence/pack", {"subject": "incident:7"})
    assert status == 200


async def test_a_pack_of_a_sealed_subject_is_signed(
    lab: SealedLab, asked: Asked, tmp_path_factory: pytest.TempPathFactory
) -> None:
    order, case = await carried_out(lab)
    path = lab.sealed.orders.context.writer.path
    folder = tmp_path_factory.mktemp("packs")
    for number, subject in enumerate((f"authority:{order}", f"suspension:{case}") * 2):
        if number == 2:
            await asked.parts.signer.rotate_key(evidence.Actor(LEA.uid, LEA.name))
        status, said = await asked("olga", "POST", "/evidence/pack", {"subject": subject})
        assert status == 200, said
        pack = folder / f"{number}.zip"
        pack.write_bytes(base64.b64decode(said["zip"]))
        report = pack_verifier.verify_pack(
            str(pack), pack_verifier.read_known(None, None), unsigned=False
        )
        assert report.verdict == pack_verifier.INTACT, report.lines
        with zipfile.ZipFile(io.BytesIO(pack.read_bytes())) as opened:
            assert "manifest.sig" in opened.namelist()
        status, _said = await asked("omar", "POST", "/evidence/pack", {"subject": subject})
        assert status == 404
    assert verify(path).verdict is Verdict.INTACT
    assert compare_sealed(lab.lab.context.config.database.path).verdict is Verdict.INTACT
    # The head of the sealed chain is nowhere but in it.
    assert await evidence.search(lab.lab.context.writer, evidence.Query(text=order)) == []


async def test_nobody_is_told_which_sealed_case_a_console_shows(
    lab: SealedLab, asked: Asked
) -> None:
    order, case = await carried_out(lab)
    writer = lab.lab.context.writer
    (known,) = [(await lab.lab.draft()).id]
    assert await suspension.SUSPENSIONS.get(writer, known) is not None
    for subject, shown in (
        (f"suspension:{case}", ""), (f"authority:{order}", ""), (f"suspension:{ABSENT}", ""),
        (f"suspension:{known}", f"suspension:{known}"), ("tenant:acme", "tenant:acme"),
    ):  # fmt: skip
        await asked("olga", "POST", "/presence", {"console": "1", "subject": subject})
        (row,) = await PRESENCE.read(writer)
        assert row.subject == shown


async def test_a_sealed_part_that_fails_is_told_to_who_may_know_alone(
    lab: SealedLab, asked: Asked
) -> None:
    lab.sealed.orders.context.failures.note("cases", OSError("x"))
    status, said = await asked("olga", "GET", "/sealed")
    assert (status, said["failing"]) == (200, ["cases"])
    status, _said = await asked("marc", "GET", "/sealed")
    assert status == 409
    status, said = await asked("marc", "GET", "/health")
    assert (status, said["failing"]) == (200, {})
