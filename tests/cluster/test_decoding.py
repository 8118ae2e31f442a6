"""Several threads decode a type that none has met before: whole programs died of it."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from noc_tui.cluster import decoding
from noc_tui.cluster.omissions import OmissionLog

ROOT = Path(__file__).parents[2]
_MANY_AT_ONCE = """
import sys, threading
import msgspec
from noc_tui.cluster.decoding import decode

INNER = b'{"f39": "x"}'
sys.setswitchinterval(1e-6)
for number in range(100):
    inner = msgspec.defstruct(f"I{number}", [(f"f{n}", str | None, None) for n in range(40)])
    outer = msgspec.defstruct(f"O{number}", [("a", inner), ("b", list[inner])])
    whole = b'{"a": ' + INNER + b', "b": [' + INNER + b']}'
    start = threading.Barrier(3)

    def work(kind, data):
        start.wait()
        decode(b'{"data": ' + data + b'}', kind)

    work_on = [(inner, INNER), (outer, whole), (list[outer], b'[' + whole + b']')]
    threads = [threading.Thread(target=work, args=each) for each in work_on]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""


def test_threads_that_meet_a_type_together_all_decode_it() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _MANY_AT_ONCE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


class Named(msgspec.Struct):
    id: str


@pytest.mark.parametrize(("row", "reason"), [(b"{},", "values"), (b"[[0]],", "values")])
def test_a_flood_of_small_values_is_not_decoded(row: bytes, reason: str) -> None:
    flood = b'{"data":[' + row * (decoding.MAX_COMMAS + 1) + b"{}]}"
    with pytest.raises(ValueError, match=reason):
        decoding.read_rows(flood, Named, OmissionLog())


def test_more_rows_than_any_estate_has_are_refused() -> None:
    flood = b'{"data":[' + b"{}," * decoding.MAX_ROWS + b"{}]}"
    with pytest.raises(ValueError, match="200001 rows"):
        decoding.read_rows(flood, Named, OmissionLog())


@pytest.mark.parametrize("end", [b"", b"\\"])
def test_a_string_that_never_ends_is_read_once(end: bytes) -> None:
    """Looked at from each of its quotes it would take minutes, which the test's limit ends."""
    endless = b'{"data":' + b"[" * 20_000 + b'"' + b'\\"' * 400_000 + end
    with pytest.raises(ValueError, match="it begins"):
        decoding.read_rows(endless, Named, OmissionLog())
