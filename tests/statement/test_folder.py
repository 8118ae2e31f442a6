"""A folder of signed papers: each file whole, its signature, the key, a manifest that names all."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from noc_tui import cli
from noc_tui.api.months import LeftOut, SignedCredits, SignedFile, SignedPapers
from noc_tui.console.screens.month.screen import write_export
from noc_tui.statement.document import StatedClosing
from noc_tui.statement.folder import read_manifest, write_credits, write_papers
from noc_tui.statement.manifest import (
    PaperManifest,
    credits_name,
    decode_manifest,
    describe_credits,
    describe_file,
    encode_manifest,
    manifest_message,
    verify_folder,
)
from noc_tui.views.credit_export import write_csv
from storage.heads import SigningKey, public_pem

KEY = SigningKey.generate()
CLOSING = StatedClosing(2, "2026-04-02T08:00:00Z", 57)
EMPTY = PaperManifest(month="2026-03", closing=CLOSING, language="fr", key_id=KEY.key_id)
HELD = LeftOut("zeta", "held back")
CONTENT = b"%PDF-1"
DIGEST = "00" * 32
NAME = "2026-03-acme.pdf"
EXPORT = "avoirs-2026-03.csv"
CREDITS = write_csv([])


def papers() -> list[SignedPapers]:
    """As two answers of `nocd`, the second of which goes on with the manifest of the first."""
    file = SignedFile("acme", NAME, CONTENT, KEY.sign(CONTENT))
    first = EMPTY.extended([describe_file("acme", 57, DIGEST, NAME, CONTENT)], [], ["acme"])
    second = first.extended([], [HELD], ["zeta"])
    return [answer(first, (file,)), answer(second, (), (HELD,))]


def answer(
    manifest: PaperManifest, files: tuple[SignedFile, ...], left: tuple[LeftOut, ...] = ()
) -> SignedPapers:
    content = encode_manifest(manifest)
    return SignedPapers(
        files,
        public_pem(KEY.public),
        KEY.key_id,
        left,
        content,
        KEY.sign(manifest_message(content)),
    )


def sign_credits(manifest: bytes, content: bytes = CREDITS, key: SigningKey = KEY) -> SignedCredits:
    """As `nocd` answers: the export, and the manifest that names it too."""
    said = decode_manifest(manifest)
    made = encode_manifest(
        msgspec.structs.replace(said, credits=describe_credits(said.month, content))
    )
    return SignedCredits(
        credits_name(said.month), 0, content, key.sign(content), made,
        key.sign(manifest_message(made)),
    )  # fmt: skip


@pytest.fixture
def accounted(folder: Path) -> Path:
    """The folder with the credits for accounting."""
    write_credits(folder, sign_credits(read_manifest(folder)[0]))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_papers(tmp_path / "papers", papers())
    return tmp_path / "papers"


def test_the_manifest_names_each_file_with_its_digest_and_who_was_left_out(folder: Path) -> None:
    names = sorted(one.name for one in folder.iterdir())
    assert names == [NAME, f"{NAME}.sig", "key.pem", "manifest.json", "manifest.sig"]
    said = json.loads((folder / "manifest.json").read_bytes())
    (file,) = said["files"]
    assert file["sha256"] == describe_file("acme", 57, DIGEST, NAME, CONTENT).sha256
    assert said["left_out"] == [{"tenant": "zeta", "why": "held back"}]
    assert all(one.stat().st_mode & 0o007 == 0 for one in folder.iterdir())
    found = verify_folder(folder, [KEY.key_id])
    assert (found.verdict, found.names) == ("intact", ())


def test_the_same_papers_again_are_the_same_bytes(folder: Path) -> None:
    first = {one.name: one.read_bytes() for one in folder.iterdir()}
    write_papers(folder, papers())
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == first


def test_what_is_made_anew_of_a_client_takes_the_place_of_what_was_made() -> None:
    made = EMPTY.extended(
        [describe_file("acme", 57, DIGEST, NAME, CONTENT)], [HELD], ["acme", "zeta"]
    )
    again = made.extended([describe_file("zeta", 57, DIGEST, "z.pdf", CONTENT)], [], ["zeta"])
    assert [one.name for one in again.files] == [NAME, "z.pdf"]
    assert again.left_out == ()


def changed(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def added(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + content)


def linked(folder: Path) -> None:
    """The statement's name leads to the same bytes elsewhere, which may become others."""
    elsewhere = folder.with_name("elsewhere.pdf")
    (folder / NAME).rename(elsewhere)
    (folder / NAME).symlink_to(elsewhere)


def gone(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def another_manifest(folder: Path) -> None:
    """The file is taken out of the folder and of the manifest."""
    for name in (NAME, f"{NAME}.sig"):
        (folder / name).unlink()
    (folder / "manifest.json").write_bytes(encode_manifest(EMPTY))


def anothers(folder: Path) -> None:
    """All of it signed by another, who says so."""
    key = SigningKey.generate()
    content = b"%PDF-2"
    file = SignedFile("acme", NAME, content, key.sign(content))
    made = PaperManifest(month="2026-03", closing=CLOSING, language="fr", key_id=key.key_id)
    manifest = encode_manifest(
        made.extended([describe_file("acme", 57, DIGEST, NAME, content)], [HELD], ["acme", "zeta"])
    )
    signature = key.sign(manifest_message(manifest))
    write_papers(
        folder,
        [SignedPapers((file,), public_pem(key.public), key.key_id, (HELD,), manifest, signature)],
    )


def outdated(folder: Path) -> None:
    """A statement of the first closing in a manifest of the second, whoever signed that."""
    old = EMPTY.extended([describe_file("acme", 31, DIGEST, NAME, CONTENT)], [], ["acme"])
    write_papers(folder, [answer(old, ())])


def of_another_closing(folder: Path) -> None:
    """The manifest says another closing than it was signed with."""
    said = (folder / "manifest.json").read_bytes()
    (folder / "manifest.json").write_bytes(said.replace(b'"number": 2', b'"number": 3'))


FORGERIES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a statement": (changed(NAME, b"%PDF-2"), "altered"),
    "a statement's signature": (changed(f"{NAME}.sig", b"s" * 64), "altered"),
    "a statement gone": (gone(NAME), "incomplete"),
    "its signature gone": (gone(f"{NAME}.sig"), "incomplete"),
    "the manifest": (changed("manifest.json", encode_manifest(EMPTY)), "altered"),
    "a statement gone from the manifest": (another_manifest, "altered"),
    "the manifest's signature": (changed("manifest.sig", b"AAAA\n"), "altered"),
    "a word below the manifest's signature": (added("manifest.sig", b"\n***junk***\n"), "altered"),
    "a word below the key": (added("key.pem", b"Amount credited: 9999 EUR\n"), "altered"),
    "a statement elsewhere": (linked, "altered"),
    "no base64": (changed("manifest.sig", b"\xff"), "altered"),
    "the manifest's signature gone": (gone("manifest.sig"), "unsigned"),
    "the manifest gone": (gone("manifest.json"), "unreadable"),
    "no manifest": (changed("manifest.json", b"{}"), "unreadable"),
    "the key gone": (gone("key.pem"), "unreadable"),
    "no key": (changed("key.pem", b"x"), "unreadable"),
    "a statement added": (changed("2026-03-zeta.pdf", b"%PDF-2"), "altered"),
    "another key": (
        lambda folder: changed("key.pem", public_pem(SigningKey.generate().public).encode())(
            folder
        ),
        "altered",
    ),
    "a statement of another closing": (outdated, "altered"),
    "another closing": (of_another_closing, "altered"),
    "another's folder": (anothers, "wrong-key"),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_no_folder_that_was_changed_is_intact(folder: Path, what: str) -> None:
    forge, verdict = FORGERIES[what]
    forge(folder)
    assert verify_folder(folder, [KEY.key_id]).verdict == verdict


def test_a_file_outside_the_folder_is_named_by_no_manifest(folder: Path) -> None:
    away = describe_file("acme", 57, DIGEST, "../x.pdf", CONTENT)
    content = encode_manifest(EMPTY.extended([away], [], ["acme"]))
    (folder / "manifest.json").write_bytes(content)
    assert verify_folder(folder).verdict == "unreadable"


def test_the_command_says_the_verdict_and_exits_by_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*options: str) -> tuple[int, str, str]:
        code = cli.main(["evidence", "verify-pack", str(folder), *options, "--lang", "en"])
        said = capsys.readouterr()
        return code, said.out.strip(), said.err

    key = tmp_path / "known.pem"
    key.write_text(public_pem(KEY.public))
    code, word, why = run()
    assert (code, word, "NOT COMPARED" in why) == (0, "intact", True)
    code, word, why = run("--key", str(key))
    assert (code, word, "which you know" in why) == (0, "intact", True)
    assert "2026-03: 1 file" in why
    assert "closing 2, 2026-04-02T08:00:00Z, entry 57" in why
    assert "left out: zeta" in why
    assert run("--database", "noc.db")[0] == 2
    anothers(folder)
    assert run("--key", str(key))[:2] == (1, "wrong-key")
    (folder / "manifest.sig").unlink()
    assert run()[:2] == (1, "unsigned")
    code, word, why = run("--unsigned")
    assert (code, word, "a missing signature is accepted" in why) == (0, "intact", True)
    (folder / NAME).unlink()
    code, word, why = run("--unsigned")
    assert (code, word, NAME in why) == (1, "incomplete", True)


def test_the_console_writes_the_credits_beside_them(tmp_path: Path) -> None:
    write_export(str(tmp_path / "x"), papers(), sign_credits(papers()[-1].manifest))
    assert (tmp_path / "x" / EXPORT).read_bytes().startswith(b"\xef\xbb\xbfreference")
    found = verify_folder(tmp_path / "x", [KEY.key_id])
    assert (found.verdict, found.unsigned) == ("intact", ())
    assert (tmp_path / "x" / f"{EXPORT}.sig").is_file()


def test_an_export_that_no_manifest_names_is_unsigned_and_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As earlier versions wrote it."""
    (folder / EXPORT).write_bytes(CREDITS)
    words = ["evidence", "verify-pack", str(folder), "--lang", "en"]
    assert cli.main(words) == 1
    said = capsys.readouterr()
    assert (said.out.strip(), EXPORT in said.err) == ("unsigned", True)
    assert cli.main([*words, "--unsigned"]) == 0
    said = capsys.readouterr()
    assert said.out.strip() == "intact"
    assert f"not signed, and not compared: {EXPORT}" in said.err


def test_an_export_outside_the_folder_is_named_by_no_manifest(folder: Path) -> None:
    away = msgspec.structs.replace(describe_credits("2026-03", CREDITS), name="../x.csv")
    said = msgspec.structs.replace(decode_manifest(read_manifest(folder)[0]), credits=away)
    (folder / "manifest.json").write_bytes(encode_manifest(said))
    assert verify_folder(folder).verdict == "unreadable"


def test_a_folder_that_cannot_be_made_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"):
        write_papers(tmp_path / "file", papers())
