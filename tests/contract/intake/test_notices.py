"""Abuse notices and authorities' letters in the forms in which a desk receives them."""

from datetime import UTC, datetime

import pytest

from noc_tui.contract.annexe2.judge import Judge, load_judge
from noc_tui.contract.intake.desk import receive
from noc_tui.contract.intake.notice import AbuseKind, lead_of
from noc_tui.contract.terms import load_terms

XARF = (
    '{"xarf_version":"4.0.0","report_id":"r-1","timestamp":"2026-03-03T02:10:58Z",'
    '"class":"connection","type":"login_attack","source_identifier":"192.0.2.55",'
    '"reporter":{"org":"Reporter","contact":"abuse@reporter.example"},"tags":["malware:botnet"]}'
)
OLD_XARF = (
    '{"Version":"1","ReporterInfo":{"ReporterOrg":"R","ReporterOrgEmail":"a@r.example"},"Report":'
    '{"ReportClass":"Activity","ReportType":"PortScan","Date":"2026-03-03T02:10:58Z",'
    '"SourceIp":"192.0.2.55"}}'
)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge({row.id: row.verdict for row in load_terms().annexe2})


NOTICES = [
    ("Notice of infringement. We act for the rightsholder. The file http://192.0.2.55/s02.mkv is an"
     " unauthorised copy. I have a good faith belief that the use is unlawful; please remove it.",
     AbuseKind.copyright),
    ("Network owner notification: 192.0.2.55 has been added to our list (hits on spamtraps)."
     " Delisting is possible only by the ISP.", AbuseKind.spam),
    ("Avis TLP:AMBER. 192.0.2.55 (votre plage) communique avec un serveur de commande connu. Merci"
     " d'isoler la machine.", AbuseKind.malware),
    ("Open NTP resolver used for amplification: host 192.0.2.55 answers monlist queries. Please"
     " advise the responsible party.", AbuseKind.ddos),
    ("Un faux site de banque est hébergé sur votre réseau : http://192.0.2.55/secure/ ."
     " Merci de le retirer. Le CERT", AbuseKind.phishing),
    ("Abuse report: the IP 192.0.2.55 on your network is port scanning our hosts since 02:10 UTC.",
     AbuseKind.port_scan),
    ("L'adresse IP 192.0.2.55 de votre réseau balaie nos serveurs, merci de faire cesser.",
     AbuseKind.port_scan),
    ("Signalement : du spam nous arrive en provenance de 192.0.2.55, qui est chez vous.",
     AbuseKind.spam),
    ("Your server 192.0.2.55 took part in a DNS amplification DDoS against us. Fix the open"
     " resolver.", AbuseKind.ddos),
    ("Mise en demeure : téléchargement illégal de films depuis l'adresse IP 192.0.2.55.",
     AbuseKind.copyright),
    ("Rapport d'abus : tentatives de connexion SSH répétées depuis 192.0.2.55 (AS65000).",
     AbuseKind.login_attack),
    ("Spamhaus SBL listing for 192.0.2.55/32: spam source on your network.", AbuseKind.spam),
    ("Phishing at hxxps://login.client[.]example/ hosted on your network 192[.]0[.]2[.]55. Please"
     " take it down.", AbuseKind.phishing),
    ("Hi, The IP 192.0.2.55 has just been banned by Fail2Ban after 5 attempts against sshd."
     " Regards, Fail2Ban", AbuseKind.login_attack),
    (XARF, AbuseKind.login_attack),
    (OLD_XARF, AbuseKind.port_scan),
    ("Feedback-Type: abuse\nUser-Agent: G/1\nVersion: 1\nSource-IP: 192.0.2.55\n", AbuseKind.spam),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), NOTICES)
def test_a_notice_is_recognised_and_is_no_ticket(judge: Judge, text: str, kind: AbuseKind) -> None:
    notice = receive(text).notice
    assert notice is not None
    assert notice.kind is kind
    assert notice.addresses == ("192.0.2.55",)
    answer = judge.answer(text)
    assert answer.verdict == "not_annexe2"
    assert answer.received == "notice"
    assert answer.because
    assert len(answer.concepts) == len(answer.because)


TICKETS = [
    "Someone is brute forcing our SSH from 192.0.2.7, please drop it on your perimeter firewall.",
    "Notre VM reçoit des milliers de tentatives de connexion, pouvez-vous filtrer en frontal ?",
    "Merci d'installer fail2ban sur notre serveur Debian.",
    "Nos mails arrivent en spam, il manque le reverse DNS de notre IP 203.0.113.9",
    "Des virus ont été trouvés sur notre serveur, pouvez-vous le nettoyer ?",
    "on est attaqué par l'ip 192.0.2.44, vous pouvez la bannir ?",
]


@pytest.mark.parametrize("text", TICKETS)
def test_a_client_who_is_the_victim_writes_a_ticket(text: str) -> None:
    arrival = receive(text)
    assert arrival.notice is None
    assert arrival.letter is None


LETTERS = [
    ("Dans le cadre d'une enquête préliminaire, la brigade vous requiert de conserver et"
     " transmettre les données de connexion de la VM 192.0.2.55.", "criminal"),
    ("Removal order under Regulation (EU) 2021/784: you are required to remove the terrorist"
     " content at https://x.example/a within 1 hour. The competent authority.",
     "terrorist-content"),
    ("Le tribunal judiciaire, par ordonnance de référé, enjoint à l'hébergeur de communiquer"
     " l'identité du titulaire.", "civil"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), LETTERS)
def test_an_authoritys_letter_is_recognised(judge: Judge, text: str, kind: str) -> None:
    letter = receive(text).letter
    assert letter is not None
    assert letter.kind == kind
    answer = judge.answer(text)
    assert answer.verdict == "not_annexe2"
    assert answer.row == "art-05-utilisation"


def test_a_report_says_when_from_whom_and_under_which_reference() -> None:
    notice = receive(XARF).notice
    assert notice is not None
    assert notice.observed_at == datetime(2026, 3, 3, 2, 10, 58, tzinfo=UTC)
    assert notice.reporter == "Reporter abuse@reporter.example"
    assert notice.reference == "r-1"


def test_a_letter_says_its_delay_and_its_silence() -> None:
    text = (
        "RÉQUISITION JUDICIAIRE. Réf : PV-2026/118. Officier de police judiciaire, nous vous"
        " requérons de fournir les journaux sous 48 heures. Ne pas informer le client."
    )
    letter = receive(text).letter
    assert letter is not None
    assert (letter.hours, letter.silent) == (48, True)
    assert letter.reference == "PV-2026/118"


def test_every_kind_leads_to_a_ground_and_a_clause_of_the_terms() -> None:
    terms = load_terms()
    clauses = {clause.id for clause in terms.charte}
    for kind in AbuseKind:
        lead = lead_of(kind)
        assert terms.ground(lead.ground).id == lead.ground
        assert lead.clause in clauses | {""}
