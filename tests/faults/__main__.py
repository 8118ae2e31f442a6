"""The campaign: `python -m tests.faults [--size full|short] [--seed N] [--only FAMILY …]`.

Each family of faults meets the real programs. It prints what was tried, survived and lost, and how
often `nocd` ended where it should have lived; its exit code is 1 if anything was lost.
"""

import argparse
import asyncio
import logging
import signal
import sys
import tempfile
import time
import warnings
from pathlib import Path

from tests.faults.families import FAMILIES, SIZES
from tests.faults.figures import Family, table

SEED = 20261130


def main() -> int:
    """Run the families that are asked for, one after another."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--size", choices=sorted(SIZES), default="full")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", nargs="*", choices=sorted(FAMILIES), default=sorted(FAMILIES))
    asked = parser.parse_args()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever starts it: `nohup` has it ignored
    logging.disable(logging.CRITICAL)  # of the simulated servers, whose clients are killed
    warnings.simplefilter("ignore")
    done: list[Family] = []
    for name in asked.only:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="noc-faults-") as directory:
            try:
                family = asyncio.run(
                    FAMILIES[name](Path(directory), asked.seed, SIZES[asked.size][name])
                )
            except Exception as error:  # noqa: BLE001 -- the other families are run all the same
                family = Family(name)
                family.count("the family itself", f"{type(error).__name__}: {error}")
        family.notes.append(f"{time.monotonic() - begun:.0f} s")
        done.append(family)
        print(table([family]), flush=True)  # noqa: T201 -- what the program is for
    print(f"\nsize {asked.size}, seed {asked.seed}\n{table(done)}")  # noqa: T201
    return 1 if any(family.lost for family in done) else 0


if __name__ == "__main__":
    sys.exit(main())
