"""From draft to order: what each ground asks for, and every refusal with its article."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest, rule_for
from noc_tui.contract.suspension.checklist import checklist
from noc_tui.contract.suspension.facts import a_date, an_instant
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.proofs import standing_proofs
from noc_tui.contract.suspension.proportion import propose_means
from noc_tui.contract.suspension.reasons import Refused
from noc_tui.contract.suspension.values import Case, Person, Plan, Tick, TickEvidence
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.suspension.cases import actor_of
from storage.evidence import Actor
from tests.support.cases import (
    ANSWERS,
    LEA,
    NOW,
    OLGA,
    OMAR,
    PROOF,
    TERMS,
    VERA,
    draft,
    filled,
    guest,
    noticed,
    order,
    ordered,
    ready,
)

GROUNDS = [ground.id for ground in TERMS.grounds]


def refusal(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as caught:
        call()
    return [reason.english() for reason in caught.value.reasons]


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_ground_can_be_carried_to_an_order(ground: str) -> None:
    assert ordered(ground, "tenant").state == "ordered"


@pytest.mark.parametrize("ground", GROUNDS)
def test_an_empty_draft_names_every_missing_step_at_once(ground: str) -> None:
    reasons = refusal(lambda: apply_event(draft(ground), ev.Checked(at=NOW, by=OMAR), TERMS))
    missing = [step for step in checklist(draft(ground), TERMS) if step.state == "open"]
    assert len(missing) >= len(TERMS.ground(ground).requires) + 3
    assert len(reasons) >= len(missing)
    assert all(re.search(r"\((article|annex|C[.])[^()]*\)$", reason) for reason in reasons)


def test_only_late_payment_of_all_asks_for_a_lead() -> None:
    rules = {ground: rule_for(filled(ground), TERMS) for ground in GROUNDS}
    assert rules["late-payment"] == "lead"
    assert rules["charte-breach"] == "none"
    assert rules["authority-request"] == "break-glass"
    assert rules["emergency"] == "break-glass"
    assert rule_for(filled("service-threat", "tenant"), TERMS) == "break-glass"
    assert rule_for(filled("contract-breach", "tenant"), TERMS) == "second"


def test_robots_or_excess_alone_ask_for_a_lead() -> None:
    event = ev.Edited(at=NOW, by=OMAR, aspects=("robots",))
    assert rule_for(apply_event(filled("art-5-1-breach"), event, TERMS), TERMS) == "lead"
    both = ev.Edited(at=NOW, by=OMAR, aspects=("robots", "fraudulent"))
    assert rule_for(apply_event(filled("art-5-1-breach"), both, TERMS), TERMS) == "none"


def test_maintenance_outside_an_announced_window_asks_for_a_lead() -> None:
    case = filled("maintenance")
    assert rule_for(case, TERMS) == "none"
    late = ANSWERS | {"announced_at": "2026-03-12T21:00:00+01:00"}
    assert (
        rule_for(apply_event(case, ev.Edited(at=NOW, by=OMAR, facts=late), TERMS), TERMS) == "lead"
    )


def test_a_change_after_approval_voids_it() -> None:
    case = ready("contract-breach", "tenant")
    wider = Plan(scope="tenant", guests=(guest(103),), means=("vm_stop",), statement="again")
    changed = apply_event(case, ev.Edited(at=NOW, by=OMAR, plan=wider), TERMS)
    assert changed.state == "draft"
    assert changed.approval is None
    checked = apply_event(changed, ev.Checked(at=NOW, by=OMAR), TERMS)
    reasons = refusal(lambda: apply_event(checked, order(checked), TERMS))
    assert any("second person" in reason for reason in reasons)
    assert any("after the client was notified" in reason for reason in reasons)


def test_an_approval_expires() -> None:
    case = ready("contract-breach", "tenant")
    late = NOW + timedelta(hours=TERMS.suspension.approval_hours)
    assert refusal(lambda: apply_event(case, order(case, at=late), TERMS)) == [
        "the approval expired: approve again (annex 1)"
    ]


def test_nobody_approves_an_own_order_nor_an_unseen_plan() -> None:
    case = apply_event(filled("contract-breach", "tenant"), ev.Checked(at=NOW, by=OMAR), TERMS)
    own = ev.Approved(at=NOW, by=OMAR, seen=digest(case))
    assert any("of their own" in line for line in refusal(lambda: apply_event(case, own, TERMS)))
    unseen = ev.Approved(at=NOW, by=OLGA, seen="0" * 64)
    assert any(
        "look at it again" in line for line in refusal(lambda: apply_event(case, unseen, TERMS))
    )


def test_the_approver_may_not_be_the_one_who_orders() -> None:
    case = ready("contract-breach", "tenant")
    reasons = refusal(lambda: apply_event(case, order(case, by=LEA), TERMS))
    assert reasons == ["nobody approves an order of their own (annex 1)"]


def test_a_viewer_and_a_mistyped_name_are_refused_together() -> None:
    case = ready()
    reasons = refusal(lambda: apply_event(case, order(case, by=VERA, typed_name="Akme"), TERMS))
    assert len(reasons) == 2
    assert any("role operator" in reason for reason in reasons)
    assert any("Acme" in reason for reason in reasons)


def test_one_alone_may_break_the_glass_and_owes_a_review() -> None:
    case = noticed(apply_event(filled("emergency"), ev.Checked(at=NOW, by=OMAR), TERMS))
    going = apply_event(case, order(case, break_glass=True), TERMS)
    assert going.review is not None
    assert going.review.due_at == NOW + timedelta(minutes=5, hours=24)
    own = ev.Reviewed(at=NOW, by=OMAR, finding="fine")
    assert refusal(lambda: apply_event(going, own, TERMS))
    seen = apply_event(going, ev.Reviewed(at=NOW, by=OLGA, finding="justified"), TERMS)
    assert seen.review is not None
    assert seen.review.by == OLGA


def test_no_glass_to_break_for_a_breach() -> None:
    case = noticed(
        apply_event(filled("charte-breach", "tenant"), ev.Checked(at=NOW, by=OMAR), TERMS)
    )
    reasons = refusal(lambda: apply_event(case, order(case, break_glass=True), TERMS))
    assert reasons == [
        "one person alone may order only for an attack, a threat or an emergency (annex 1)"
    ]


def test_a_notice_due_before_must_have_been_accepted() -> None:
    case = apply_event(filled(), ev.Checked(at=NOW, by=OMAR), TERMS)
    assert any(
        "not notified" in line for line in refusal(lambda: apply_event(case, order(case), TERMS))
    )
    queued = apply_event(case, ev.NoticeQueued(at=NOW, by=OMAR, message_id="<1@x>"), TERMS)
    assert refusal(lambda: apply_event(queued, order(queued), TERMS)) == [
        "the notice has not been accepted by the mail server yet (article 6)"
    ]
    refused = apply_event(queued, ev.NoticeDelivered(at=NOW, delivery="refused"), TERMS)
    aside = ev.NoticeSetAside(at=NOW, by=OMAR, mode="waived", reason="mailbox gone, phoned")
    told = apply_event(refused, aside, TERMS)
    assert told.state == "notice-waived"
    assert told.notice.owed
    assert apply_event(told, order(told), TERMS).state == "ordered"


def test_a_notice_is_not_sent_twice_for_one_plan() -> None:
    case = apply_event(filled(), ev.Checked(at=NOW, by=OMAR), TERMS)
    sent = ev.NoticeQueued(at=NOW, by=OMAR, message_id="<1@x>")
    queued = apply_event(case, sent, TERMS)
    said = ["the notice for this plan was sent, or is on its way (article 6)"]
    assert refusal(lambda: apply_event(queued, sent, TERMS)) == said
    assert refusal(lambda: apply_event(noticed(case), sent, TERMS)) == said
    refused = apply_event(queued, ev.NoticeDelivered(at=NOW, delivery="refused"), TERMS)
    assert apply_event(refused, sent, TERMS).notice.delivery == "queued"


def test_an_urgent_ground_never_waits_for_mail() -> None:
    case = apply_event(filled("attack"), ev.Checked(at=NOW, by=OMAR), TERMS)
    later = apply_event(case, ev.NoticeSetAside(at=NOW, by=OMAR, mode="after"), TERMS)
    going = apply_event(later, order(later), TERMS)
    assert going.notice.owed


def test_only_an_authority_can_have_the_notice_withheld() -> None:
    case = filled()
    withheld = ev.NoticeSetAside(at=NOW, by=OMAR, mode="withheld", reason="secret")
    assert refusal(lambda: apply_event(case, withheld, TERMS)) == [
        "this ground does not allow the notice to be withheld (article 6)"
    ]
    request = filled("authority-request")
    kept = apply_event(request, withheld, TERMS)
    assert not kept.notice.owed
    number = next(n.number for to, n in standing_proofs(kept) if to == "written_prohibition")
    gone = ev.ProofWithdrawn(at=NOW, by=OMAR, number=number, reason="another case's")
    bare = apply_event(kept, gone, TERMS)
    assert any(
        "prohibition" in line
        for line in refusal(lambda: apply_event(bare, ev.Checked(at=NOW, by=OMAR), TERMS))
    )


def test_a_step_is_waived_only_with_a_reason_and_only_where_it_may_be() -> None:
    case = filled()
    assert refusal(
        lambda: apply_event(case, ev.StepWaived(at=NOW, by=OMAR, step="remedy", reason=" "), TERMS)
    ) == ["a written reason is needed (annex 1)"]
    assert refusal(
        lambda: apply_event(case, ev.StepWaived(at=NOW, by=OMAR, step="scope", reason="x"), TERMS)
    )
    facts = {key: answer for key, answer in ANSWERS.items() if key != "remedy"}
    bare = apply_event(case, ev.Edited(at=NOW, by=OMAR, facts=facts), TERMS)
    assert refusal(lambda: apply_event(bare, ev.Checked(at=NOW, by=OMAR), TERMS))
    waived = apply_event(
        bare, ev.StepWaived(at=NOW, by=OMAR, step="remedy", reason="phoned"), TERMS
    )
    assert apply_event(waived, ev.Checked(at=NOW, by=OMAR), TERMS).state == "checked"


def test_whole_services_on_a_breach_need_the_statement() -> None:
    case = filled("charte-breach", "tenant")
    silent = Plan(scope="tenant", guests=case.plan.guests, means=case.plan.means)
    bare = apply_event(case, ev.Edited(at=NOW, by=OMAR, plan=silent), TERMS)
    reasons = refusal(lambda: apply_event(bare, ev.Checked(at=NOW, by=OMAR), TERMS))
    assert reasons == [
        "step still open: All services: repeated or very serious breach, stated (annex 1)"
    ]


def test_a_tick_needs_evidence_and_a_clause_of_conduct() -> None:
    empty = (Tick(target="C7", evidence=(TickEvidence(kind="text", text=" "),)),)
    assert refusal(
        lambda: apply_event(draft(), ev.Edited(at=NOW, by=OMAR, ticks=empty), TERMS)
    ) == ["evidence is missing for C7 (annex 1)"]
    state = (Tick(target="C4", evidence=PROOF),)
    assert refusal(lambda: apply_event(draft(), ev.Edited(at=NOW, by=OMAR, ticks=state), TERMS))


def test_spam_begins_with_the_mail_ports() -> None:
    case = apply_event(
        draft(), ev.Edited(at=NOW, by=OMAR, ticks=(Tick(target="C11", evidence=PROOF),)), TERMS
    )
    assert propose_means(case, TERMS).means == ("vm_block_smtp_out", "vm_cut_network", "vm_stop")
    assert propose_means(draft("late-payment"), TERMS).scope == "tenant"


def late(by: Person = OMAR, /, **facts: str) -> Case:
    event = ev.Edited(at=NOW, by=by, facts=ANSWERS | facts)
    return apply_event(filled("late-payment", "tenant"), event, TERMS)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"issue_date": "2026-02-27"}, "payment is not late before 2026-04-01 (article 7)"),
        (
            {"debit_presented_on": "2026-03-11"},
            "the debit is dated in the future (article 7)",
        ),
        ({"debit_presented_on": "2026-01-04"}, "presented before the invoice"),
        ({"debit_presented_on": ""}, "our own omission is no lateness (article 7)"),
        ({"dispute_raised_on": "2026-01-20"}, "the client disputed the invoice on 2026-01-20"),
        ({"amount": "-3"}, "amount is not an amount above zero (article 7)"),
        ({"issue_date": "5 January"}, "issue_date is not a date"),
    ],
)
def test_late_payment_is_refused_until_it_is_late(facts: dict[str, str], says: str) -> None:
    reasons = refusal(lambda: apply_event(late(**facts), ev.Checked(at=NOW, by=OMAR), TERMS))
    assert any(says in reason for reason in reasons), reasons


def test_a_dispute_answered_or_raised_too_late_is_no_obstacle() -> None:
    answered = late(LEA, dispute_raised_on="2026-01-20", dispute_answer="credit note refused")
    assert apply_event(answered, ev.Checked(at=NOW, by=OMAR), TERMS).state == "checked"
    too_late = late(dispute_raised_on="2026-01-21")
    assert apply_event(too_late, ev.Checked(at=NOW, by=OMAR), TERMS).state == "checked"


def test_an_open_step_is_named_in_the_readers_language() -> None:
    with pytest.raises(Refused) as caught:
        apply_event(draft("late-payment"), ev.Checked(at=NOW, by=OMAR), TERMS)
    (invoice,) = [one for one in caught.value.reasons if "Invoice reference" in one.english()]
    assert invoice.told("encore : {step}", "fr") == "encore : Référence de la facture"


def test_a_ground_cited_beside_brings_what_it_requires() -> None:
    cited = apply_event(
        filled("contract-breach"), ev.Edited(at=NOW, by=OMAR, cites=("emergency",)), TERMS
    )
    steps = {step.id for step in checklist(cited, TERMS)}
    assert steps >= {*TERMS.ground("contract-breach").requires, "not_own_failure"}


@pytest.mark.parametrize("day", ["2026-W01-1", "20260105", "2026-1-5", "２０２６-01-05"])
def test_a_date_is_written_in_full(day: str) -> None:
    assert a_date(day) is None
    assert a_date("2026-01-05") is not None


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01"])
def test_a_year_that_nobody_means_is_no_answer(text: str) -> None:
    assert a_date(text) is None
    assert an_instant(f"{text}T23:59:59-12:00") is None


def test_what_nobody_asked_for_is_by_the_daemon_under_its_one_name() -> None:
    assert actor_of(ev.Event(at=NOW)) == itself()
    assert actor_of(ev.Event(at=NOW, by=OMAR)) == Actor(OMAR.uid, OMAR.name)
