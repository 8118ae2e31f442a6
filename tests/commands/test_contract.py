"""The hoster's own terms file is the one that is checked, and its mistake is named."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from noc_tui.cli import main, nocd
from noc_tui.contract.terms import SHIPPED
from storage.migrations import migrate

COMMANDS = (
    "status", "tenants list", "handover show", "sla statement --tenant acme --month 2026-01",
    "sla list", "scope bonjour", "contract show 6", "doctor",
)  # fmt: skip


def broken(tmp_path: Path) -> tuple[Path, Path]:
    """A configuration whose terms are wrong, and those terms."""
    migrate(tmp_path / "noc.db", datetime.now(UTC))
    terms = tmp_path / "terms.toml"
    text = SHIPPED.read_text(encoding="utf-8").replace("claim_days = 30", "claim_days = 'x'")
    terms.write_text(text, encoding="utf-8")
    config = tmp_path / "noc.toml"
    config.write_text(
        f'[database]\npath = "{tmp_path / "noc.db"}"\n[socket]\npath = "{tmp_path / "s"}"\n'
        f'[contract]\nterms_file = "{terms}"\n',
        encoding="utf-8",
    )
    return config, terms


def test_a_broken_terms_file_is_found_before_nocd_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, terms = broken(tmp_path)
    assert nocd(["check", "--config", str(config)]) == 2
    said = capsys.readouterr().err
    assert "claim_days" in said
    assert str(terms) in said


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_reads_the_terms_names_the_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    config, terms = broken(tmp_path)
    assert main([*command.split(), "--config", str(config)]) == 2
    said = capsys.readouterr().err
    assert "claim_days" in said
    assert str(terms) in said
