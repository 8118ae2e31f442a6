"""An accountant's export: whatever a spreadsheet saves is read, and nothing is guessed."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from noc_tui.contract.payments.invoice import InvoiceFacts, euros, is_fresh
from noc_tui.payments.csv_file import PaymentsFileError, ReadPayments, read_payments
from noc_tui.spreadsheet.cells import LARGEST, CellError, read_cents, read_day

AS_OF = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
HEADING = "Client;N° Facture;Émise le;Montant;Réglé;Prélèvement présenté le;Prélèvement rejeté le"
ROW = "acme;F-1;05/01/2026;1 250,00 €;0,00;10/02/2026;12/02/2026"
CENTS = st.integers(0, LARGEST)


def read(*rows: str, heading: str = HEADING, encoding: str = "utf-8") -> ReadPayments:
    return read_payments("\r\n".join((heading, *rows)).encode(encoding), AS_OF)


def french(cents: int, space: str, sign: str, unit: str) -> str:
    whole, fraction = divmod(cents, 100)
    grouped = f"{whole:,}".replace(",", space)
    return f"{grouped}{sign}{fraction:02}{unit}"


@given(CENTS, st.sampled_from(["", " ", "\u00a0", "\u202f", "."]), st.sampled_from(["", " €", "€"]))
def test_an_amount_in_french_is_read_to_the_cent(cents: int, space: str, unit: str) -> None:
    assert read_cents(french(cents, space, ",", unit)) == cents


@given(CENTS, st.sampled_from(["", ","]))
def test_an_amount_in_english_is_read_to_the_cent(cents: int, space: str) -> None:
    assert read_cents(french(cents, space, ".", "")) == cents


@given(CENTS)
def test_an_amount_below_zero_is_its_opposite(cents: int) -> None:
    text = french(cents, " ", ",", "")
    assert read_cents(f"-{text}") == read_cents(f"({text})") == -cents


@given(CENTS)
def test_cents_and_euros_are_the_same_amount(cents: int) -> None:
    assert euros(cents) * 100 == cents
    assert str(euros(cents)).rpartition(".")[2] == f"{cents % 100:02}"


@given(st.text(max_size=20))
def test_a_cell_of_anything_is_read_or_refused(text: str) -> None:
    for reader in (read_cents, read_day):
        try:
            found = reader(text)
        except CellError:
            continue
        assert found is not None or not text.strip()


@pytest.mark.parametrize(
    "text", ["1.234", "1,234", "12,345", "1 234,5678", "1e5", "12,5,5", "abc", "€", "٣", "1.23.4"]
)
def test_an_amount_that_may_be_two_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        read_cents(text)


@given(st.dates(date(2010, 1, 1), date(2090, 12, 31)))
def test_a_day_is_read_as_each_spreadsheet_writes_it(day: date) -> None:
    for form in (
        "%d/%m/%Y",
        "%d.%m.%Y",
        "%d-%m-%Y",
        "%Y-%m-%d",
        "%d/%m/%Y 00:00",
        "%Y-%m-%dT00:00:00",
    ):
        assert read_day(day.strftime(form)) == day


@pytest.mark.parametrize("text", ["03/04/26", "2026/04/03", "31/02/2026", "45981", "04/13/2026"])
def test_a_day_that_may_be_another_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        read_day(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_every_spreadsheet_s_file_is_read_alike(encoding: str, separator: str) -> None:
    row = ROW.replace("1 250,00 €", '"1 250,00 €"').replace("0,00;10", '"0,00";10')
    found = read(
        row.replace(";", separator), heading=HEADING.replace(";", separator), encoding=encoding
    )
    (one,) = found.invoices
    assert found.left_out == ()
    assert one.tenant == "acme"
    assert one.facts == InvoiceFacts(
        reference="F-1",
        issued=date(2026, 1, 5),
        amount=125_000,
        paid=0,
        as_of=AS_OF,
        presented=date(2026, 2, 10),
        rejected=date(2026, 2, 12),
    )


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (ROW.replace("acme", ""), "client: empty"),
        (ROW.replace("0,00;10", ";10"), "regle: empty"),
        (ROW.replace("1 250,00 €", "-12,00"), "montant"),
        (ROW.replace("1 250,00 €", "1.250"), "montant"),
        (ROW.replace("05/01/2026", "31/02/2026"), "emise_le"),
        (ROW.replace("10/02/2026", "11/03/2026"), "after the day"),
        (ROW.replace("10/02/2026", "04/01/2026"), "before emise_le"),
        (ROW.replace("10/02/2026", ""), "before prelevement_presente_le, or without it"),
        (ROW + ";more", "more cells"),
    ],
)
def test_a_row_that_cannot_be_understood_is_left_out_and_named(row: str, why: str) -> None:
    found = read(ROW.replace("F-1", "F-9"), row)
    assert [one.facts.reference for one in found.invoices] == ["F-9"]
    (left,) = found.left_out
    assert left.line == 3
    assert why in left.why


def test_of_an_invoice_that_is_given_twice_neither_row_is_taken() -> None:
    found = read(ROW, ROW.replace("0,00;", "1250,00;"))
    assert found.invoices == ()
    assert [one.line for one in found.left_out] == [2, 3]


def test_what_is_not_read_is_named() -> None:
    found = read(ROW + ";relance", heading=HEADING + ";Commentaire")
    assert found.unread == ("Commentaire",)
    assert len(found.invoices) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04rest of a workbook",
        b"\xd0\xcf\x11\xe0old workbook",
        b"client;facture\nacme;1\n",
        b"\x00\x01\x02\x03",
        b"client;tenant;facture;emise_le;montant;regle\n",
        b'client;facture;emise_le;montant;regle\n"acme;F-1',
        b"\x81\x8d\xff;\n",
    ],
)
def test_a_file_that_cannot_be_understood_says_how_to_save_it(content: bytes) -> None:
    with pytest.raises(PaymentsFileError, match="CSV UTF-8"):
        read_payments(content, AS_OF)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(PaymentsFileError):
        read_payments(content, AS_OF)


@given(st.lists(st.text("abc;,\"' 0123456789/\n€-", max_size=40), max_size=6))
def test_any_rows_are_read_or_named(rows: list[str]) -> None:
    try:
        found = read(*rows)
    except PaymentsFileError:
        return
    lines = [one.line for one in found.invoices] + [one.line for one in found.left_out]
    assert len(lines) == len(set(lines))


def facts(amount: int, paid: int, **changes: object) -> InvoiceFacts:
    fields: dict[str, object] = {"reference": "F", "issued": date(2026, 1, 5), "as_of": AS_OF}
    return InvoiceFacts(amount=amount, paid=paid, **(fields | changes))  # type: ignore[arg-type]


@given(st.integers(1, LARGEST), CENTS)
def test_what_remains_is_never_below_zero_nor_above_what_was_asked(amount: int, paid: int) -> None:
    one = facts(amount, paid)
    assert 0 <= one.remaining <= amount
    assert (one.remaining == 0) == (paid >= amount)


@given(st.integers(-200_000, 200_000))
@example(-1)
@example(0)
@example(86_400)
@example(86_401)
def test_that_it_is_unpaid_is_known_for_one_day(seconds: int) -> None:
    now = datetime.fromtimestamp(AS_OF.timestamp() + seconds, UTC)
    assert is_fresh(AS_OF, now) == (0 <= seconds <= 86_400)
