"""Whatever a spreadsheet saves is cut into the same rows, or refused with a sentence."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.spreadsheet.cells import CellError, read_cents, read_day, read_whole
from noc_tui.spreadsheet.encoding import SheetError, decode_text
from noc_tui.spreadsheet.sheet import column_letter, cut_sheet, place_columns

FRENCH = st.text("abcéèçàœ€ 0123456789,;\t'\"|/-\n", max_size=12)
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "cp1252": "Windows-1252",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}


def saved(rows: list[list[str]], separator: str, end: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    return out.getvalue()


@given(
    st.lists(st.lists(FRENCH, min_size=4, max_size=4), max_size=5),
    st.sampled_from(";,\t"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(sorted(ENCODINGS)),
    st.booleans(),
)
def test_every_way_of_saving_gives_the_same_rows(
    rows: list[list[str]], separator: str, end: str, encoding: str, said: bool
) -> None:
    heading = ["identifiant", "raison sociale", "montant", "réglé"]
    text = saved([heading, *rows], separator, end)
    text = f"sep={separator}{end}{text}" if said else text
    decoded = decode_text(text.encode(encoding))
    sheet = cut_sheet(decoded.text)
    assert sheet.heading == tuple(heading)
    kept = [tuple(cell.strip() for cell in row) for row in rows]
    assert [row.cells for row in sheet.rows] == [row for row in kept if any(row)]
    assert [row.number for row in sheet.rows] == [
        number for number, row in enumerate(kept, 2) if any(row)
    ]


@pytest.mark.parametrize("encoding", sorted(ENCODINGS))
def test_the_encoding_is_said_so_that_accents_can_be_checked(encoding: str) -> None:
    content = "identifiant;nom\nlea;Boulangerie Léa\n".encode(encoding)
    found = decode_text(content)
    assert "Boulangerie Léa" in found.text
    assert found.encoding == ENCODINGS[encoding]


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_an_error(content: bytes) -> None:
    with suppress(SheetError):
        cut_sheet(decode_text(content).text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no heading row"),
        (";;;\na;b;c;d\n", "no heading row"),
        ('a;b\n1;"2\n', "row 2: a quotation mark is opened"),
        ('a;b\n1;2\n3;"4"x\n', "row 3: a quotation mark inside"),
        (f"a;b\n{'x' * 200_000};2\n", "row 2: a cell is too long"),
    ],
)
def test_what_is_broken_is_named_with_its_row(text: str, why: str) -> None:
    with pytest.raises(SheetError, match=why):
        cut_sheet(text)


def test_columns_are_known_by_each_of_their_names() -> None:
    known = {"id": ("id", "code_client"), "paid": ("regle",)}
    found = place_columns(("Code client", "", "Réglé", "SIRET"), known, ("id",))
    assert found.places == {"id": 0, "paid": 2}
    assert found.unknown == (3,)
    with pytest.raises(SheetError, match="two columns mean the same: id"):
        place_columns(("Code client", "id"), known, ())
    with pytest.raises(SheetError, match="a column is missing: regle"):
        place_columns(("id",), known, ("id", "paid"))


@pytest.mark.parametrize(
    ("at", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (701, "ZZ"), (702, "AAA")]
)
def test_a_column_has_the_letter_that_the_spreadsheet_shows(at: int, letter: str) -> None:
    assert column_letter(at) == letter


@given(st.integers(0, 10**9), st.sampled_from(["", " ", "\u00a0", "\u202f"]))
def test_a_whole_number_is_read_however_it_is_grouped(number: int, space: str) -> None:
    grouped = f"{number:,}".replace(",", space)
    for text in (grouped, f"{grouped},00", f" {grouped} "):
        assert read_whole(text) == number


@pytest.mark.parametrize("text", ["16,5", "-1", "many", "1.024", "9" * 5000, "1e3"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(CellError) as refused:
        read_whole(text)
    assert len(str(refused.value)) < 150


@given(st.text(max_size=30))
def test_a_cell_of_anything_is_read_or_refused(text: str) -> None:
    for reader in (read_cents, read_day, read_whole):
        with suppress(CellError):
            reader(text)
