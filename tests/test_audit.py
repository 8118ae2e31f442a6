"""The audit of libraries: what was not looked up is not called good."""

from tools.audit import Audit

FOUND = {
    "name": "aiohttp",
    "version": "3.14.5",
    "vulns": [{"id": "PYSEC-2027-1", "fix_versions": ["3.14.9"]}],
}
GOOD = {"name": "msgspec", "version": "0.22.0", "vulns": []}
SKIPPED = {"name": "rich", "skip_reason": "Dependency not found on PyPI"}


def test_a_vulnerability_is_told_with_what_mends_it() -> None:
    audit = Audit.read({"dependencies": [FOUND, GOOD]})
    assert audit.told().splitlines() == [
        "audit: 2 libraries, 1 vulnerabilities",
        "  aiohttp 3.14.5: PYSEC-2027-1, mended in 3.14.9",
    ]


def test_an_index_that_knows_nothing_has_proven_nothing() -> None:
    audit = Audit.read({"dependencies": [SKIPPED]})
    assert (audit.known, audit.vulnerable) == (0, ())
    assert "nothing was looked up" in audit.told()


def test_a_library_that_it_does_not_know_is_named() -> None:
    assert "not known there: rich" in Audit.read({"dependencies": [GOOD, SKIPPED]}).told()
