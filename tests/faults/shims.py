"""Libraries that stand before libc: a sick disk (`disk.c`), another clock (`clock.c`)."""

import shutil
import subprocess
from pathlib import Path


def can_compile() -> bool:
    """Whether there is a C compiler here."""
    return shutil.which("cc") is not None


def compiled(name: str, target: Path) -> bool:
    """Make the library; whether there is one now."""
    if not can_compile():
        return False
    source = Path(__file__).with_name(f"{name}.c")
    command = ["cc", "-shared", "-fPIC", "-O1", "-o", str(target), str(source), "-ldl", "-lm"]
    return subprocess.run(command, check=False).returncode == 0
