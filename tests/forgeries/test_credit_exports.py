"""The export of credits in a folder of statements: whoever changes it gets no `intact`."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from noc_tui import cli
from noc_tui.statement.folder import read_manifest
from noc_tui.statement.manifest import decode_manifest, encode_manifest
from storage.heads import SigningKey, public_pem
from tests.statement.test_folder import (
    CREDITS,
    EXPORT,
    KEY,
    accounted,
    changed,
    folder,
    gone,
)

__all__ = ["accounted", "folder"]


def resigned(folder: Path) -> None:
    """A forged figure, signed by another's key beside it; the manifest is left as it was."""
    content = CREDITS + b"AV-2026-03-acme-9;9999,00\r\n"
    (folder / EXPORT).write_bytes(content)
    (folder / f"{EXPORT}.sig").write_bytes(SigningKey.generate().sign(content))


def unnamed(folder: Path) -> None:
    """A forged figure, and a manifest that says nothing of the export."""
    said = decode_manifest(read_manifest(folder)[0])
    (folder / "manifest.json").write_bytes(
        encode_manifest(msgspec.structs.replace(said, credits=None))
    )
    (folder / EXPORT).write_bytes(CREDITS + b"x")


def of_another_month(folder: Path) -> None:
    """The export of another month, as `nocd` signed it, under this one's name."""
    (folder / EXPORT).write_bytes(CREDITS + b"AV-2026-02-acme-3;1,00\r\n")
    (folder / f"{EXPORT}.sig").write_bytes(KEY.sign((folder / EXPORT).read_bytes()))


CREDIT_FORGERIES: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a figure": (changed(EXPORT, CREDITS + b"x"), "altered", EXPORT),
    "a figure and its signature": (resigned, "altered", EXPORT),
    "another export that nocd signed": (of_another_month, "altered", EXPORT),
    "the signature": (changed(f"{EXPORT}.sig", b"s" * 64), "altered", f"{EXPORT}.sig"),
    "the export gone": (gone(EXPORT), "incomplete", EXPORT),
    "its signature gone": (gone(f"{EXPORT}.sig"), "incomplete", f"{EXPORT}.sig"),
    "gone from the manifest": (unnamed, "altered", "manifest.json"),
    "another month's beside it": (
        changed("avoirs-2026-02.csv", CREDITS), "altered", "avoirs-2026-02.csv",
    ),
    "a note": (changed("note.txt", b"x"), "altered", "note.txt"),
}  # fmt: skip


@pytest.mark.parametrize("what", CREDIT_FORGERIES)
@pytest.mark.parametrize("unsigned", [False, True])
def test_no_changed_export_of_credits_is_intact(
    accounted: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    what: str,
    *,
    unsigned: bool,
) -> None:
    key = tmp_path / "known.pem"
    key.write_text(public_pem(KEY.public))
    words = ["evidence", "verify-pack", str(accounted), "--key", str(key), "--lang", "en"]
    words += ["--unsigned"] if unsigned else []
    assert cli.main(words) == 0
    assert capsys.readouterr().out.strip() == "intact"
    forge, verdict, name = CREDIT_FORGERIES[what]
    forge(accounted)
    assert cli.main(words) == 1
    said = capsys.readouterr()
    assert (said.out.strip(), name in said.err) == (verdict, True)
