"""What surrounds every command: closed streams, strange bytes, narrow terminals, two languages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOOD = b'{"month":"2026-03"}'


def call(
    *words: str | bytes, stdin: bytes = b"", shell: str = "", **environment: str
) -> "subprocess.CompletedProcess[bytes]":
    """The real program; `shell` closes streams (`<&- >&-`) before it starts."""
    command: list[str | bytes] = [sys.executable, "-m", "noc_tui", *words]
    if shell:
        command = ["/bin/sh", "-c", f'exec "$@" {shell}', "sh", *command]
    return subprocess.run(
        command,
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        check=False,
        env={"PATH": os.environ["PATH"], **environment},
    )


@pytest.mark.parametrize(("shell", "code"), [("<&-", 2), (">&-", 0), ("<&- >&- 2>&-", 2)])
def test_a_closed_stream_is_an_empty_one(shell: str, code: int) -> None:
    ended = call("sla", "compute", stdin=GOOD, shell=shell)
    assert ended.returncode == code
    assert b"Traceback" not in ended.stderr


def test_output_that_finds_no_room_is_told_and_not_taken_for_done() -> None:
    full = ">/dev/full"
    ended = call("sla", "compute", stdin=GOOD, shell=full)
    assert ended.returncode == 1
    assert ended.stderr == b"noc-tui: standard output: No space left on device\n"


def test_usage_is_told_in_french() -> None:
    ended = call("--lang", "fr", "incident", "show", "seven")
    assert ended.returncode == 2
    said = ended.stderr.decode()
    assert "erreur\xa0: argument" in said
    assert "usage\xa0:" in said
    assert "invalid" not in said


def test_a_terminal_that_lacks_letters_shows_question_marks() -> None:
    ended = call("--lang", "fr", "--help", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert ended.returncode == 0
    assert "d?monstration" in ended.stdout.decode("ascii")


def test_an_argument_that_is_no_text_is_bad_usage() -> None:
    ended = call("tenants", "show", b"\xff", LC_ALL="C.UTF-8")
    assert ended.returncode == 2
    assert b"not UTF-8" in ended.stderr


def test_scope_passes_over_a_configuration_that_nobody_asked_for() -> None:
    ended = call("scope", "restaurer la sauvegarde", NOC_CONFIG="/nowhere")
    assert ended.returncode == 0
    assert b"/nowhere" in ended.stderr
    assert call("--config", "/nowhere", "scope", "restaurer").returncode == 2


def test_what_is_no_document_is_told_in_french_with_its_place() -> None:
    ended = call("sla", "compute", "--lang", "fr", stdin=b'{"month":"2026-03","outages":[{}]}')
    assert ended.returncode == 2
    assert ended.stderr.decode() == "noc-tui sla compute: outages[0]: il manque la clé start\n"


def test_a_directory_that_cannot_be_made_is_named() -> None:
    ended = call("demo", "--headless", "--dir", "/proc/nowhere/demo")
    assert ended.returncode == 2
    assert ended.stderr.startswith(b"noc-tui: --dir: /proc/nowhere/demo: ")
