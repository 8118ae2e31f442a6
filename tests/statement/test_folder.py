"""A folder of signed papers: each file whole, its signature, the key, a manifest that names all."""

import hashlib
import json
from pathlib import Path

import pytest

from noc_tui.api.months import LeftOut, SignedFile, SignedPapers
from noc_tui.console.screens.month.screen import write_export
from noc_tui.statement.folder import write_papers

PAPERS = [
    SignedPapers((SignedFile("acme", "2026-03-acme.pdf", b"%PDF-1", b"s" * 64),), "PEM", "ab"),
    SignedPapers((), "PEM", "ab", (LeftOut("zeta", "held back"),)),
]


def test_the_manifest_names_each_file_with_its_digest_and_who_was_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    made = write_papers(folder, "2026-03", "fr", PAPERS)
    names = sorted(one.name for one in folder.iterdir())
    assert names == ["2026-03-acme.pdf", "2026-03-acme.pdf.sig", "key.pem", "manifest.json"]
    said = json.loads((folder / "manifest.json").read_bytes())
    (file,) = said["files"]
    assert file["sha256"] == hashlib.sha256(b"%PDF-1").hexdigest()
    assert (folder / file["signature"]).read_bytes() == b"s" * 64
    assert said["left_out"] == [{"tenant": "zeta", "why": "held back"}]
    assert made.key_id == "ab"
    assert all(one.stat().st_mode & 0o007 == 0 for one in folder.iterdir())


def test_the_same_papers_again_are_the_same_bytes(tmp_path: Path) -> None:
    write_papers(tmp_path, "2026-03", "fr", PAPERS)
    first = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    write_papers(tmp_path, "2026-03", "fr", PAPERS)
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == first


def test_the_console_writes_the_credits_beside_them(tmp_path: Path) -> None:
    write_export(str(tmp_path / "x"), "2026-03", PAPERS, [])
    assert (tmp_path / "x" / "avoirs-2026-03.csv").read_bytes().startswith(b"\xef\xbb\xbfreference")


def test_a_folder_that_cannot_be_made_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"):
        write_papers(tmp_path / "file", "2026-03", "fr", PAPERS)
