"""Orders of authorities: deadlines that stop and never mend, secrecy within what the law allows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from noc_tui.contract.authority import machine as m
from noc_tui.contract.authority.deadline import deadline_of, is_secrecy_over, term_of
from noc_tui.contract.authority.kinds import OrderKind, load_order_kinds
from noc_tui.contract.authority.values import AuthorityOrder, Pause
from noc_tui.contract.suspension.reasons import Refused
from tests.support.cases import LEA, OLGA, OMAR

KINDS = load_order_kinds()
NOW = datetime(2026, 3, 10, 2, 10, tzinfo=UTC)


def kind(identifier: str) -> OrderKind:
    return next(one for one in KINDS.kind if one.id == identifier)


TCO, CRIMINAL = kind("terrorist-content"), kind("criminal")


def order(**changes: object) -> AuthorityOrder:
    fields: dict[str, object] = {
        "id": "A-0001",
        "kind": "terrorist-content",
        "authority": "OCLCTIC",
        "reference": "TCO/1",
        "legal_basis": "",
        "scope": "https://files.example.fr/x",
        "authenticity": "called back on the published number",
        "received_at": NOW - timedelta(minutes=10),
        "secrecy": "allowed",
        "recorded_by": OLGA,
        "recorded_at": NOW,
    }
    return AuthorityOrder(**(fields | changes))  # type: ignore[arg-type]  # a test's own keywords


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return str(caught.value)


def apply(known: AuthorityOrder, *events: m.OrderEvent) -> AuthorityOrder:
    for event in events:
        known = m.apply_order_event(known, event, KINDS)
    return known


def test_the_law_gives_an_hour_or_a_day_and_an_earlier_term_of_its_own_counts() -> None:
    assert term_of(order(), TCO) == NOW + timedelta(minutes=50)
    assert term_of(order(), kind("content-removal")) == NOW + timedelta(hours=23, minutes=50)
    sooner, later = NOW + timedelta(minutes=5), NOW + timedelta(days=5)
    assert term_of(order(term=sooner), TCO) == sooner
    assert term_of(order(term=later), TCO) == NOW + timedelta(minutes=50)
    assert term_of(order(term=later), CRIMINAL) == later
    assert term_of(order(), CRIMINAL) is None


@given(
    spans=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5),
    looked=st.integers(0, 400),
)
def test_the_deadline_moves_by_what_was_stopped_before_it_and_by_nothing_else(
    spans: list[tuple[int, int]], looked: int
) -> None:
    """An oracle that walks minute by minute: a minute counts unless it lies in a pause."""
    at, pauses = NOW, []
    for gap, length in spans:
        since = at + timedelta(minutes=gap)
        at = since + timedelta(minutes=length)
        pauses.append(Pause(since=since, until=at, why="x", told="y", by=OLGA))
    known = order(received_at=NOW, pauses=tuple(pauses))
    left, now = 60, NOW
    while left:
        left -= not any(p.since <= now < (p.until or now) for p in pauses)
        now += timedelta(minutes=1)
    # A pause that begins at the very deadline stops nothing any more.
    assert deadline_of(known, TCO, NOW + timedelta(minutes=looked)) == now


def test_what_is_stopped_runs_on_with_the_time_that_was_left() -> None:
    stopped = apply(order(), m.Stopped(at=NOW, by=OLGA, why="no such URL", told="mail of 02:11"))
    assert stopped.state == "stopped"
    later = NOW + timedelta(hours=5)
    assert deadline_of(stopped, TCO, later) == later + timedelta(minutes=50)
    going = apply(stopped, m.Resumed(at=later, by=OLGA, answer="URL corrected"))
    assert deadline_of(going, TCO, later + timedelta(days=1)) == later + timedelta(minutes=50)


def test_a_missed_deadline_is_not_stopped_and_two_pauses_are_none() -> None:
    late = m.Stopped(at=NOW + timedelta(hours=1), by=OLGA, why="x", told="y")
    assert "passed" in refused(lambda: apply(order(), late))
    stop = m.Stopped(at=NOW, by=OLGA, why="x", told="y")
    assert "already" in refused(lambda: apply(order(), stop, stop))
    assert "told" in refused(lambda: apply(order(), replace(stop, told=" ")))
    assert "not stopped" in refused(lambda: apply(order(), m.Resumed(at=NOW, by=OLGA, answer="x")))


def test_everything_that_is_missing_is_named_at_once() -> None:
    bad = order(authority=" ", reference="", authenticity="", received_at=NOW + timedelta(days=1))
    said = refused(lambda: m.check_new_order(bad, KINDS, NOW))
    for field in ("authority", "reference", "authenticity", "received_at"):
        assert field in said
    assert "terrorist-content" in refused(
        lambda: m.check_new_order(order(kind="decree"), KINDS, NOW)
    )


def test_terrorist_content_is_secret_for_six_weeks_renewed_once_at_most() -> None:
    received = NOW - timedelta(minutes=10)
    asked = order(secrecy="forbidden", secrecy_basis="art. 11(3)")
    longest = replace(asked, silent_until=received + timedelta(days=84))
    assert m.check_new_order(longest, KINDS, NOW) == replace(
        longest, legal_basis=TCO.basis.fr, hold=None
    )
    for until in (None, received + timedelta(days=85)):
        said = refused(
            lambda until=until: m.check_new_order(  # type: ignore[misc]
                replace(asked, silent_until=until), KINDS, NOW
            )
        )
        assert "at the latest" in said


def test_what_the_law_does_not_let_be_secret_is_not() -> None:
    civil = order(kind="civil", secrecy="forbidden", secrecy_basis="because")
    assert "no order of this kind" in refused(lambda: m.check_new_order(civil, KINDS, NOW))
    bare = order(kind="criminal", secrecy="forbidden")
    assert "secrecy_basis" in refused(lambda: m.check_new_order(bare, KINDS, NOW))
    law = replace(bare, secrecy_basis="CPP art. 11")
    assert m.check_new_order(law, KINDS, NOW).silent_until is None


def test_an_order_that_says_nothing_is_held_for_a_stated_time_and_a_lead_decides() -> None:
    held = m.check_new_order(order(kind="criminal", secrecy="unsaid"), KINDS, NOW)
    assert held.secret
    assert held.hold == NOW + timedelta(hours=KINDS.hold_hours)
    assert not is_secrecy_over(held, NOW)
    assert is_secrecy_over(held, NOW + timedelta(hours=KINDS.hold_hours))
    tell = m.Published(at=NOW, by=OMAR, reason="the prosecutor agrees")
    assert "a lead decides" in refused(lambda: apply(held, tell))
    assert not apply(held, replace(tell, by=LEA)).secret
    until = NOW + timedelta(days=30)
    kept = apply(held, m.KeptSecret(at=NOW, by=LEA, reason="mail of the clerk", until=until))
    assert (kept.secrecy, kept.silent_until, kept.hold) == ("forbidden", until, None)
    assert kept.secret


def test_secrecy_ends_at_its_date_or_by_the_authority_and_never_by_itself() -> None:
    until = NOW + timedelta(days=30)
    known = order(
        kind="criminal", secrecy="forbidden", secrecy_basis="CPP art. 11", silent_until=until
    )
    tell = m.Published(at=NOW, by=LEA, reason="because")
    assert "secret until" in refused(lambda: apply(known, tell))
    assert not apply(known, replace(tell, early=True)).secret
    assert known.secret
    assert is_secrecy_over(known, until)
    assert not apply(known, replace(tell, at=until)).secret
    endless = replace(known, silent_until=None)
    assert "no end" in refused(lambda: apply(endless, replace(tell, at=until)))


def test_one_person_carries_out_and_another_reviews() -> None:
    done = apply(order(), m.CarriedOut(at=NOW, by=OLGA, what="removed"))
    assert done.execution is not None
    assert done.execution.review_due == NOW + timedelta(hours=KINDS.review_hours)
    mine = m.ExecutionReviewed(at=NOW, by=OLGA, finding="fine")
    assert "themselves" in refused(lambda: apply(done, mine))
    seen = apply(done, replace(mine, by=LEA))
    assert "no review" in refused(lambda: apply(seen, replace(mine, by=OMAR)))
    told = apply(seen, m.AuthorityTold(at=NOW, by=OLGA, how="form of annex II"))
    assert told.confirmation is not None
    again = m.AuthorityTold(at=NOW, by=OLGA, how="again")
    assert "already" in refused(lambda: apply(told, again))
    early = m.AuthorityTold(at=NOW, by=OLGA, how="x")
    assert "not carried out" in refused(lambda: apply(order(), early))


def test_disclosures_name_their_categories_and_preservation_its_end() -> None:
    given_data = m.Disclosed(at=NOW, by=OLGA, to="SDLC", categories=("identity",), what="name")
    after = apply(order(cases=("S-0001",)), given_data)
    assert after.disclosures[0].categories == ("identity",)
    bare = replace(given_data, categories=())
    assert "categories" in refused(lambda: apply(order(), bare))
    kept = m.Preserved(at=NOW, by=OLGA, what="image", where="pbs", until=NOW + timedelta(days=183))
    assert apply(order(), kept).preservations[0].where == "pbs"
    assert "over" in refused(lambda: apply(order(), replace(kept, until=NOW)))


def test_what_is_withdrawn_is_not_carried_out() -> None:
    gone = apply(order(), m.Withdrawn(at=NOW, by=OLGA, reason="wrong address"))
    assert "withdrawn" in refused(
        lambda: apply(gone, m.CarriedOut(at=NOW, by=OLGA, what="removed"))
    )
