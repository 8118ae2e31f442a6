"""What a second person reads before agreeing: all that the plan rests on, and what changed."""

import msgspec

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.effect import EndpointEffect, TenantEffect
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.plan_changes import list_plan_changes
from noc_tui.contract.suspension.values import Case, GuestId
from noc_tui.i18n import speak_language
from noc_tui.labels.approval_page import approval_lines
from tests.support.cases import ANSWERS, LEA, NOW, OMAR, TERMS, filled

EFFECT = TenantEffect(
    members=5,
    running=4,
    left_running=0,
    held=1,
    outage="running",
    endpoints=(EndpointEffect("https://acme.example.fr", "", "out"),),
    unseen=(),
)


def checked(case: Case) -> Case:
    return apply_event(case, ev.Checked(at=NOW, by=OMAR), TERMS)


def changed() -> Case:
    """A case that was checked, approved, changed in three places and checked again."""
    case = checked(filled())
    case = apply_event(case, ev.Approved(at=NOW, by=LEA, seen=digest(case)), TERMS)
    plan = msgspec.structs.replace(case.plan, means=("vm_stop",), barrier=())
    facts = {**ANSWERS, "remedy": "send the disk image"}
    return checked(apply_event(case, ev.Edited(at=NOW, by=OMAR, plan=plan, facts=facts), TERMS))


def test_the_page_holds_facts_proofs_mail_and_effect() -> None:
    page = "\n".join(approval_lines(checked(filled()), TERMS, EFFECT))
    for words in (
        "guests: 5, running: 4; would run on and be reached: 0",
        "the tenant is wholly out, with all guests that run",
        "kept out by other suspensions: 1",
        "https://acme.example.fr: out of service",
        "Cut the network",
        "rennes/101 web101",
        "reinstall",
        "seen in the log",
        "Bonjour",
    ):
        assert words in page
    assert "Changed since" not in page


def test_a_planned_vm_that_does_not_run_is_told_first_of_all() -> None:
    effect = msgspec.structs.replace(EFFECT, stopped=(GuestId(cluster="rennes", vmid=101),))
    page = list(approval_lines(checked(filled()), TERMS, effect))
    (said,) = [line for line in page if line.startswith("▲ stopped, as last seen")]
    assert "rennes/101" in said
    assert page.index(said) < page.index("Cut the network")
    assert not any("stopped" in line for line in approval_lines(checked(filled()), TERMS, EFFECT))


def test_it_shows_what_is_another_than_in_the_version_before() -> None:
    case = changed()
    assert case.previous is not None
    assert [one.what for one in list_plan_changes(case.previous, case)] == [
        "means",
        "barrier",
        "fact:remedy",
    ]
    page = "\n".join(approval_lines(case, TERMS, None))
    assert "− Cut the network\n  + " in page
    assert "vm_stop" not in page
    assert "− reinstall\n  + send the disk image" in page


def test_a_second_check_of_the_same_keeps_the_version_before() -> None:
    case = changed()
    assert checked(case) == case


def test_a_mail_that_was_edited_is_a_change() -> None:
    case = checked(filled())
    before = case.checked
    assert before is not None
    text = msgspec.structs.replace(case.notice.text, body="Bonsoir")
    case = apply_event(case, ev.Edited(at=NOW, by=OMAR, text=text), TERMS)
    (one,) = list_plan_changes(before, case)
    assert (one.what, one.before, one.now) == ("body", "Bonjour", "Bonsoir")


def test_foreign_text_is_no_markup_and_the_page_speaks_french() -> None:
    case = filled()
    plan = msgspec.structs.replace(case.plan, statement="[red]\x1b[31m")
    case = apply_event(case, ev.Edited(at=NOW, by=OMAR, plan=plan), TERMS)
    with speak_language("fr"):
        page = "\n".join(approval_lines(case, TERMS, EFFECT))
    assert "\x1b" not in page
    assert "Courriel au client" in page


def test_codes_and_times_are_words_and_paris_times_in_french() -> None:
    answers = {
        **ANSWERS,
        "automated_means": "none",
        "source": "own",
        "history": "yes",
        "remedy_by": "2026-12-01T15:05:00+01:00",
    }
    case = apply_event(checked(filled()), ev.Edited(at=NOW, by=OMAR, facts=answers), TERMS)
    with speak_language("fr"):
        page = "\n".join(approval_lines(checked(case), TERMS, EFFECT))
    for raw in (": none", ": own", ": yes", "2026-12-01T", "+ none", "+ own", "+ yes"):
        assert raw not in page
    for said in (": aucun", ": Nos propres", ": oui", "15:05"):
        assert said in page
