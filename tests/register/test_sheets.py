"""A register as accounting exports it: read, or refused with file, row, column and a way out."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui import i18n
from noc_tui.register import Amount, RegisterError, RegisterTenant, parse, read
from noc_tui.register.values import Quotas

CSV = Path("clients.csv")
HEADING = "id;name;email;contract_start;pools;amounts;quota_vcpus;quota_memory_gib"
ROW = "lea;Boulangerie Léa & Fils;compte@lea.example.fr;2024-03-01;lea;2024-03-01=1250,00;16;64"
LEA = RegisterTenant(
    id="lea",
    name="Boulangerie Léa & Fils",
    email="compte@lea.example.fr",
    pools=("lea",),
    contract_start=date(2024, 3, 1),
    amounts=(Amount(valid_from=date(2024, 3, 1), monthly=Decimal("1250.00")),),
    quotas=Quotas(vcpus=16, memory_gib=64),
)


def refusal(text: str, file: Path = CSV) -> list[str]:
    with pytest.raises(RegisterError) as refused:
        parse(text, file)
    return [str(one) for one in refused.value.problems]


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADING}\r\n{ROW}\r\n",
        f"sep=;\r\n{HEADING}\r\n{ROW}\r\n",
        f"{HEADING}\n{ROW}".replace("2024-03-01;lea", "01/03/2024;lea"),
        f"{HEADING}\n{ROW}".replace("=1250,00", "=1 250,00"),
        f"{HEADING}\n{ROW}".replace("2024-03-01=1250,00", "01/03/2024 = 1\u202f250,00 €"),
        f"{HEADING};;\r\n{ROW};;\r\n;;;;;;;;;\r\n",
        f"{HEADING}\n{ROW}".replace(";16;64", ";16,00;64 Gio"),
        f"{HEADING}\n{ROW}".replace(";", "\t"),
        f"{HEADING},\n{ROW},".replace(";", ",").replace("1250,00", "1250.00"),
        f"{HEADING}\n{ROW}".replace(HEADING, "Code client;Nom;Courriel;Début contrat;Pools;"
        "Montants;Quota vCPU;Quota mémoire Gio"),
    ],
)  # fmt: skip
def test_each_way_of_writing_it_is_the_same_tenant(text: str) -> None:
    assert parse(text, CSV) == (LEA,)


@pytest.mark.parametrize(
    ("heading", "cells", "line"),
    [
        ("Adresse", "1 rue de l’Exemple, 35000 Rennes", "1 rue de l’Exemple, 35000 Rennes"),
        (
            "adresse postale",
            '"1 rue de l’Exemple\n35000 Rennes"',
            "1 rue de l’Exemple, 35000 Rennes",
        ),
        ("Adresse de facturation", "Bât. B | 35000 Rennes", "Bât. B, 35000 Rennes"),
        (
            "Adresse;Code postal;Ville",
            "1 rue de l’Exemple;35000;Rennes",
            "1 rue de l’Exemple, 35000 Rennes",
        ),
        ("CP;Commune", "35000;Rennes", "35000 Rennes"),
        ("postal_address", "", ""),
    ],
)
def test_the_postal_address_is_one_column_or_three(heading: str, cells: str, line: str) -> None:
    (tenant,) = parse(f"{HEADING};{heading}\n{ROW};{cells}\n", CSV)
    assert tenant.address_line == line


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("name", ["r.csv", "r.TXT", "r.tsv"])
def test_each_encoding_is_the_same_tenant(tmp_path: Path, encoding: str, name: str) -> None:
    (tmp_path / name).write_bytes(f"{HEADING}\r\n{ROW}\r\n".encode(encoding))
    assert read(tmp_path / name) == (LEA,)


@pytest.mark.parametrize(
    "cell", ["a b", "a, b", "a;b", "a | b", '"a\nb"', "a,b", "  a   b  ", "a\u00a0b"]
)
def test_a_cell_with_several_values_is_cut_however_they_are_parted(cell: str) -> None:
    quoted = cell if cell.startswith('"') else f'"{cell}"'
    (found,) = parse(f"{HEADING}\n{ROW}".replace(";lea;", f";{quoted};"), CSV)
    assert found.pools == ("a", "b")


DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
FORMS = st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y"])
SPACES = st.sampled_from(["", " ", "\u00a0", "\u202f"])
BETWEEN = st.sampled_from([" | ", "|", " ", "; ", "\n", ", "])


@given(
    st.dictionaries(DAYS, st.integers(0, 10**10), min_size=1, max_size=4),
    FORMS, SPACES, BETWEEN, st.sampled_from(["", " €", " EUR"]),
)  # fmt: skip
def test_amounts_are_read_to_the_cent_however_they_are_written(
    amounts: dict[date, int], form: str, space: str, between: str, unit: str
) -> None:
    written = between.join(
        f"{day.strftime(form)}={cents // 100:,}".replace(",", space) + f",{cents % 100:02}{unit}"
        for day, cents in amounts.items()
    )
    (found,) = parse(f"{HEADING}\n{ROW}".replace("2024-03-01=1250,00", f'"{written}"'), CSV)
    assert {one.valid_from: one.monthly for one in found.amounts} == {
        day: Decimal(cents) / 100 for day, cents in amounts.items()
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2024-03-01;lea", "3/1/24;lea", ", row 2, column D (contract_start): lea: '3/1/24' is"),
        ("2024-03-01=1250,00", "1250,00", ", row 2, column F (amounts): lea: the day is missing"),
        ("=1250,00", "=1.250", ", row 2, column F (amounts): lea: '1.250' may be thousands"),
        ("=1250,00", "=", ", row 2, column F (amounts): lea: the amount is missing"),
        (";16;", ";seize;", ", row 2, column G (quota_vcpus): lea: 'seize' is no whole number"),
        (";64", ";64 Go", ", row 2, column H (quota_memory_gib): lea: '64 Go' is no whole number"),
        (";lea;", ";l€a;", ", row 2, column E (pools): lea: 'l€a' is no name of a pool"),
        (";64", ";64;SIRET", ", row 2, column I: this column has no name"),
        ("quota_vcpus", "siret", ", row 1, column G (siret): this column is not known"),
        (";email", ";tel", ": a column is missing: email; save the sheet as"),
        ("Boulangerie Léa", '"Léa', ": row 2: a quotation mark is opened"),
    ],
)
def test_a_refusal_names_file_row_and_column(old: str, new: str, said: str) -> None:
    text = f"{HEADING}\n{ROW}\n".replace(old, new, 1)
    assert any(one.startswith(f"clients.csv{said}") for one in refusal(text)), refusal(text)


def test_what_could_not_be_read_is_not_said_to_be_missing() -> None:
    text = f"{HEADING}\n{ROW}".replace("2024-03-01=1250,00", "31/02/2024=12,00 | 2025-01-01=x")
    assert len(refusal(text)) == 2


def test_two_clients_with_one_pool_are_each_named_by_their_row() -> None:
    text = f"{HEADING}\n{ROW}\n\n{ROW.replace('lea;B', 'bea;B')}"
    assert refusal(text) == [
        "clients.csv, row 4, column E (pools): bea: lea is already given for lea"
    ]


@pytest.mark.parametrize("content", [b"PK\x03\x04xlsx", b"\xd0\xcf\x11\xe0xls", b"a\x00\x01\x81"])
def test_a_workbook_is_refused_with_how_to_save_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "r.csv").write_bytes(content)
    with pytest.raises(RegisterError, match="save the sheet as “CSV UTF-8"):
        read(tmp_path / "r.csv")


def test_an_operator_reads_the_refusal_in_french() -> None:
    text = f"{HEADING}\n{ROW}".replace("2024-03-01;lea", "hier;lea")
    with i18n.speak_language("fr"):
        (said,) = refusal(text)
        toml = '[[tenant]]\nid = "Léa"\nname = 3\nemail = "a@b.fr"\npools = [""]\n'
        lines = refusal(toml + 'contract_start = "x"\nquotas = {vcpus = -1}', Path("r.toml"))
    assert said == (
        "clients.csv, ligne 2, colonne D (contract_start): lea:"
        " 'hier' n’est pas une date\u00a0: écrire 31/10/2026 ou 2026-10-31"
    )
    assert not any("Expected" in one or "Invalid" in one for one in lines), lines


@given(st.text(max_size=300))
def test_no_text_crashes_the_reader(text: str) -> None:
    quoted = '"' + text.replace('"', '""') + '"'
    cells = [f"{HEADING}\n" + ROW.replace(cell, quoted) for cell in ROW.split(";")]
    for shape in (text, f"{HEADING}\n{text}", *cells):
        with suppress(RegisterError):
            parse(shape, CSV)
