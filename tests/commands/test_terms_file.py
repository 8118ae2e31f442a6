"""The hoster's own terms file is the one that is checked, and its mistake is named."""

from pathlib import Path

import pytest

from noc_tui.cli import nocd
from noc_tui.contract.terms import SHIPPED


def test_a_broken_terms_file_is_found_before_nocd_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    terms = tmp_path / "terms.toml"
    text = SHIPPED.read_text(encoding="utf-8").replace("claim_days = 30", "claim_days = 'x'")
    terms.write_text(text, encoding="utf-8")
    config = tmp_path / "noc.toml"
    config.write_text(
        f'[database]\npath = "{tmp_path / "noc.db"}"\n[socket]\npath = "{tmp_path / "s"}"\n'
        f'[contract]\nterms_file = "{terms}"\n',
        encoding="utf-8",
    )
    assert nocd(["check", "--config", str(config)]) == 2
    said = capsys.readouterr().err
    assert "claim_days" in said
    assert str(terms) in said
