"""A secret order of an authority, carried out and restored: nobody else ever reads a word of it.

Every field holds a word that stands nowhere else. Then everything that an account outside
`[roles.confidential]` can read is searched for each: files, answers, documents, screens, mails,
pages, the log. A viewer, an operator and a lead look.
"""

import json
import time
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from noc_tui.console.modes import MODES
from noc_tui.console.nocd.client import Nocd, NocdError
from noc_tui.contract.calendar import PARIS
from tests.end_to_end.consoles import Console, Consoles
from tests.end_to_end.programs import SECONDS, Scene, scene, until
from tests.support.endpoints import ENDPOINTS
from tests.support.leaks import Haystack, files_below, find_leaks, in_zip

pytestmark = pytest.mark.long
STRANGERS = ("vera", "omar", "lea")
"""A viewer, an operator and a lead, none of whom may know."""
FIELDS = (
    "authority", "reference", "scope", "authenticity", "basis", "law", "why", "told", "answer",
    "data", "milder", "what", "how", "kept", "where", "whom", "given", "found",
)  # fmt: skip
WORD = {name: f"Zq{number:02}{name}Xk" for number, name in enumerate(FIELDS)}
LOOKED_AT = ("noc.db.sealed", "estate")
RECEIVERS = """
[[oncall.receiver]]
name = "duty"
kind = "mail"
address = "duty@example.fr"
severities = ["critical", "warning", "notice"]
[[oncall.receiver]]
name = "olga"
kind = "mail"
address = "olga@example.fr"
account = "olga"
"""


def _configured(text: str) -> str:
    cast = 'default = "omar"\n'
    assert cast in text
    return text.replace(cast, f'{cast}confidential = ["olga"]\n') + RECEIVERS


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("secret"), configured=_configured) as found:
        yield found


@pytest.fixture
def played(stage: Scene) -> Scene:
    return stage


def authority(played: Scene, *words: str) -> dict[str, Any]:
    """A command of olga, who may know."""
    done = played.call("--as", "olga", "authority", *words, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def suspension(played: Scene, *words: str) -> dict[str, Any]:
    done = played.call("--as", "olga", "suspension", *words, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def tenant_of(played: Scene) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(played.call("tenants", "list", "--json").stdout)
    return dict(found["tenants"][0])


def recorded(played: Scene, tenant: str) -> str:
    order = authority(
        played, "record", "--kind", "criminal", "--authority", WORD["authority"],
        "--reference", WORD["reference"], "--scope", WORD["scope"],
        "--authenticity", WORD["authenticity"], "--received", "2026-01-01T00:00:00Z",
        "--secrecy", "forbidden", "--secrecy-basis", WORD["basis"],
        "--legal-basis", WORD["law"], "--tenant", tenant,
    )  # fmt: skip
    identifier = str(order["id"])
    authority(played, "stop", identifier, "--why", WORD["why"], "--told", WORD["told"])
    authority(played, "resume", identifier, WORD["answer"])
    return identifier


def carried_out(played: Scene, order: str, tenant: dict[str, Any]) -> str:
    case = authority(
        played, "carry-out", order, "--tenant", tenant["id"], "--all-services",
        "--means", "vm_stop", "--data-access", WORD["data"], "--fact", "history=yes",
        "--fact", f"milder={WORD['milder']}",
    )  # fmt: skip
    identifier = str(case["id"])
    until(lambda: ordered(played, identifier, tenant["name"]), "ordered")
    until(lambda: suspension(played, "show", identifier)["state"] == "suspended", "suspended")
    authority(played, "execute", order, WORD["what"])
    authority(played, "confirm", order, WORD["how"])
    authority(
        played, "preserve", order, "--what", WORD["kept"], "--where", WORD["where"],
        "--until", "2099-01-01T00:00:00Z",
    )  # fmt: skip
    authority(
        played, "disclose", order, "--to", WORD["whom"], "--category", "identity",
        "--what", WORD["given"],
    )  # fmt: skip
    return identifier


ORDERED = ("ordered", "partially-suspended", "suspended")


def ordered(played: Scene, case: str, name: str) -> bool:
    """Checked and ordered alone; not yet while a busy machine polls a cluster late. An order whose
    answer came too late is one all the same.
    """
    if suspension(played, "show", case)["state"] in ORDERED:
        return True
    as_olga = ("--as", "olga", "suspension")
    checked = played.call(*as_olga, "check", case, "--json")
    if checked.returncode:
        return False
    digest = json.loads(checked.stdout)["digest"]
    order = ("order", case, "--tenant-name", name, "--digest", digest, "--break-glass")
    return played.call(*as_olga, *order).returncode == 0


def answers(played: Scene, player: str, tenant: str, case: str) -> Haystack:
    """What `nocd` answers a player on every endpoint that reads, but for those of one case."""
    found: dict[str, bytes] = {}
    nocd = Nocd(played.directory / "nocd.sock", player, 30.0)
    given = {
        "tenant": tenant, "cluster": "rennes", "vmid": "101", "number": "1", "upid": "x",
        "month": time.strftime("%Y-%m"), "about": f"suspension:{case}",
    }  # fmt: skip
    for name, endpoint in ENDPOINTS.items():
        if endpoint.method != "GET" or endpoint.answer is bytes or "{id}" in endpoint.path:
            continue
        wanted = {key: given[key] for key in given if f"{{{key}}}" in endpoint.path}
        asked = {key: given[key] for key in endpoint.query if key in given}
        try:
            found[f"{player} {name}"] = msgspec.json.encode(
                nocd.ask_blocking(endpoint(**wanted, **asked))
            )
        except NocdError as error:
            found[f"{player} {name}"] = str(error).encode()
    return found


def documents(played: Scene, player: str, tenant: str) -> Haystack:
    """What every command prints that reads."""
    month = time.strftime("%Y-%m")
    verbs: list[tuple[str, ...]] = [
        ("status", "--json"), ("tenants", "show", tenant), ("tenants", "list"),
        ("sla", "list", "--month", month), ("incident", "list"), ("suspension", "list", "--all"),
        ("handover", "show"), ("evidence", "list", "--limit", "1000"), ("authority", "list"),
        ("evidence", "register", "authority"), ("evidence", "verify", "--json"), ("doctor",),
        ("scope", "x"),
    ]  # fmt: skip
    verbs += [
        ("sla", "statement", "--tenant", tenant, "--month", month, "--format", form)
        for form in ("md", "html", "json")
    ]
    found: dict[str, bytes] = {}
    for words in verbs:
        done = played.call("--as", player, *words)
        found[f"{player} {' '.join(words)}"] = (done.stdout + done.stderr).encode()
    for subject in (f"tenant:{tenant}", "incident:1", "guest:rennes/101", "cluster:rennes"):
        out = played.directory / "pack.zip"
        done = played.call("--as", player, "evidence", "export", subject, "--out", str(out))
        found[f"{player} pack {subject} said"] = done.stderr.encode()
        if out.exists():
            packed = in_zip(out.read_bytes())
            found |= {f"{player} {subject} {name}": content for name, content in packed}
            out.unlink()
    return found


def screens(played: Scene, consoles: Consoles, player: str) -> Haystack:
    """Every screen of the console, and the register of orders.

    On a busy machine a key may come while a screen is still being opened, and mean another thing
    there: it is looked at again from the start then.
    """
    for _again in range(2):
        try:
            return _screens(played, consoles, player)
        except AssertionError:
            continue
    return _screens(played, consoles, player)


def _screens(played: Scene, consoles: Consoles, player: str) -> Haystack:
    """Every screen of the console, and what its search finds."""
    found: dict[str, bytes] = {}
    words = ["--config", str(played.config), "--lang", "en", "--as", player]
    console = Console(consoles, words)
    try:
        console.settle(lambda screen: "Overview" in "\n".join(screen.lines()), quiet=0.05)
        for mode in MODES:
            console.send(mode.key)
            shown = console.settle(lambda screen: bool(screen.lines()), quiet=0.05)
            found[f"{player} screen {mode.id}"] = "\n".join(shown.lines()).encode()
            if mode.id == "suspensions":
                found[f"{player} register"] = register(console).encode()
                console.send("\x1b")
    finally:
        console.close()
    return found


def register(console: Console) -> str:
    """The orders of authorities, as the console's list of suspensions opens them."""
    console.settle(lambda screen: "Orders" in "\n".join(screen.lines()), quiet=0.05)
    console.send("o")
    shown = console.settle(
        lambda screen: "Orders of authorities" in "\n".join(screen.lines()), quiet=0.05
    )
    return "\n".join(shown.lines())


def everything(played: Scene, consoles: Consoles, tenant: str, case: str) -> Haystack:
    found = dict(files_below(played.directory, *LOOKED_AT))
    found |= files_below(played.directory / "estate" / "mail")
    for player in STRANGERS:
        found |= answers(played, player, tenant, case)
        found |= documents(played, player, tenant)
        found |= screens(played, consoles, player)
    return found


def test_nobody_else_reads_a_word_of_it(played: Scene) -> None:
    tenant = tenant_of(played)
    order = recorded(played, tenant["id"])
    case = carried_out(played, order, tenant)
    words = [*WORD.values(), case, order]
    consoles = Consoles()
    try:
        while_it_lasts = everything(played, consoles, tenant["id"], case)
        assert find_leaks(while_it_lasts, words) == []
        _what_is_held_back_names_no_reason(played, tenant["id"], month_of(played, case))
        _the_register_shows_it(played, consoles, order)
        suspension(played, "remedy", case, WORD["found"])
        suspension(played, "restore", case)
        until(lambda: suspension(played, "show", case)["state"] == "closed", "closed")
        after = {
            **files_below(played.directory, *LOOKED_AT),
            **files_below(played.directory / "estate" / "mail"),
            **answers(played, "lea", tenant["id"], case),
            **documents(played, "lea", tenant["id"]),
            **screens(played, consoles, "lea"),
        }
        assert find_leaks(after, words) == []
    finally:
        consoles.close()
    _those_who_may_know_are_told(played)
    _log_and_files_say_nothing(played, words)


def _log_and_files_say_nothing(played: Scene, words: list[str]) -> None:
    # Last: the daemon ends, its file is whole and its log is read to the end.
    process = played.nocd.process
    process.terminate()
    log = process.communicate(timeout=SECONDS)[1]
    assert find_leaks({"log": log, **files_below(played.directory, *LOOKED_AT)}, words) == []
    sealed = files_below(played.directory / "noc.db.sealed")
    missing = [word for word in words if not find_leaks(sealed, [word])]
    assert missing == []  # the search finds what is there


def test_an_identifier_answers_as_one_that_was_never_given(played: Scene) -> None:
    """Here the players type it: what they typed stands in the refusals that are on record."""
    if played.nocd.ended:
        played.start_nocd()
    if not authority(played, "list")["orders"]:  # the test above was another worker's
        tenant = tenant_of(played)
        carried_out(played, recorded(played, tenant["id"]), tenant)
    (order,) = authority(played, "list")["orders"]
    (case,) = order["cases"]
    for player in STRANGERS:
        for verb in ("show", "check", "rehearse"):
            real = played.call("--as", player, "suspension", verb, case)
            none = played.call("--as", player, "suspension", verb, "QQQQQQQQ")
            assert real.returncode == none.returncode
            assert real.stderr.replace(case, "") == none.stderr.replace("QQQQQQQQ", "")
        for act, *more in (("show",), ("publish", "--reason", "x"), ("execute", "x")):
            real = played.call("--as", player, "authority", act, order["id"], *more)
            none = played.call("--as", player, "authority", act, "QQQQQQQQ", *more)
            assert real.returncode == none.returncode
            assert real.stderr.replace(order["id"], "") == none.stderr.replace("QQQQQQQQ", "")


def month_of(played: Scene, case: str) -> str:
    """The month in which the case took effect, by the daemon's own clock."""
    started = datetime.fromisoformat(suspension(played, "show", case)["started_at"])
    return f"{started.astimezone(PARIS):%Y-%m}"


def _what_is_held_back_names_no_reason(played: Scene, tenant: str, month: str) -> None:
    for player in STRANGERS:
        assert played.call("--as", player, "authority", "list").stdout.count("\n") == 1
    words = ("sla", "statement", "--tenant", tenant, "--month", month)
    for player, says in (("vera", "ask a lead"), ("omar", "ask a lead"), ("lea", "nobody may")):
        held = played.call("--as", player, *words)
        assert (held.returncode, says in held.stderr) == (4, True), held.stderr
        assert held.stdout == ""
    packed = played.call("--as", "omar", "evidence", "export", f"tenant:{tenant}")
    assert (packed.returncode, "ask a lead" in packed.stderr) == (4, True)


def _the_register_shows_it(played: Scene, consoles: Consoles, order: str) -> None:
    """To who may know."""
    words = ["--config", str(played.config), "--lang", "en", "--as", "olga"]
    console = Console(consoles, words)
    try:
        console.settle(lambda screen: "Overview" in "\n".join(screen.lines()), quiet=0.05)
        console.send(next(mode.key for mode in MODES if mode.id == "suspensions"))
        assert f"{order} · Criminal judicial requisition" in register(console)
    finally:
        console.close()


def _those_who_may_know_are_told(played: Scene) -> None:
    """In words that name nothing, to the receiver of an account that may know, and to no other."""
    mails = files_below(played.directory / "estate" / "mail")
    waiting = [text for name, text in mails.items() if b"noc-tui authority list" in text]
    assert waiting
    told = [text for name, text in mails.items() if name.endswith("!head") and b"waits" in text]
    assert told
    assert all(b"olga@example.fr" in text and b"duty@" not in text for text in told)


def test_a_leak_would_be_found(tmp_path: Path) -> None:
    """The search sees what is planted: in a file, a log, a mail that is encoded, a zip."""
    word = WORD["reference"]
    mail = tmp_path / "1.eml"
    mail.write_text(
        "Subject: =?utf-8?b?WnEwMXJlZmVyZW5jZVhr?=\nContent-Type: text/plain\n"
        f"Content-Transfer-Encoding: quoted-printable\n\n{word[:9]}=\n{word[9:]}\n"
    )
    with zipfile.ZipFile(tmp_path / "2.zip", "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("entries.jsonl", word * 50)
    (tmp_path / "noc.db-wal").write_bytes(b"\x00" + word.upper().encode() + b"\xff")
    found = find_leaks(files_below(tmp_path), [word])
    assert {place.partition(":")[0] for place in found} == {
        "1.eml!head", "1.eml!text/plain", "2.zip!entries.jsonl", "noc.db-wal",
    }  # fmt: skip
