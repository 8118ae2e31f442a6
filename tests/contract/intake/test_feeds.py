"""Rows of a CERT or a scanner, beside a mail or in its text."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.intake.desk import receive, receive_mail
from noc_tui.contract.intake.feeds import read_feed
from noc_tui.contract.intake.notice import AbuseKind

SCAN = (
    '"timestamp","ip","protocol","port","tag","asn"\n'
    '"2026-03-03 02:20:41","192.0.2.19","udp","53","openresolver","64500"\n'
    '"2026-03-03 01:02:07","192.0.2.27","udp","123","ntpmonitor","64500"\n'
)
INFECTED = (
    "\ufefftime.source;source.ip;malware.name;classification.taxonomy\r\n"
    "2026-03-03T02:20:41+00:00;2001:db8::55;lumma;malicious-code\r\n"
)
FLOWS = "date,src_ip,dst_ip,port,action\n2026-03-03 02:20,192.0.2.1,198.51.100.2,443,deny\n"


def mail(rows: str, name: str = "rapport.csv", subject: str = "Rapport du jour") -> bytes:
    made = EmailMessage()
    made["From"] = "cert@reporter.example"
    made["Date"] = "Tue, 03 Mar 2026 03:11:00 +0100"
    made["Subject"] = subject
    made.set_content("Bonjour, voir le fichier joint.")
    made.add_attachment(rows.encode(), maintype="text", subtype="csv", filename=name)
    return bytes(made)


def test_an_attached_report_is_a_notice_with_its_addresses_and_first_instant() -> None:
    found = receive_mail(mail(SCAN))
    assert found.files == ("rapport.csv",)
    assert found.notice is not None
    assert found.notice.sure
    assert found.notice.kind is AbuseKind.exposed_service
    assert found.notice.addresses == ("192.0.2.19", "192.0.2.27")
    assert found.notice.observed_at == datetime(2026, 3, 3, 1, 2, 7, tzinfo=UTC)
    assert found.notice.reporter == "cert@reporter.example"


def test_semicolons_and_a_mark_of_byte_order_are_read() -> None:
    notice = receive_mail(mail(INFECTED)).notice
    assert notice is not None
    assert notice.addresses == ("2001:db8::55",)
    assert notice.kind is AbuseKind.malware


def test_rows_in_the_text_itself_are_read() -> None:
    notice = receive(f"Open resolver report\n{SCAN}You are the contact of this network.").notice
    assert notice is not None
    assert notice.form == "report"
    assert notice.addresses == ("192.0.2.19", "192.0.2.27")


@pytest.mark.parametrize("rows", [FLOWS, "timestamp,ip\n", "", "a,b,c\n1,2,3\n"])
def test_a_clients_own_table_is_no_notice(rows: str) -> None:
    assert read_feed(rows, "flux à ouvrir") is None
    assert receive_mail(mail(rows, "flux.csv", "Ouverture de flux")).notice is None


@given(st.text(alphabet='ip,;"\n\ttimestamp.:192\ufeff', max_size=200))
def test_no_table_is_a_failure(rows: str) -> None:
    read_feed(f"timestamp,ip,tag\n{rows}")
    receive(rows)
