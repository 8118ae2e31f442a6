"""Threads that meet a type of msgspec together with the loop took the whole process down."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
_MANY_AT_ONCE = """
import asyncio, sys
import msgspec
from noc_tui.threads import in_thread

INNER = b'{"f39": "x"}'
WHOLE = b'{"a": ' + INNER + b', "b": [' + INNER + b']}'
sys.setswitchinterval(1e-6)

def decoded(kind, data):
    return msgspec.json.decode(data, type=kind)

async def main():
    for number in range(600):
        inner = msgspec.defstruct(f"I{number}", [(f"f{n}", str | None, None) for n in range(40)])
        outer = msgspec.defstruct(f"O{number}", [("a", inner), ("b", list[inner])])
        threads = [
            asyncio.create_task(in_thread(decoded, inner, INNER)),
            asyncio.create_task(in_thread(decoded, outer, WHOLE)),
            asyncio.create_task(in_thread(decoded, list[outer], b"[" + WHOLE + b"]")),
        ]
        await asyncio.sleep(0)
        decoded(list[inner], b"[" + INNER + b"]")
        await asyncio.gather(*threads)

asyncio.run(main())
"""


def test_threads_and_the_loop_may_meet_a_type_together() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _MANY_AT_ONCE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
