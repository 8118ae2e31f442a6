"""A case is judged by the terms that it was opened under, whatever file is loaded since."""

import dataclasses
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.reasons import Refused
from noc_tui.contract.terms import Terms, TermsError, encode_terms, read_terms
from noc_tui.contract.terms_book import OtherTerms, TermsBook
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.suspension.case_document import build_case_document
from noc_tui.queries.terms_archive import find_terms
from storage import evidence
from storage.suspension import SUSPENSIONS, TERMS_TEXTS
from tests.daemon.suspension.lab import Lab
from tests.support.cases import ANSWERS, LEA, NOW, OMAR, TERMS, filled, suspended
from tests.support.changes import recorded
from tests.support.waiting import until

pytestmark = pytest.mark.anyio
GROUND = "contract-breach"


def changed(**changes: object) -> Terms:
    """Terms under which a breach of contract asks for other things."""
    grounds = tuple(
        msgspec.structs.replace(row, approval_guest="lead", notice="after", requires=())
        if row.id == GROUND
        else row
        for row in TERMS.grounds
    )
    numbers = msgspec.structs.replace(TERMS.suspension, termination_days=2)
    fields = {"version": "next", "grounds": grounds, "suspension": numbers} | changes
    return msgspec.structs.replace(TERMS, **fields)


async def restarted(lab: Lab, terms: Terms) -> None:
    lab.context = dataclasses.replace(lab.context, terms=TermsBook(terms))
    await lab.restart()


async def at_hand(lab: Lab, version: str) -> None:
    """Wait for the daemon that was just started to have kept what it found lacking."""
    await until(lambda: find_terms(lab.context.writer, version))


async def forget_terms(lab: Lab) -> None:
    """The database as it was before any terms were kept in it."""
    async with recorded(lab.context.writer) as change:
        rows = await TERMS_TEXTS.read(change)
        await change.remove(TERMS_TEXTS, [(row.version,) for row in rows])


async def test_an_edit_of_the_terms_leaves_a_case_that_stands_alone(lab: Lab) -> None:
    case = await lab.draft(GROUND)
    seen = build_case_document(case, TERMS, 0, lab.now())
    assert seen.approval_needed == "none"
    await restarted(lab, changed())
    terms = await find_terms(lab.context.writer, case.terms_version)
    assert terms == TERMS
    assert build_case_document(case, terms, 0, lab.now()).checklist == seen.checklist
    with pytest.raises(Conflict, match="asks for the notice before"):
        await lab.tell(case, ev.NoticeSetAside(at=lab.now(), by=OMAR, mode="after"))
    emptied = dict.fromkeys(ANSWERS, "")
    edited = await lab.tell(case, ev.Edited(at=lab.now(), by=OMAR, facts=emptied))
    with pytest.raises(Conflict, match="step still open"):
        await lab.tell(edited, ev.Checked(at=lab.now(), by=OMAR))
    await lab.tell(case, ev.Edited(at=lab.now(), by=OMAR, facts=ANSWERS))
    standing = await lab.ordered(await lab.load(case))
    standing = await lab.until(standing, lambda now: now.state == "suspended")
    row = await SUSPENSIONS.get(lab.context.writer, case.id)
    assert row is not None
    assert row.deadline is not None
    assert standing.started_at is not None
    assert row.deadline - standing.started_at > timedelta(days=14)
    new = await lab.draft(GROUND)
    assert new.terms_version == "next"
    anew = build_case_document(new, await find_terms(lab.context.writer, "next"), 0, lab.now())
    assert anew.approval_needed == "lead"


async def test_a_file_that_kept_its_version_is_kept_beside_under_a_name_of_its_own(
    lab: Lab,
) -> None:
    first = await lab.draft(GROUND)
    await restarted(lab, changed(version=TERMS.version))
    second, third = await lab.draft(GROUND), await lab.draft(GROUND)
    assert first.terms_version == TERMS.version
    assert second.terms_version.startswith(f"{TERMS.version}+")
    assert third.terms_version == second.terms_version
    now = await find_terms(lab.context.writer, second.terms_version)
    assert now == lab.context.terms.default
    (entry,) = await evidence.search(
        lab.context.writer,
        evidence.Query(subject=f"suspension:{second.id}", kind="suspension.opened"),
    )
    assert second.terms_version in str(entry.payload)


async def test_a_case_from_before_terms_were_kept_gets_those_of_its_version(lab: Lab) -> None:
    case = await lab.draft(GROUND)
    await forget_terms(lab)
    await restarted(lab, TERMS)
    await at_hand(lab, TERMS.version)
    await lab.tell(case, ev.Checked(at=lab.now(), by=OMAR))
    entries = await evidence.search(
        lab.context.writer,
        evidence.Query(subject=f"suspension:{case.id}", kind="suspension.terms-kept"),
    )
    assert len(entries) == 1
    await restarted(lab, changed())
    await lab.tell(case, ev.Checked(at=lab.now(), by=OMAR))


async def test_a_closed_case_from_before_is_still_read_by_its_terms(lab: Lab) -> None:
    case = await lab.draft(GROUND)
    await lab.tell(case, ev.Cancelled(at=lab.now(), by=OMAR, reason="mistaken"))
    await forget_terms(lab)
    await restarted(lab, TERMS)
    await at_hand(lab, TERMS.version)


async def test_a_case_whose_terms_are_lost_is_judged_by_no_others(lab: Lab) -> None:
    drafted = await lab.draft(GROUND)
    standing = await lab.suspended("service-threat")
    await forget_terms(lab)
    await restarted(lab, changed())
    for event in (
        ev.Checked(at=lab.now(), by=OMAR),
        ev.Edited(at=lab.now(), by=OMAR, facts=ANSWERS),
        ev.Approved(at=lab.now(), by=LEA, seen=digest(drafted)),
    ):
        with pytest.raises(Conflict, match=rf"are not kept here.*{TERMS.version}.*\(articles 5"):
            await lab.tell(drafted, event)
    with pytest.raises(Conflict, match="are not kept here"):
        await lab.part.notices.draft(drafted, "fr")
    told = build_case_document(
        drafted, await find_terms(lab.context.writer, drafted.terms_version), 0, lab.now()
    )
    assert (told.terms_kept, told.checklist, told.countdown) == (False, None, None)
    closed = await lab.restored(standing)
    assert closed.state == "closed"
    await restarted(lab, TERMS)
    await at_hand(lab, TERMS.version)
    await lab.tell(drafted, ev.Checked(at=lab.now(), by=OMAR))


def test_terms_come_back_as_they_were_kept() -> None:
    assert read_terms(encode_terms(TERMS)) == TERMS
    with pytest.raises(TermsError, match="version"):
        read_terms("{}")


def test_without_terms_a_case_can_be_followed_and_nothing_judged() -> None:
    with pytest.raises(Refused, match="not kept here"):
        apply_event(filled(), ev.Checked(at=NOW, by=OMAR), None)
    with pytest.raises(Refused, match="not kept here"):
        apply_event(suspended(), ev.TimePassed(at=NOW + timedelta(days=99)), None)
    assert apply_event(suspended(), ev.Remedied(at=NOW, by=OMAR, found="clean"), None).remedy
    dropped = apply_event(filled(), ev.Cancelled(at=NOW, by=OMAR, reason="mistaken"), None)
    assert dropped.state == "cancelled"


def test_what_this_program_kept_once_can_be_read_for_ever() -> None:
    """Terms stand in databases as they were written. Who changes their shape brings what is kept
    along in a migration, and leaves this file as it is but for what that migration does to it.
    """
    text = Path(__file__).with_name("kept_terms.json").read_text(encoding="utf-8")
    assert read_terms(text).version


async def test_a_case_is_opened_under_the_terms_of_its_tenant(lab: Lab) -> None:
    other = TermsBook(TERMS, (OtherTerms(changed(), frozenset(["acme"])),))
    lab.context = dataclasses.replace(lab.context, terms=other)
    await lab.restart()
    case = await lab.draft(GROUND)
    told = build_case_document(
        case, await find_terms(lab.context.writer, case.terms_version), 0, lab.now()
    )
    assert (case.terms_version, told.approval_needed) == ("next", "lead")
    elsewhere = TermsBook(TERMS, (OtherTerms(changed(), frozenset(["globex"])),))
    lab.context = dataclasses.replace(lab.context, terms=elsewhere)
    await lab.restart()
    case = await lab.draft(GROUND)
    assert case.terms_version == TERMS.version
