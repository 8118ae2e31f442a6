"""Reports that come packed: a ZIP or gzip beside a mail, and archives that are made to harm."""

import gzip
import io
import json
import zipfile
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.intake import archive
from noc_tui.contract.intake.archive import Allowance, unpack
from noc_tui.contract.intake.desk import Arrival, receive_mail
from noc_tui.contract.intake.notice import AbuseKind

SCAN = (
    '"timestamp","ip","protocol","port","tag","asn"\n'
    '"2026-03-03 02:20:41","192.0.2.19","udp","53","openresolver","64500"\n'
)
XARF = json.dumps(
    {
        "xarf_version": "4",
        "report_id": "r-1",
        "type": "ddos",
        "source_identifier": "192.0.2.31",
        "timestamp": "2026-03-03T02:20:41Z",
    }
)
FORWARDED = (
    b"From: a@b.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/csv; name=r.csv\n\n"
)


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as target:
        for name, raw in files:
            target.writestr(name, raw)
    return made.getvalue()


def mail(raw: bytes, name: str, subtype: str = "octet-stream") -> bytes:
    made = EmailMessage()
    made["From"] = "cert@reporter.example"
    made["Date"] = "Tue, 03 Mar 2026 03:11:00 +0100"
    made["Subject"] = "Rapport du jour"
    made.set_content("Bonjour, voir le fichier joint.")
    made.add_attachment(raw, maintype="application", subtype=subtype, filename=name)
    return bytes(made)


def blamed(arrival: Arrival) -> tuple[str, ...]:
    return () if arrival.notice is None else arrival.notice.addresses


@pytest.mark.parametrize(
    ("raw", "name", "subtype"),
    [
        (zipped(("2026-03-03-scan.csv", SCAN.encode())), "r.zip", "zip"),
        (zipped(("dir/SCAN.CSV", SCAN.encode())), "r.zip", "octet-stream"),
        (zipped(("lisez.txt", b"x"), ("scan.csv", SCAN.encode())), "r.bin", "x-zip-compressed"),
        (gzip.compress(SCAN.encode()), "scan.csv.gz", "gzip"),
        (zipped(("scan.csv.gz", gzip.compress(SCAN.encode()))), "r.zip", "zip"),
        (zipped(("r.zip", zipped(("scan.csv", SCAN.encode())))), "all.zip", "zip"),
        (zipped(("r.eml", FORWARDED + SCAN.encode())), "r.zip", "zip"),
    ],
)
def test_a_packed_report_is_a_notice(raw: bytes, name: str, subtype: str) -> None:
    arrival = receive_mail(mail(raw, name, subtype))
    assert blamed(arrival) == ("192.0.2.19",)
    assert arrival.notice is not None
    assert arrival.notice.kind is AbuseKind.exposed_service
    assert arrival.notice.reporter == "cert@reporter.example"
    assert arrival.files == (name,)


def test_a_packed_xarf_is_a_notice() -> None:
    assert blamed(receive_mail(mail(zipped(("x.json", XARF.encode())), "x.zip"))) == ("192.0.2.31",)


def test_an_archive_without_a_report_is_a_file_and_no_more() -> None:
    arrival = receive_mail(
        mail(zipped(("photo.jpg", b"\xff\xd8"), ("a.csv", b"a,b\n1,2")), "a.zip")
    )
    assert arrival.notice is None
    assert arrival.files == ("a.zip",)


def test_a_bomb_is_unpacked_no_further_than_its_allowance() -> None:
    bomb = zipped(*((f"{number}.csv", b"0" * (4 << 20)) for number in range(30)))
    left = Allowance()
    found = list(unpack("b.zip", bomb, left))
    assert sum(len(one.raw) for one in found) == 8 << 20
    assert max(len(one.raw) for one in found) == 1 << 20
    assert left.room == 0
    (packed,) = unpack("b.csv.gz", gzip.compress(b"0" * (64 << 20)), Allowance())
    assert len(packed.raw) == 1 << 20


def test_one_allowance_stands_for_all_that_a_mail_forwards(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def count(*given: object) -> object:
        opened.append("")
        return members(*given)  # type: ignore[arg-type] # what the archive gives

    members = archive._members
    monkeypatch.setattr(archive, "_members", count)
    raw = mail(zipped(("scan.csv", b"a,b\n1,2\n")), "a.zip")
    for _level in range(4):
        raw = mail(zipped(*((f"{number}.eml", raw) for number in range(20))), "a.zip")
    receive_mail(raw)
    assert 4 <= len(opened) <= 101


def test_archives_lie_within_archives_no_deeper_than_once() -> None:
    raw = zipped(("scan.csv", SCAN.encode()))
    for _level in range(2):
        raw = zipped(("r.zip", raw))
    assert list(unpack("r.zip", raw, Allowance())) == []


def test_a_directory_of_a_hundred_thousand_files_is_not_read() -> None:
    raw = zipped(("scan.csv", SCAN.encode())) + b"PK\x01\x02" * 3_000
    assert list(unpack("r.zip", raw, Allowance())) == []


def test_an_encrypted_member_is_left_out() -> None:
    raw = bytearray(zipped(("scan.csv", SCAN.encode()), ("b.csv", SCAN.encode())))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    assert [one.name for one in unpack("r.zip", bytes(raw), Allowance())] == ["b.csv"]


@given(st.data())
def test_a_damaged_archive_raises_nothing(data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from([zipped(("scan.csv", SCAN.encode())), gzip.compress(SCAN.encode())])
    )
    raw = bytearray(whole[: data.draw(st.integers(4, len(whole)))])
    for _damage in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(4, len(raw) - 1) if len(raw) > 4 else st.just(0))] = data.draw(
            st.integers(0, 255)
        )
    list(unpack("r.zip", bytes(raw), Allowance()))
