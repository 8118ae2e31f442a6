"""A signal that means nothing to `nocd` does not end it, nor is it lost on what `nocd` starts."""

import signal
import subprocess
import sys

from noc_tui.daemon.program import stray_signals

OUTLIVES = """
import os, subprocess, sys
from noc_tui.daemon.program import stray_signals
stray_signals.outlive()
for number in sorted(stray_signals.stray()):
    for _ in range(3):
        os.kill(os.getpid(), number)
child = "import os, signal; os.kill(os.getpid(), signal.SIGUSR1)"
print("lives", subprocess.run([sys.executable, "-c", child]).returncode)
"""
ASKED = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGKILL}
OWN_FAULTS = {signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL, signal.SIGFPE}


def test_stray_signals_end_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", OUTLIVES], capture_output=True, text=True)
    assert done.stdout.split() == ["lives", str(-signal.SIGUSR1)], done.stderr


def test_what_asks_or_tells_of_a_fault_keeps_its_meaning() -> None:
    assert not stray_signals.stray() & (ASKED | OWN_FAULTS)
    assert {signal.SIGUSR1, signal.SIGPWR, signal.SIGRTMIN} <= stray_signals.stray()
