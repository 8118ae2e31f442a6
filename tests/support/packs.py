"""Packs as tests make and check them."""

import io
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

from noc_tui.evidence import pack_verifier
from noc_tui.evidence.pack import manifest_signer, pack_of
from storage import evidence_export
from storage.chain_reader import connect
from storage.heads import SigningKey

SYSTEM_PYTHON = Path("/usr/bin/python3")


def unpacked(
    database: Path, target: Path, key: SigningKey | None = None, subject: str = "tenant:acme"
) -> Path:
    """The pack of a subject as a folder: up to the newest head and signed, where a key is given."""
    with closing(connect(database)) as db:
        head = evidence_export.newest_head(db) if key else None
    pack = pack_of(database, subject, head=head, sign=manifest_signer(key) if key else None)
    assert pack is not None
    zipfile.ZipFile(io.BytesIO(pack)).extractall(target)
    return target


def verified(pack: Path, *options: str | Path, path: str | None = None) -> tuple[int, str]:
    """What the verifier says, run by a Python that has nothing but its own library; `path` is where
    it finds `openssl`."""
    python = SYSTEM_PYTHON if SYSTEM_PYTHON.exists() else Path(sys.executable)
    done = subprocess.run(
        [python, "-I", pack_verifier.__file__, pack, *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=None if path is None else {"PATH": path},
    )
    return done.returncode, done.stdout + done.stderr
