"""Whole mails: every encoding, HTML, attached reports, and threads cut where the matter is."""

import base64
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.intake.desk import receive, receive_mail
from noc_tui.contract.intake.html_text import text_of_html
from noc_tui.contract.intake.message import read_mail
from noc_tui.contract.intake.thread import read_thread

ASKED = "Merci de passer la VM web de 8 à 16 Go de RAM."
ARF = b"""From: <fbl@reporter.example>
Date: Thu, 5 Mar 2026 17:40:36 +0000
Subject: FW: Earn money
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

--b1
Content-Type: text/plain

This is an abuse report for a message received from 192.0.2.55.

--b1
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: G/1.0
Version: 1
Arrival-Date: Thu, 5 Mar 2026 14:00:00 +0000
Source-IP: 192.0.2.55

--b1
Content-Type: message/rfc822

From: <spam@client.example>
Subject: Earn money

Buy now
--b1--
"""


def mail(text: str, subject: str = "", **how: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "j@client.example"
    made["Date"] = "Tue, 03 Mar 2026 03:11:00 +0100"
    made["Subject"] = subject or "Demande"
    made.set_content(text, **how)  # type: ignore[arg-type] # what a content manager takes
    return made


@pytest.mark.parametrize("cte", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_every_encoding_is_read(cte: str, charset: str) -> None:
    arrival = receive_mail(bytes(mail(ASKED, cte=cte, charset=charset)))
    assert ASKED in arrival.text
    assert arrival.sent_at == datetime(2026, 3, 3, 2, 11, tzinfo=UTC)


def test_a_charset_that_is_wrongly_named_is_read_all_the_same() -> None:
    raw = b"From: a@b.example\nContent-Type: text/plain; charset=nonsense\n\n" + ASKED.encode()
    assert ASKED in receive_mail(raw).text


def test_html_is_read_without_its_styles() -> None:
    page = f"<html><head><style>p {{}}</style></head><body><p>{ASKED}</p><br>Merci</body></html>"
    assert text_of_html(page) == f"{ASKED}\nMerci"
    assert ASKED in receive_mail(bytes(mail(page, subtype="html", cte="base64"))).text


def test_of_two_alternatives_the_one_that_says_something_is_read() -> None:
    made = mail(" ")
    made.add_alternative(f"<p>{ASKED}</p>", subtype="html")
    assert ASKED in receive_mail(bytes(made)).text
    made = mail(ASKED)
    made.add_alternative("<p>autre</p>", subtype="html")
    assert "autre" not in receive_mail(bytes(made)).text


def test_a_pasted_raw_mail_is_opened() -> None:
    body = base64.b64encode(ASKED.encode()).decode()
    raw = (
        "From: j@client.example\nSubject: =?UTF-8?B?UkFN?=\nContent-Type: text/plain;"
        f" charset=utf-8\nContent-Transfer-Encoding: base64\n\n{body}\n"
    )
    arrival = receive(raw)
    assert arrival.text.startswith("RAM.\n")
    assert ASKED in arrival.text


def test_a_ticket_that_begins_like_a_header_stays_a_ticket() -> None:
    text = "Objet: RAM\nMachine: web\n\nMerci d'ajouter de la RAM"
    assert receive(text).text == text


def test_a_feedback_report_is_read_from_its_part() -> None:
    arrival = receive_mail(ARF)
    assert arrival.notice is not None
    assert arrival.notice.addresses == ("192.0.2.55",)
    assert arrival.notice.reporter == "fbl@reporter.example"
    assert [inner.subject for inner in read_mail(ARF).inner] == ["Earn money"]


def test_a_report_that_is_forwarded_whole_is_found() -> None:
    made = mail("Pour suite à donner", "TR: FW")
    made.add_attachment(ARF, maintype="application", subtype="octet-stream", filename="r.eml")
    assert receive_mail(bytes(made)).notice is not None


def test_the_forwarded_part_is_the_matter_when_nothing_else_is_said() -> None:
    below = "De : Anne\nEnvoyé : lundi\nÀ : Bob\nObjet : panne\n\nLe dossier Compta a disparu hier."
    for own in ("", "FYI", "Bonjour,\nVoir ci-dessous, merci.\nCdlt"):
        assert "dossier Compta a disparu" in read_thread(f"{own}\n{below}").matter
    asked = "Merci d'ouvrir le port 8443 sur votre pare-feu frontal vers la VM web dès ce soir."
    assert "Compta" not in read_thread(f"{asked}\n{below}").matter


def test_a_reply_is_about_what_stands_above_the_history() -> None:
    text = f"{ASKED}\n\nLe lun. 2 mars 2026 à 10:00, Support a écrit :\n> Le VPN est tombé hier\n"
    assert read_thread(text).matter.strip() == ASKED


@given(st.binary(max_size=2000))
def test_nothing_that_arrives_is_a_failure(raw: bytes) -> None:
    receive_mail(raw)
    receive_mail(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + raw)
    receive(raw.decode("utf-8", "replace"))
