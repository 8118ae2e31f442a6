"""A new signing key in the place of the old one, so that a death at any point leaves one key.

    prepare   the new key is kept beside the old one, where its owner alone may read it
    rotate    the old key signs a last head; the new key is announced and endorsed by it
    settle    the new key's file takes the place of the old one's

What stands in the database decides: `settle` at the next start finishes a change that was
committed, and drops a new key that was not.
"""

import os
from pathlib import Path

from storage import heads
from storage.change import Change
from storage.connection import Readable
from storage.heads import Head, KeyFileError, SigningKey


def prepare(path: Path) -> SigningKey:
    """Make the next key, beside the file of the one in force. Errors: `KeyFileError`."""
    key = SigningKey.generate()
    key.save(_beside(path))
    _flush(path.parent)
    return key


async def rotate(change: Change, old: SigningKey, new: SigningKey) -> Head:
    """Sign what was under the old key, then make the new one the key of what follows."""
    last = await heads.sign_head(change, old)
    await heads.use_key(change, new, previous=old)
    return last


async def in_force(db: Readable) -> str:
    """The id of the key that the chain is under; "" before the first."""
    found = await db.rows("SELECT key_id FROM evidence_key ORDER BY number DESC LIMIT 1")
    return str(found[0][0]) if found else ""


def settle(path: Path, key_id: str) -> None:
    """Finish or drop a change of key that was interrupted; `key_id` is the one in force.

    Errors: `KeyFileError`.
    """
    beside = _beside(path)
    try:
        if not beside.exists():
            return
        if _id(beside) == key_id:
            beside.replace(path)
        else:
            beside.unlink()
        _flush(path.parent)
    except OSError as error:
        raise KeyFileError(f"{beside}: the new signing key: {error.strerror}") from error


def _id(path: Path) -> str:
    """A key's id; "" for a file that was not written to its end."""
    try:
        return heads.load_key(path).key_id
    except KeyFileError:
        return ""


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".next")


def _flush(directory: Path) -> None:
    """Have the names in a directory on the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
