"""The verifier: alone in any company, on an old Python, its arithmetic that of the product."""

import ast
import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_tui.evidence import pack_verifier
from storage import chain, heads
from storage.heads import SigningKey
from tests.forgeries.packs import true_pack
from tests.support.packs import verified

SOURCE = Path(pack_verifier.__file__)
OLD_PYTHONS = sorted(Path.home().glob(".pyenv/versions/3.9.*/bin/python3"))


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("pack")
    data, _key = asyncio.run(true_pack(directory))
    (directory / "pack.zip").write_bytes(data)
    return directory / "pack.zip"


def test_it_is_python_3_9_and_imports_nothing_but_pythons_own_library() -> None:
    tree = ast.parse(SOURCE.read_text(), feature_version=(3, 9))
    imported = {
        alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {
        (node.module or "").partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
    }
    assert imported <= set(sys.stdlib_module_names)


def test_only_what_python_has_in_itself_is_imported_before_its_folder_is_left_out() -> None:
    body = ast.parse(SOURCE.read_text()).body
    first = next(place for place, node in enumerate(body) if isinstance(node, ast.If))
    early = [node for node in body[:first] if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in early] == ["import sys"]


@pytest.mark.skipif(not OLD_PYTHONS, reason="there is no Python 3.9 here")
def test_it_runs_on_python_3_9(pack: Path) -> None:
    command: list[str | Path] = [OLD_PYTHONS[0], "-I", SOURCE, pack]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "intact\n"), done.stderr


@pytest.mark.parametrize("isolated", [True, False])
def test_modules_laid_beside_it_are_not_loaded(pack: Path, tmp_path: Path, isolated: bool) -> None:
    shutil.copy(SOURCE, tmp_path / "verify.py")
    tree = ast.parse(SOURCE.read_text())
    modules = {node.names[0].name for node in ast.walk(tree) if isinstance(node, ast.Import)}
    modules |= {"typing", "linecache", "encodings", "__future__", "sitecustomize"}
    for name in modules:
        (tmp_path / f"{name}.py").write_text("print('intact')\nraise SystemExit(0)\n")
    (tmp_path / "shot").mkdir()
    options = ["-I"] if isolated else []
    done = subprocess.run(
        [sys.executable, *options, "verify.py", str(tmp_path / "shot")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={},
    )
    assert (done.returncode, done.stdout) == (1, "incomplete\n"), done.stderr
    assert "manifest.json is missing" in done.stderr


def test_beside_a_pack_it_checks_that_pack(pack: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(pack, tmp_path)
    command: list[str | Path] = [sys.executable, tmp_path / "verify.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "intact\n"), done.stderr
    assert not (tmp_path / "__pycache__").exists()


@pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl here")
def test_openssl_is_asked_as_well(pack: Path) -> None:
    assert "checked by this program and openssl" in verified(pack)[1]


def openssl(directory: Path, script: str) -> str:
    """A folder with an `openssl` that does as the script says."""
    program = directory / "openssl"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return f"{directory}{os.pathsep}/usr/bin:/bin"


@pytest.mark.parametrize(
    "script",
    [
        "echo 'pkeyutl: Unrecognized flag rawin' >&2; exit 1",  # as 1.1.1 says
        "echo 'Error initializing context' >&2; exit 1",
        "exit 127",
    ],
)
def test_an_openssl_that_cannot_tell_leaves_the_signature_checked(
    pack: Path, tmp_path: Path, script: str
) -> None:
    code, said = verified(pack, path=openssl(tmp_path, script))
    assert code == 0
    assert "checked by this program alone" in said


def test_without_openssl_the_signature_is_checked(pack: Path) -> None:
    code, said = verified(pack, path="/nonexistent")
    assert code == 0
    assert "checked by this program alone" in said


def test_an_openssl_that_refuses_is_believed(pack: Path, tmp_path: Path) -> None:
    script = "echo 'Signature Verification Failure'; exit 1"
    code, said = verified(pack, path=openssl(tmp_path, script))
    assert (code, said.partition("\n")[0]) == (1, "altered")


def test_an_openssl_that_accepts_anything_changes_nothing(pack: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(pack, tmp_path / "pack")
    (tmp_path / "pack" / "manifest.sig").write_text("A" * 86 + "==\n")
    code, said = verified(tmp_path / "pack", path=openssl(tmp_path, "exit 0"))
    assert (code, said.partition("\n")[0]) == (1, "altered")


@pytest.mark.parametrize("arguments", [["--help"], ["a", "b"], ["a", "--key"], ["--what", "a"]])
def test_bad_usage_is_told(arguments: list[str]) -> None:
    command: list[str | Path] = [sys.executable, "-I", SOURCE, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage:" in done.stderr


@given(st.binary(max_size=200), st.integers(0, 511), st.booleans())
@settings(max_examples=40)
def test_signatures_are_good_exactly_where_the_product_says_so(
    message: bytes, bit: int, whole: bool
) -> None:
    key = SigningKey(Ed25519PrivateKey.generate())
    signature = bytearray(key.sign(message))
    if not whole:
        signature[bit // 8] ^= 1 << bit % 8
    good = pack_verifier.is_signature_of(key.public, message, bytes(signature))
    assert good is whole
    assert good is heads.is_signature_of(key.public, bytes(signature), message)


@pytest.mark.parametrize("public", [b"", bytes(31), b"\xff" * 32, b"\x02" + bytes(31)])
def test_what_is_no_public_key_signs_nothing(public: bytes) -> None:
    assert not pack_verifier.is_signature_of(public, b"", bytes(64))


@given(st.binary(min_size=32, max_size=32), st.lists(st.binary(max_size=20)))
def test_the_canonical_forms_are_the_products(raw: bytes, parts: list[bytes]) -> None:
    assert pack_verifier.encode(parts) == chain.encode(parts)
    assert pack_verifier.key_id(raw) == chain.key_id(raw)
    assert heads.public_pem(SigningKey.generate().public).startswith("-----BEGIN PUBLIC KEY-----")


def test_a_public_key_is_written_as_the_product_writes_it() -> None:
    public = SigningKey.generate().public
    assert pack_verifier.pem(public) == heads.public_pem(public)
