"""Looks up the locked libraries of a running `nocd` among known vulnerabilities, by pip-audit.

    python tools/audit.py DIRECTORY      # pip-audit is installed there, apart from the product

Exit code 1 when a library has a known vulnerability. Where the index cannot be reached, or knows
nothing of a library, that is said, and is no failure: what was not looked up is not called good.
"""

import json
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

LOCK = Path(__file__).parent.parent / "requirements" / "runtime.lock"
SECONDS = 300


@dataclass(frozen=True)
class Audit:
    """What pip-audit says of the libraries: vulnerable ones a line each, and how many it knew."""

    vulnerable: tuple[str, ...]
    known: int
    unknown: tuple[str, ...]

    @classmethod
    def read(cls, report: Mapping[str, Any]) -> "Audit":
        """From pip-audit's JSON document."""
        libraries: Sequence[Mapping[str, Any]] = report["dependencies"]
        unknown = tuple(one["name"] for one in libraries if "skip_reason" in one)
        return cls(tuple(_lines(libraries)), len(libraries) - len(unknown), unknown)

    def told(self) -> str:
        """A sentence, and a line for each vulnerability."""
        if not self.known:
            return "audit: the index is out of reach: nothing was looked up"
        rest = f"; not known there: {', '.join(self.unknown)}" if self.unknown else ""
        head = f"audit: {self.known} libraries, {len(self.vulnerable)} vulnerabilities{rest}"
        return "\n".join([head, *self.vulnerable])


def _lines(libraries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in libraries:
        for found in one.get("vulns", ()):
            mended = ", ".join(found.get("fix_versions", ())) or "no version yet"
            yield f"  {one['name']} {one['version']}: {found['id']}, mended in {mended}"


def run(directory: Path) -> Audit | None:
    """The audit of the runtime's lock; None where pip-audit cannot be had or does not answer."""
    program = directory / "bin" / "pip-audit"
    try:
        if not program.exists():
            venv.create(directory, with_pip=True)
            pip = [str(directory / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
            subprocess.run([*pip, "install", "--quiet", "pip-audit"], check=True, timeout=SECONDS)
        with TemporaryDirectory() as name:
            report = Path(name) / "report.json"
            asked = [
                "-r",
                str(LOCK),
                "--require-hashes",
                "--disable-pip",
                "--progress-spinner",
                "off",
            ]
            # Its exit code is 1 for vulnerabilities too: what it found stands in the report.
            subprocess.run(
                [str(program), *asked, "-f", "json", "-o", str(report)],
                check=False,
                timeout=SECONDS,
                capture_output=True,  # "no known vulnerabilities" is said of what it skipped too
            )
            return Audit.read(json.loads(report.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
        print(f"audit: {type(error).__name__}: {error}", file=sys.stderr)
        return None


def main(arguments: Sequence[str]) -> int:
    audit = run(Path(arguments[0]))
    print(audit.told() if audit is not None else Audit((), 0, ()).told())
    return 1 if audit is not None and audit.vulnerable else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
