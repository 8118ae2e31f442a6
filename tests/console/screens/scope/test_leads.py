"""What a ticket leads on to from the screen."""

from hashlib import sha256

from noc_tui.console.references import NewCase, NewLetter
from noc_tui.console.screens.scope.leads import lead_of_arrival, list_named
from noc_tui.console.screens.suspension.opening import first_edit
from noc_tui.contract.intake.desk import receive
from noc_tui.views.blamed_owner import BlamedOwner

SPAM = "Signalement le 2026-03-03T02:10:00Z : du spam nous arrive de votre IP 192.0.2.55"
MAIL = """From: report@watchers.example
To: abuse@example.fr
Date: Tue, 3 Mar 2026 13:41:07 +0000
Subject: [abuse] SSH brute force from 192.0.2.55

we observed SSH brute-force attacks and outgoing spam from the address
192.0.2.55 of your network against our customers. Please stop it.

Source: 192.0.2.55
Date: 2026-03-03 13:22:11 UTC

Regards, Watchers
"""
OWNER = BlamedOwner("acme", "par1/101", "guest-name")


def test_a_notice_begins_a_case_with_what_could_be_read() -> None:
    arrival = receive(SPAM)
    assert list_named(arrival) == ("192.0.2.55",)
    case = lead_of_arrival(arrival, "", [OWNER])
    assert isinstance(case, NewCase)
    assert (case.tenant, case.guests, case.ground) == ("acme", ("par1/101",), "charte-breach")
    assert case.facts["observed_at"] == "2026-03-03T02:10:00+00:00"
    assert case.facts["source"] == "third-party"
    assert case.reports == {"C11": SPAM}


def test_the_subject_says_what_a_report_is_about_and_its_body_when() -> None:
    arrival = receive(MAIL)
    case = lead_of_arrival(arrival, "", [OWNER])
    assert isinstance(case, NewCase)
    assert case.facts["observed_at"] == "2026-03-03T13:22:11+00:00"
    assert case.reports == {"C7": MAIL}
    assert "Watchers" not in "".join(case.facts.values())


def test_a_case_keeps_a_report_whole_as_a_file() -> None:
    case = lead_of_arrival(receive(MAIL), "", [OWNER])
    assert isinstance(case, NewCase)
    edit = first_edit(case)
    assert edit is not None
    assert edit.ticks is not None
    (file,), (proof,) = edit.files, edit.ticks[0].evidence
    assert file.content == MAIL.encode()
    assert (proof.kind, proof.sha256) == ("report", sha256(file.content).hexdigest())
    assert "Watchers" not in proof.text


def test_several_who_may_be_meant_are_left_to_the_operator() -> None:
    other = BlamedOwner("globex", "", "endpoint")
    case = lead_of_arrival(receive(SPAM), "", [OWNER, other])
    assert isinstance(case, NewCase)
    assert (case.tenant, case.guests) == ("", ())


def test_an_operators_tenant_holds() -> None:
    case = lead_of_arrival(receive(SPAM), "globex", [OWNER])
    assert (case.tenant, isinstance(case, NewCase) and case.guests) == ("globex", ())


def test_a_letter_begins_the_record_of_an_order() -> None:
    text = (
        "Réf : PV-2026/118. Officier de police judiciaire, enquête préliminaire : nous vous"
        " requérons de conserver les journaux de la VM 192.0.2.55."
    )
    letter = lead_of_arrival(receive(text), "acme", [])
    assert isinstance(letter, NewLetter)
    assert (letter.kind, letter.reference, letter.tenant) == ("criminal", "PV-2026/118", "acme")


def test_a_ticket_leads_to_a_case_of_its_tenant_alone() -> None:
    assert lead_of_arrival(receive("la VM est lente"), "acme", []) == NewCase("acme")
