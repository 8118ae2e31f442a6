"""Proofs are added and withdrawn one by one; nothing that was said of a case is lost."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.proofs import standing_proofs
from noc_tui.contract.suspension.reasons import Refused
from noc_tui.contract.suspension.values import Case, Tick, TickEvidence
from tests.support.cases import LEA, NOW, OMAR, TERMS, draft

SHA = "ab" * 32


def text(words: str) -> TickEvidence:
    return TickEvidence(kind="text", text=words)


def file(name: str = "mail.log") -> TickEvidence:
    return TickEvidence(kind="file", text=name, sha256=SHA)


def added(case: Case, target: str, *proofs: TickEvidence) -> Case:
    event = ev.Edited(at=NOW, by=OMAR, ticks=(Tick(target=target, evidence=proofs),))
    return apply_event(case, event, TERMS)


def withdrawn(case: Case, number: int, reason: str = "a mistake") -> Case:
    event = ev.ProofWithdrawn(at=NOW, by=LEA, number=number, reason=reason)
    return apply_event(case, event, TERMS)


def test_a_second_edit_keeps_the_proofs_of_the_first() -> None:
    case = added(added(draft(), "C7", text("scan seen")), "C11", text("spam seen"))
    case = added(case, "C7", text("second scan"))
    assert [(to, one.number, one.text) for to, one in standing_proofs(case)] == [
        ("C7", 1, "scan seen"),
        ("C7", 3, "second scan"),
        ("C11", 2, "spam seen"),
    ]
    assert all((one.by, one.at) == (OMAR, NOW) for _to, one in standing_proofs(case))


def test_the_same_proof_twice_is_one() -> None:
    once = added(draft(), "C7", text("scan seen"))
    assert added(once, "C7", text("scan seen")) == once


def test_a_withdrawn_proof_is_remembered_with_who_and_why() -> None:
    case = withdrawn(added(draft(), "C7", text("one"), text("two")), 1)
    assert [one.text for _to, one in standing_proofs(case)] == ["two"]
    (gone,) = case.withdrawn
    assert (gone.target, gone.evidence.text, gone.by, gone.at, gone.reason) == (
        "C7", "one", LEA, NOW, "a mistake",
    )  # fmt: skip


def test_a_tick_ends_with_its_last_proof_and_its_number_is_not_given_again() -> None:
    case = withdrawn(added(draft(), "C7", text("one")), 1)
    assert case.tick("C7") is None
    again = added(case, "C7", text("one"))
    assert [one.number for _to, one in standing_proofs(again)] == [2]


@pytest.mark.parametrize(("number", "reason"), [(1, " "), (2, "why"), (0, "why"), (-1, "why")])
def test_a_withdrawal_needs_a_proof_and_a_reason(number: int, reason: str) -> None:
    with pytest.raises(Refused):
        withdrawn(added(draft(), "C7", text("one")), number, reason)


def test_a_withdrawal_asks_for_a_new_approval() -> None:
    case = added(draft(), "C7", text("one"), text("two"))
    assert digest(withdrawn(case, 2)) != digest(case)
    assert withdrawn(case, 2).state == "draft"


def test_who_added_a_proof_is_no_part_of_what_is_agreed_to() -> None:
    event = ev.Edited(
        at=NOW + timedelta(hours=1), by=LEA, ticks=(Tick(target="C7", evidence=(text("one"),)),)
    )
    assert digest(apply_event(draft(), event, TERMS)) == digest(added(draft(), "C7", text("one")))


def test_proofs_from_before_they_had_numbers_get_them() -> None:
    old = Tick(target="C7", evidence=(text("one"), text("two")))
    case = added(draft(), "C11", text("spam"))
    case = withdrawn(added(_with_ticks(case, old), "C11", text("spam")), 2)
    assert [(to, one.text) for to, one in standing_proofs(case)] == [
        ("C7", "one"),
        ("C11", "spam"),
    ]


def _with_ticks(case: Case, tick: Tick) -> Case:
    import msgspec

    return msgspec.structs.replace(case, ticks=(tick,))


def test_what_may_show_child_abuse_is_never_copied() -> None:
    case = apply_event(draft(), ev.Edited(at=NOW, by=OMAR, facts={"child_abuse": "Yes"}), TERMS)
    with pytest.raises(Refused, match="not copied"):
        added(case, "C5", file())
    assert added(case, "C5", text("https://x.example.fr/a, told to the police")).ticks


def test_files_go_before_the_content_is_called_so() -> None:
    case = added(draft(), "C5", file())
    said = ev.Edited(at=NOW, by=OMAR, facts={"child_abuse": "yes"})
    with pytest.raises(Refused, match="withdraw the files first"):
        apply_event(case, said, TERMS)
    assert apply_event(withdrawn(case, 1), said, TERMS).fact("child_abuse") == "yes"


def test_an_answer_of_the_client_is_taken_in_every_state() -> None:
    over = apply_event(draft(), ev.Cancelled(at=NOW, by=OMAR, reason="never sent"), TERMS)
    event = ev.ClientAnswered(at=NOW, by=LEA, text=" it was hacked ", received_at=NOW)
    (answer,) = apply_event(over, event, TERMS).answers
    assert (answer.text, answer.by, answer.file) == ("it was hacked", LEA, "")


@pytest.mark.parametrize(("said", "later"), [(" ", 0), ("it was hacked", 1)])
def test_an_answer_says_something_and_has_arrived(said: str, later: int) -> None:
    arrived = NOW + timedelta(seconds=later)
    event = ev.ClientAnswered(at=NOW, by=LEA, text=said, received_at=arrived)
    with pytest.raises(Refused):
        apply_event(draft(), event, TERMS)


@given(
    st.lists(
        st.tuples(st.sampled_from(["C3", "C7", "C11"]), st.sampled_from("abcd"))
        | st.integers(1, 12),
        max_size=14,
    )
)
def test_whatever_is_done_every_proof_stands_or_is_withdrawn(steps: list[object]) -> None:
    case, brought = draft(), set[tuple[str, str]]()
    for step in steps:
        if isinstance(step, tuple):
            case = added(case, step[0], text(step[1]))
            brought.add(step)
        elif isinstance(step, int) and step in {one.number for _to, one in standing_proofs(case)}:
            case = withdrawn(case, step)
    standing = list(standing_proofs(case))
    numbers = [one.number for _to, one in standing] + [
        gone.evidence.number for gone in case.withdrawn
    ]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    known = {(to, one.text) for to, one in standing}
    known |= {(gone.target, gone.evidence.text) for gone in case.withdrawn}
    assert known == brought
    assert all(tick.evidence for tick in case.ticks)
