"""The configuration: everything wrong is said at once, with file and key; no secret is printed."""

import grp
import os
import pickle
import shutil
import tomllib
from pathlib import Path

import msgspec
import pytest

from noc_tui import config
from noc_tui.commands.nocd_check import notes
from noc_tui.config import values
from noc_tui.daemon.outbox.compose import BadAddressError
from noc_tui.daemon.outbox.compose import address as mail_address

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
FINGERPRINT = ":".join(["AB"] * 32)
MINIMAL = f"""
[database]
path = "noc.db"
[socket]
path = "nocd.sock"
[[site]]
name = "dc1"
country = "FR"
[[cluster]]
name = "rennes"
site = "dc1"
endpoints = ["https://pve1.example.fr:8006"]
fingerprint = "{FINGERPRINT}"
read_token_file = "rennes.read"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "noc.toml"
    file.write_text(text, encoding="utf-8")
    return file


def private(file: Path, text: str, mode: int = 0o640) -> Path:
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def problems(folder: Path, text: str, *, daemon: bool = False) -> dict[str, str]:
    """key -> text of everything found wrong in that configuration."""
    with pytest.raises(config.ConfigurationError) as raised:
        (config.load_for_daemon if daemon else config.load)(written(folder, text))
    assert all(str(problem.file) in str(raised.value) for problem in raised.value.problems)
    return {problem.key: problem.text for problem in raised.value.problems}


def test_the_example_is_right_and_names_every_key() -> None:
    loaded = config.load(EXAMPLE)
    assert loaded.clusters[0].endpoints[1] == "https://pve2.example.fr:8006"
    text = EXAMPLE.read_text(encoding="utf-8")
    for table in vars(values).values():
        if isinstance(table, type) and issubclass(table, msgspec.Struct):
            for field in msgspec.structs.fields(table):
                assert field.name == "file" or field.encode_name in text, (table, field.encode_name)


def test_relative_paths_start_at_the_file(tmp_path: Path) -> None:
    loaded = config.load(written(tmp_path, MINIMAL))
    assert loaded.database.path == tmp_path / "noc.db"
    assert loaded.clusters[0].read_token_file == tmp_path / "rennes.read"
    assert loaded.file == tmp_path / "noc.toml"


def test_each_node_may_have_a_fingerprint_of_its_own(tmp_path: Path) -> None:
    one, other = "https://pve1.example.fr:8006", "https://pve2.example.fr:8006"
    text = MINIMAL.replace(f'["{one}"]', f'["{one}", "{other}"]')
    two = ":".join(["22"] * 32)
    listed = text.replace(f'"{FINGERPRINT}"', f'["{FINGERPRINT}", "{two}"]')
    assert config.load(written(tmp_path, listed)).clusters[0].fingerprint == (FINGERPRINT, two)
    table = f'{{ "{one}" = "{FINGERPRINT}", "{other}" = "{two}" }}'
    by_endpoint = config.load(written(tmp_path, text.replace(f'"{FINGERPRINT}"', table)))
    assert by_endpoint.clusters[0].fingerprint == {one: FINGERPRINT, other: two}
    assert list(notes(by_endpoint)) == []
    (note,) = notes(config.load(written(tmp_path, text)))
    assert note.startswith("cluster.rennes.fingerprint: one certificate for 2 endpoints")


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        MINIMAL.replace("noc.db", "x").replace('site = "dc1"', 'site = "dc9"\ncolour = "red"')
        + '\n[poll]\nfast = "often"\nslow = 0\n[[pbs]]\nname = "p"\n[smtp]\nhost = "h"\n'
        + 'nonsense = 1\nsender = "x"\nuser = "u"\n',
    )
    assert "unknown key" in found["cluster.rennes.colour"]
    assert "missing" in found["pbs.p.url"]
    assert "dc9" not in found  # keys are keys, not values
    assert {"poll.fast", "poll.slow", "smtp.nonsense", "pbs.p.token_file"} <= set(found)


@pytest.mark.parametrize(
    ("old", "new", "key", "word"),
    [
        ('site = "dc1"', 'site = "dc2"', "cluster.rennes.site", "dc2"),
        ('name = "rennes"\n', "", "cluster.#1.name", "missing"),
        ("pve1.example.fr:8006", "", "cluster.rennes.endpoints[0]", "https://host:port"),
        ("https://pve1", "http://pve1", "cluster.rennes.endpoints[0]", "https"),
        (":8006", ":port", "cluster.rennes.endpoints[0]", "https"),
        (":8006", ":8006/api2", "cluster.rennes.endpoints[0]", "https"),
        ('["https://pve1.example.fr:8006"]', "[]", "cluster.rennes.endpoints", "length"),
        (FINGERPRINT, "AB:CD", "cluster.rennes.fingerprint", "32"),
        (f'"{FINGERPRINT}"', "[]", "cluster.rennes.fingerprint", "32"),
        (f'"{FINGERPRINT}"', '["AB"]', "cluster.rennes.fingerprint[0]", "32"),
        (f'"{FINGERPRINT}"', "{}", "cluster.rennes.fingerprint", "https://pve1.example.fr:8006"),
        (
            f'"{FINGERPRINT}"',
            f'{{ "https://pve1.example.fr:8006" = "{FINGERPRINT}", "https://x" = "AB" }}',
            "cluster.rennes.fingerprint",
            "https://x is none",
        ),
        ('fingerprint = "', 'ca_file = "x"\nfingerprint = "', "cluster.rennes", "exactly one"),
        (f'fingerprint = "{FINGERPRINT}"', "", "cluster.rennes", "exactly one"),
        ('country = "FR"', 'country = "France"', "site.dc1.country", "form [A-Z]{2}"),
        ('path = "nocd.sock"', f'path = "/{"s" * 107}"', "socket.path", "107"),
        ('[socket]\npath = "nocd.sock"', "", "socket", "missing"),
        ("[[cluster]]", "[cluster]", "cluster", "[[cluster]]"),
        ("[database]", "[databases]", "databases", "unknown"),
        ('path = "noc.db"', "path = 3", "database.path", "path"),
        ('path = "noc.db"', 'path = ""', "database.path", "path"),
        ("[[site]]", "[roles]\nviewer = 3\n[[site]]", "roles.viewer", "table"),
        ("[[site]]", "[roles]\nboss = {}\n[[site]]", "roles.boss", "unknown"),
        ("[[site]]", '[roles.lead]\nusers = "bob"\n[[site]]', "roles.lead.users", "a list"),
        ("[[site]]", '[demo]\naccount = 1\ndefault = "x"\n[[site]]', "demo.default", "cast"),
    ],
)
def test_each_mistake_names_its_key(
    tmp_path: Path, old: str, new: str, key: str, word: str
) -> None:
    assert old in MINIMAL
    assert word in problems(tmp_path, MINIMAL.replace(old, new, 1))[key]


@pytest.mark.parametrize(
    "address", ["noc@bastion", "é@example.fr", "NOC <a@example.fr>", "a,b@c.fr"]
)
@pytest.mark.parametrize(
    ("table", "key"),
    [
        ('[hoster]\ncontact = "{}"\n[smtp]\nhost = "h"\nsender = "a@c.fr"', "hoster.contact"),
        ('[smtp]\nhost = "h"\nsender = "{}"', "smtp.sender"),
        ('[evidence]\nanchor_mail = "{}"', "evidence.anchor_mail"),
        ('[suspension]\ncopy_to = "{}"', "suspension.copy_to"),
        (
            '[[oncall.receiver]]\nname = "r"\nkind = "mail"\naddress = "{}"',
            "oncall.receiver.r.address",
        ),
    ],
)
def test_no_mail_is_to_leave_for_what_is_no_address(
    tmp_path: Path, table: str, key: str, address: str
) -> None:
    found = problems(tmp_path, f"{MINIMAL}\n{table.format(address)}\n")
    assert "is not an e-mail address" in found[key]
    with pytest.raises(BadAddressError):
        mail_address(address)


def test_names_are_unique(tmp_path: Path) -> None:
    again = MINIMAL[MINIMAL.index("[[cluster]]") :]
    assert "2" in problems(tmp_path, MINIMAL + again)["cluster.rennes"]


def test_bad_toml_says_which_line(tmp_path: Path) -> None:
    assert "line 3" in problems(tmp_path, "[database]\n\npath = /var\n")[""]


def test_a_missing_file_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigurationError, match=r"nowhere.toml.*No such file"):
        config.load(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("text", [b"\xff\xfe", b"x = '\xe9'"])
def test_not_utf8(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "noc.toml").write_bytes(text)
    with pytest.raises(config.ConfigurationError, match="UTF-8"):
        config.load(tmp_path / "noc.toml")


def test_tokens_are_read_and_never_shown(tmp_path: Path) -> None:
    private(tmp_path / "rennes.read", "noc@pve!read=8a8c1eab-secret\n")
    loaded, secrets = config.load_for_daemon(written(tmp_path, MINIMAL))
    token = secrets.read["rennes"]
    assert (token.name, token.user) == ("noc@pve!read", "noc@pve")
    assert token.secret.reveal() == "8a8c1eab-secret"
    assert "8a8c" not in f"{secrets} {secrets!r} {token} {token.secret} {loaded!r}"
    with pytest.raises(TypeError):
        pickle.dumps(token)


def test_a_password_may_hold_spaces(tmp_path: Path) -> None:
    private(tmp_path / "rennes.read", "noc@pve!read=11111111-2222-3333-4444-555555555555\n", 0o600)
    private(tmp_path / "smtp.password", " the password of the mail account\n", 0o600)
    smtp = '[smtp]\nhost = "mx"\nsender = "noc@example.fr"\nuser = "noc"\n'
    file = written(tmp_path, f'{MINIMAL}{smtp}password_file = "smtp.password"\n')
    _config, secrets = config.load_for_daemon(file)
    assert secrets.smtp_password is not None
    assert secrets.smtp_password.reveal() == " the password of the mail account"


@pytest.mark.parametrize("mode", [0o604, 0o666, 0o641])
def test_a_token_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    private(tmp_path / "rennes.read", "noc@pve!read=x", mode)
    found = problems(tmp_path, MINIMAL, daemon=True)
    assert str(tmp_path / "rennes.read") in found["cluster.rennes.read_token_file"]
    assert "everybody" in found["cluster.rennes.read_token_file"]


@pytest.mark.parametrize(
    "named", ['[roles.viewer]\ngroups = ["{}"]', '[roles.lead]\ngroups = ["other", "{}"]', "group"]
)
def test_a_token_open_to_operators_is_refused(tmp_path: Path, named: str) -> None:
    """As where its group is the daemon's own, in which the operators are."""
    ours = grp.getgrgid(os.getgid()).gr_name
    text = f"{MINIMAL}\n{named.format(ours)}\n"
    if named == "group":
        text = MINIMAL.replace("[socket]", f'group = "{ours}"\n[socket]')
    token = private(tmp_path / "rennes.read", "noc@pve!read=x")
    found = problems(tmp_path, text, daemon=True)
    assert ours in found["cluster.rennes.read_token_file"]
    token.chmod(0o600)
    config.load_for_daemon(written(tmp_path, text))


@pytest.mark.parametrize(
    "line", ["", "5up3rs3cr3t", "noc@pve!read", "a@b!c=1\na@b!c=2", "noc@pve!read= x", "noc!read=x"]
)
def test_a_malformed_token_is_refused_without_being_printed(tmp_path: Path, line: str) -> None:
    private(tmp_path / "rennes.read", line)
    found = problems(tmp_path, MINIMAL, daemon=True)["cluster.rennes.read_token_file"]
    assert str(tmp_path / "rennes.read") in found
    assert not line or line not in found


def test_a_missing_token_file_names_file_and_key(tmp_path: Path) -> None:
    found = problems(tmp_path, MINIMAL, daemon=True)["cluster.rennes.read_token_file"]
    assert str(tmp_path / "rennes.read") in found
    assert os.strerror(2) in found


def test_structure_and_files_are_checked_together(tmp_path: Path) -> None:
    found = problems(tmp_path, MINIMAL + "[poll]\nfast = 0\n", daemon=True)
    assert {"poll.fast", "cluster.rennes.read_token_file"} <= set(found)


def test_the_example_survives_a_copy(tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, tmp_path / "noc.toml")
    commented = (tmp_path / "noc.toml").read_text(encoding="utf-8")
    tomllib.loads(commented.replace("# [demo]", "[demo]"))
    assert config.load(tmp_path / "noc.toml").language == "fr"
