"""The tenant register: TOML and CSV say the same, and every problem comes with its line."""

import contextlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.register import (
    Amount,
    Quotas,
    RegisterError,
    RegisterTenant,
    Support,
    parse,
    read,
    resolve,
)

TOML, CSV = Path("tenants.toml"), Path("tenants.csv")
ACME = """\
# the register
[[tenant]]
id = "acme"
name = "Acme SARL"
email = "compte@acme.example.fr"
pools = ["acme", "nantes:acme-dr"]
contract_start = 2024-03-01
proxmox_users = ["acme@pve"]
proxmox_groups = ["acme-admins"]
guest_users = ["invite@acme.example.fr"]
endpoints = ["https://www.acme.example.fr/", "tcp://203.0.113.4:443"]

[tenant.support]
kind = "infogerance"
billing = "flat"
perimeter = ["os", "databases"]

[tenant.quotas]
vcpus = 16
memory_gib = 64

[[tenant.amount]]
from = 2024-03-01
monthly = "1250.00"
[[tenant.amount]]
from = 2025-03-01
monthly = 1300.50

[[tenant]]
id = "globex"
name = "Globex"
email = "noc@globex.example.fr"
pools = ["globex"]
"""
SHEET = """\
id;name;email;pools;contract_start;proxmox_users;proxmox_groups;guest_users;endpoints;amounts;\
support_kind;support_billing;support_perimeter;quota_vcpus;quota_memory_gib
acme;Acme SARL;compte@acme.example.fr;acme nantes:acme-dr;2024-03-01;acme@pve;acme-admins;\
invite@acme.example.fr;https://www.acme.example.fr/ tcp://203.0.113.4:443;\
2024-03-01=1250,00 | 2025-03-01=1300,50;infogerance;flat;os databases;16;64
globex;Globex;noc@globex.example.fr;globex;;;;;;;;;;;
"""
EXPECTED = RegisterTenant(
    id="acme",
    name="Acme SARL",
    email="compte@acme.example.fr",
    pools=("acme", "nantes:acme-dr"),
    contract_start=date(2024, 3, 1),
    proxmox_users=("acme@pve",),
    proxmox_groups=("acme-admins",),
    guest_users=("invite@acme.example.fr",),
    endpoints=("https://www.acme.example.fr/", "tcp://203.0.113.4:443"),
    amounts=(
        Amount(valid_from=date(2024, 3, 1), monthly=Decimal("1250.00")),
        Amount(valid_from=date(2025, 3, 1), monthly=Decimal("1300.50")),
    ),
    support=Support(kind="infogerance", billing="flat", perimeter=("os", "databases")),
    quotas=Quotas(vcpus=16, memory_gib=64),
)


def problems(text: str, file: Path = TOML) -> list[tuple[int, str, str]]:
    """(line, tenant, field) of everything wrong in that text."""
    with pytest.raises(RegisterError) as raised:
        parse(text, file)
    assert all(str(file) in str(problem) for problem in raised.value.problems)
    return [(found.line, found.tenant, found.field) for found in raised.value.problems]


@pytest.mark.parametrize(("text", "file"), [(ACME, TOML), (SHEET, CSV)])
def test_both_forms_say_the_same(text: str, file: Path) -> None:
    acme, globex = parse(text, file)
    assert acme == EXPECTED
    assert globex.contract_start is None
    assert globex.quotas == Quotas()


def test_commas_do_as_well_as_semicolons() -> None:
    text = "id,name,email,pools\nacme,Acme,a@acme.example.fr,acme\n\n"
    assert [tenant.id for tenant in parse(text, CSV)] == ["acme"]


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        (date(2024, 2, 29), None),
        (date(2024, 3, 1), Decimal("1250.00")),
        (date(2025, 2, 28), Decimal("1250.00")),
        (date(2025, 3, 1), Decimal("1300.50")),
        (date(2031, 1, 1), Decimal("1300.50")),
    ],
)
def test_amounts_hold_from_their_day_on(day: date, amount: Decimal | None) -> None:
    assert EXPECTED.monthly_amount(day) == amount


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('id = "acme"', 'id = "Acme Inc"', (3, "Acme Inc", "id")),
        ('name = "Acme SARL"', "name = 3", (4, "acme", "name")),
        ("compte@acme.example.fr", "compte.acme", (5, "acme", "email")),
        ('["acme", "nantes:acme-dr"]', "[]", (6, "acme", "pools")),
        ('"nantes:acme-dr"', '"ac\u200bme"', (6, "acme", "pools[1]")),
        ('"nantes:acme-dr"', '"a/b/c/d"', (6, "acme", "pools[1]")),
        ('["acme-admins"]', '["acme admins"]', (9, "acme", "proxmox_groups[0]")),
        ("contract_start = 2024-03-01", 'contract_start = "soon"', (7, "acme", "contract_start")),
        ("contract_start", "contract_begin", (7, "acme", "contract_begin")),
        ("start = 2024-03-01", "start = 9997-03-01", (7, "acme", "contract_start")),
        ("start = 2024-03-01", "start = 0024-03-01", (7, "acme", "contract_start")),
        ("from = 2025-03-01", "from = 2205-03-01", (26, "acme", "amount.#2.from")),
        (
            "contract_start",
            "contract_end = 9999-12-31\ncontract_start",
            (7, "acme", "contract_end"),
        ),
        ('["acme@pve"]', '["acme"]', (8, "acme", "proxmox_users[0]")),
        ("tcp://203.0.113.4:443", "tcp://203.0.113.4", (11, "acme", "endpoints[1]")),
        ("tcp://203", "ftp://203", (11, "acme", "endpoints[1]")),
        ("tcp://203", "tcp://2 3", (11, "acme", "endpoints[1]")),
        ('kind = "infogerance"', 'kind = "gold"', (14, "acme", "support.kind")),
        ('kind = "infogerance"', 'kind = "none"', (14, "acme", "support.kind")),
        ('billing = "flat"\n', "", (13, "acme", "support.billing")),
        ('"os", "databases"', '"os", "cables"', (16, "acme", "support.perimeter[1]")),
        ("vcpus = 16", "vcpus = -1", (19, "acme", "quotas.vcpus")),
        ("memory_gib = 64", "memory_gib = 68719476736", (20, "acme", "quotas.memory_gib")),
        ("vcpus = 16", "cores = 16", (19, "acme", "quotas.cores")),
        ('monthly = "1250.00"', 'monthly = "a lot"', (24, "acme", "amount.#1.monthly")),
        ("monthly = 1300.50", "monthly = 1300.505", (27, "acme", "amount.#2.monthly")),
        ("monthly = 1300.50", "monthly = 1e99", (27, "acme", "amount.#2.monthly")),
        ("monthly = 1300.50", "monthly = -1", (27, "acme", "amount.#2.monthly")),
        ("from = 2025-03-01", "from = 2024-03-01", (26, "acme", "amount.#2.from")),
        ("from = 2025-03-01\n", "", (25, "acme", "amount.#2.from")),
        ('pools = ["globex"]', 'pools = ["acme"]', (33, "globex", "pools[0]")),
        ('id = "globex"', 'id = "acme"', (30, "acme", "id")),
        ('email = "noc@globex.example.fr"\n', "", (29, "globex", "email")),
        (
            "contract_start",
            "contract_end = 2024-01-01\ncontract_start",
            (7, "acme", "contract_end"),
        ),
        (
            "contract_start",
            "notice_given = 2024-01-01\ncontract_start",
            (7, "acme", "notice_given"),
        ),
        (
            "contract_start",
            "data_confirmed = 2024-01-01\ncontract_start",
            (7, "acme", "data_confirmed"),
        ),
    ],
)
def test_each_mistake_has_its_line(old: str, new: str, expected: tuple[int, str, str]) -> None:
    assert old in ACME
    assert problems(ACME.replace(old, new, 1)) == [expected]


def test_all_mistakes_at_once_in_the_order_of_lines() -> None:
    text = ACME.replace("compte@", "").replace("vcpus = 16", "vcpus = -1").replace('"Globex"', "1")
    text = "colour = 'red'\n" + text
    assert problems(text) == [
        (1, "", "colour"),
        (6, "acme", "email"),
        (20, "acme", "quotas.vcpus"),
        (32, "globex", "name"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("compte@acme", "compte acme", (2, "acme", "email")),
        ("globex;Globex", "globex;", (3, "globex", "name")),
        (";16;64", ";many;64", (2, "acme", "quotas.vcpus")),
        (";16;64", f";{'9' * 5000};64", (2, "acme", "quotas.vcpus")),
        (";16;64", ";16;64;extra", (2, "", "")),
        ("2024-03-01=1250,00", "1250,00", (2, "acme", "amount.#1.from")),
        ("quota_vcpus", "vcpus", (1, "", "vcpus")),
    ],
)
def test_each_mistake_in_a_sheet_has_its_line(
    old: str, new: str, expected: tuple[int, str, str]
) -> None:
    assert old in SHEET
    assert expected in problems(SHEET.replace(old, new, 1), CSV)


def test_bad_toml_has_its_line() -> None:
    assert problems("[[tenant]]\nid = \n") == [(2, "", "")]


def test_bad_csv_and_bad_files_are_problems(tmp_path: Path) -> None:
    assert problems('id,name\n"acme"x,y\n', CSV) == [(1, "", "")]
    (tmp_path / "t.toml").write_bytes(b"\xff")
    for file in (tmp_path / "t.toml", tmp_path / "absent.toml"):
        with pytest.raises(RegisterError, match=str(file)):
            read(file)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("\ufeff" + SHEET, encoding="utf-8")
    assert read(tmp_path / "t.csv")[0] == EXPECTED


def tenant(name: str, *pools: str) -> RegisterTenant:
    return RegisterTenant(id=name, name=name, email=f"{name}@example.fr", pools=pools)


LIVE = [("rennes", "acme"), ("nantes", "acme"), ("rennes", "globex"), ("rennes", "lab")]


def test_pools_are_matched_on_every_cluster_or_on_one() -> None:
    found = resolve([tenant("acme", "acme"), tenant("globex", "rennes:globex")], LIVE)
    assert found.of("acme") == (("nantes", "acme"), ("rennes", "acme"))
    assert found.of("globex") == (("rennes", "globex"),)


def test_what_does_not_match_is_shown_not_dropped() -> None:
    found = resolve([tenant("acme", "acme", "gone", "nantes:globex")], LIVE)
    assert found.unknown == (("acme", "gone"), ("acme", "nantes:globex"))
    assert found.orphans == (("rennes", "globex"), ("rennes", "lab"))


def test_a_contested_pool_belongs_to_nobody() -> None:
    found = resolve([tenant("a", "acme"), tenant("b", "rennes:acme")], LIVE)
    assert found.contested == ((("rennes", "acme"), ("a", "b")),)
    assert found.owners == {("nantes", "acme"): "a"}


def test_a_pool_below_a_tenants_is_that_tenants_unless_somebody_is_nearer() -> None:
    live = [
        ("rennes", "acme"), ("rennes", "acme/prod"), ("rennes", "acme/prod/db"),
        ("rennes", "acmeplus"), ("rennes", "zeta"), ("rennes", "zeta/prod/db"),
        ("nantes", "acme/x"),
    ]  # fmt: skip
    found = resolve([tenant("acme", "rennes:acme"), tenant("zeta", "zeta/prod")], live)
    assert found.of("acme") == (
        ("rennes", "acme"), ("rennes", "acme/prod"), ("rennes", "acme/prod/db"),
    )  # fmt: skip
    assert found.inherited == (
        (("rennes", "acme/prod"), "acme"), (("rennes", "acme/prod/db"), "acme"),
    )  # fmt: skip
    assert found.unknown == (("zeta", "zeta/prod"),)
    nearer = resolve([tenant("acme", "acme"), tenant("beta", "acme/prod")], live)
    assert nearer.owners["rennes", "acme/prod/db"] == "beta"


def test_below_a_contested_pool_all_is_contested() -> None:
    found = resolve(
        [tenant("a", "acme"), tenant("b", "rennes:acme")], [*LIVE, ("rennes", "acme/prod")]
    )
    assert found.contested[-1] == (("rennes", "acme/prod"), ("a", "b"))
    assert found.inherited == ()


NAMES = st.sampled_from(["acme", "globex", "lab", "a/b", "rennes:acme", "nantes:lab"])
POOLS = st.lists(
    st.tuples(st.sampled_from(["rennes", "nantes"]), st.sampled_from(["acme", "globex", "a/b"]))
)


@given(st.lists(st.lists(NAMES, max_size=3), max_size=4), POOLS)
def test_every_pool_and_every_name_is_accounted_for(
    written: list[list[str]], pools: list[tuple[str, str]]
) -> None:
    tenants = [tenant(f"t{number}", *names) for number, names in enumerate(written)]
    found = resolve(tenants, pools)
    contested = [pool for pool, _ids in found.contested]
    assert sorted([*found.owners, *found.orphans, *contested]) == sorted(set(pools))
    assert {name for _tenant, name in found.unknown} <= {
        name for names in written for name in names
    }


@given(st.text(max_size=300))
def test_no_text_crashes_the_reader(text: str) -> None:
    for file in (TOML, CSV):
        with contextlib.suppress(RegisterError):
            parse(text, file)
