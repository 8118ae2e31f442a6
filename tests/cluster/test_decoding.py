"""Several threads decode a type that none has met before: whole programs died of it."""

import subprocess
import sys
from pathlib import Path

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
