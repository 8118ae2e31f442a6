"""A pack through the real programs: whole, signed by nocd, verified from elsewhere."""

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

from tests.end_to_end.programs import Scene, until
from tests.end_to_end.test_orders import a_running_guest, state, stop


def tenant_of(played: Scene, guest: tuple[str, int]) -> str:
    address = f"file:{played.directory / 'noc.db'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as file:
        line = "SELECT tenant FROM guest_line WHERE cluster = ? AND vmid = ?"
        ((tenant,),) = file.execute(line, guest)
    return str(tenant)


def test_a_tenants_pack_holds_the_power_order_on_its_guest(played: Scene, tmp_path: Path) -> None:
    guest, out = a_running_guest(played), tmp_path / "pack.zip"
    number = stop(played, guest)
    until(lambda: state(played, number) == "done", "the stop")
    subject = f"tenant:{tenant_of(played, guest)}"
    made = played.command("evidence", "export", subject, "--out", str(out))
    assert (made.returncode, made.stderr) == (0, "")
    head = played.command("evidence", "anchor").stdout
    (tmp_path / "heads").write_text(head)
    said = played.command("evidence", "verify-pack", str(out), "--key", str(tmp_path / "heads"))
    assert (said.returncode, said.stdout) == (0, "intact\n"), said.stderr
    assert "key: known" in said.stderr
    with zipfile.ZipFile(out) as archive:
        entries = [json.loads(line) for line in archive.read("entries.jsonl").splitlines()]
    about = f"guest:{guest[0]}/{guest[1]}"
    kinds = [one["kind"] for one in entries if about in one["subjects"]]
    assert [kind for kind in kinds if kind.startswith("guest.power")] == [
        "guest.power.ordered",
        "guest.power.done",
    ]


def test_a_viewer_is_refused_and_what_nobody_did_has_no_pack(played: Scene) -> None:
    refused = played.command("--as", "vera", "evidence", "export", "tenant:acme")
    assert (refused.returncode, refused.stdout) == (4, "")
    absent = played.command("evidence", "export", "tenant:nobody")
    assert (absent.returncode, absent.stdout) == (2, "")
    assert "tenant:nobody" in absent.stderr
