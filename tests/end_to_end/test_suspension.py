"""Suspensions through the real programs: every refusal in a sentence, and there and back."""

import json
import subprocess
import time
import zipfile
from typing import Any

from noc_tui.api.guests import CONFIG
from noc_tui.console.nocd.client import Nocd
from tests.end_to_end.programs import Scene, until

Done = subprocess.CompletedProcess[str]


def suspension(played: Scene, *words: str, play: str = "omar") -> Done:
    return played.call("--as", play, "suspension", *words)


def document(played: Scene, *words: str, play: str = "omar") -> dict[str, Any]:
    done = suspension(played, *words, "--json", play=play)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def refused(done: Done, says: str) -> None:
    assert done.returncode == 4, (done.stdout, done.stderr)
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def tenant(played: Scene) -> dict[str, Any]:
    done = played.call("tenants", "list", "--json")
    found: dict[str, Any] = json.loads(done.stdout)["tenants"][0]
    return found


SEEN = (
    "--fact", "observed=a bot", "--fact", "observed_at=2026-01-01T00:00:00Z",
    "--fact", "source=own", "--fact", "automated_means=none",
)  # fmt: skip


def plan(played: Scene, ground: str, *words: str) -> dict[str, Any]:
    """A draft of all services by omar that lacks nothing but its notice."""
    made = document(
        played, "plan", "--tenant", tenant(played)["id"], "--ground", ground, "--all-services",
        "--means", "vm_cut_network", "--statement", "third time", "--fact", "remedy=reinstall",
        "--fact", "data_access=by ticket", "--fact", "history=yes", "--fact", "milder=tried",
        *SEEN, *words,
    )  # fmt: skip
    return document(played, "notice", made["id"], "--draft")


def test_each_refusal_has_exit_code_4_and_a_sentence(played: Scene) -> None:
    name = tenant(played)["name"]
    asked = ("plan", "--tenant", tenant(played)["id"], "--ground", "attack", "--means", "none")
    unknown = suspension(played, *asked)
    assert (unknown.returncode, "unknown means: none" in unknown.stderr) == (2, True)
    assert document(played, "list") == {"suspensions": []}
    bare = plan(played, "contract-breach")["id"]
    refused(suspension(played, "check", bare), "step still open")
    document(
        played,
        "plan",
        "--case",
        bare,
        "--fact",
        "article_breached=8",
        "--fact",
        "duty_breached=harms the services",
        "--tick",
        "finding=log",
    )
    document(played, "check", bare)
    document(played, "notice", bare, "--waive", "no mailbox")
    digest = document(played, "show", bare)["digest"]
    order = ("order", bare, "--digest", digest, "--tenant-name")
    refused(suspension(played, *order, name), "second person")
    refused(suspension(played, "approve", bare, "--digest", digest), "of their own")
    refused(suspension(played, *order, name, play="vera"), "vera is viewer")
    refused(suspension(played, *order, name, "--break-glass"), "only for an attack")
    document(played, "approve", bare, "--digest", digest, play="olga")
    refused(suspension(played, *order, f"{name}x"), "not the tenant's")
    document(played, "plan", "--case", bare, "--means", "vm_stop", "--fact", "milder=tried")
    document(played, "check", bare)
    changed = document(played, "show", bare)["digest"]
    refused(suspension(played, *order, name), "look at it again")
    again = ("order", bare, "--digest", changed, "--tenant-name", name)
    refused(suspension(played, *again), "second person")
    late = plan(
        played, "late-payment", "--fact", "invoice_ref=F1", "--fact", "amount=10.00",
        "--fact", f"issue_date={time.strftime('%Y-%m-01')}",
        "--fact", f"debit_presented_on={time.strftime('%Y-%m-%d')}",
        "--fact", "dispute_check=none", "--tick", "debit_rejection_proof=letter",
    )["id"]  # fmt: skip
    refused(suspension(played, "check", late), "not late before")


def configurations(played: Scene, case: dict[str, Any]) -> dict[str, Any]:
    """Each guest's configuration, its interfaces taken apart."""
    found = {}
    nocd = Nocd(played.estate.socket, "omar")
    for guest in case["plan"]["guests"]:
        ref = guest["ref"]
        values = nocd.ask_blocking(CONFIG(**ref)).values
        found[f"{ref['cluster']}/{ref['vmid']}"] = {
            key: sorted(str(value).split(",")) if key.startswith("net") else value
            for key, value in values.items()
        }
    return found


def reached(played: Scene, case: str, state: str) -> None:
    until(lambda: document(played, "show", case)["state"] == state, state)


def test_suspended_and_restored_by_commands(played: Scene) -> None:
    name = tenant(played)["name"]
    case = plan(played, "service-threat", "--tick", "finding=bot")
    before = configurations(played, case)
    document(played, "check", case["id"])
    document(played, "notice", case["id"], "--after")
    digest = document(played, "show", case["id"])["digest"]
    document(played, "approve", case["id"], "--digest", digest, play="olga")
    document(played, "order", case["id"], "--digest", digest, "--tenant-name", name)
    reached(played, case["id"], "suspended")
    during = configurations(played, case)
    assert all("link_down=1" in guest["net0"] for guest in during.values())
    document(played, "remedy", case["id"], "reinstalled")
    document(played, "restore", case["id"])
    reached(played, case["id"], "closed")
    assert configurations(played, case) == before
    verified = played.command("evidence", "verify")
    assert verified.stdout.startswith("intact"), verified.stderr
    its, owners = (
        packed(played, f"suspension:{case['id']}"),
        packed(played, f"tenant:{case['tenant']}"),
    )
    assert {"suspension.opened", "suspension.step.done", "mail.accepted"} <= its.keys()
    for kind, numbers in its.items():
        assert numbers <= owners[kind], kind


def packed(played: Scene, subject: str) -> dict[str, set[int]]:
    """The numbers of the entries of a subject's pack, which is intact, by their kind."""
    file = played.directory / "pack.zip"
    for words in (("export", subject, "--out", str(file)), ("verify-pack", str(file))):
        done = played.call("evidence", *words)
        assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(file) as archive:
        entries = [json.loads(line) for line in archive.read("entries.jsonl").splitlines()]
    found: dict[str, set[int]] = {}
    for entry in entries:
        found.setdefault(entry["kind"], set()).add(entry["seq"])
    return found


TEXT = "1. Subject\nOf the services.\n2. Cases\n- first case ;\n- second case.\n"


def test_the_official_text_is_imported_by_a_lead_and_shown_beside_the_summary(
    played: Scene,
) -> None:
    file = played.directory / "contract.txt"
    file.write_text(TEXT, encoding="utf-8")
    refused(played.call("contract", "import", str(file)), "needs lead")
    done = played.call("--as", "lea", "contract", "import", str(file), "--json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(played.call("contract", "show", "art. 2.2", "--json").stdout)
    assert shown["official"] == "- second case."
    assert shown["sha256"] == json.loads(done.stdout)["sha256"]
    assert played.call("contract", "show", "C7").returncode == 0
    assert played.call("contract", "show", "nowhere").returncode == 2
