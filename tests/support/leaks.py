"""Looks for words in everything that somebody can read: bytes, mails, zips, answers."""

import email
import email.policy
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

Haystack = Mapping[str, bytes]
"""What can be read, by where it was found."""


def find_leaks(haystack: Haystack, words: Iterable[str]) -> list[str]:
    """`place: word` for each word that is found anywhere, whatever its case."""
    wanted = [(word, word.lower().encode()) for word in words]
    assert wanted
    assert all(len(word) >= 8 for word, _ in wanted)  # what is shorter is found by chance
    return [
        f"{place}: {word}"
        for place, content in haystack.items()
        for word, needle in wanted
        if needle in content.lower()
    ]


def files_below(directory: Path, *apart: str) -> Haystack:
    """Every file of a directory, but those below the names that are `apart`; mails and zips are
    read as what they hold, too.
    """
    found: dict[str, bytes] = {}
    for path in sorted(directory.rglob("*")):
        inside = path.relative_to(directory)
        if not path.is_file() or set(inside.parts) & set(apart):
            continue
        content = path.read_bytes()
        found[str(inside)] = content + str(inside).encode()
        found |= {f"{inside}!{name}": part for name, part in _unfolded(path.suffix, content)}
    return found


def in_zip(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Each file of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        for name in opened.namelist():
            yield name, opened.read(name)


def _unfolded(suffix: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if suffix == ".eml":
        message = email.message_from_bytes(content, policy=email.policy.default)
        yield "head", "\n".join(f"{name}: {value}" for name, value in message.items()).encode()
        for part in message.walk():
            if isinstance(text := part.get_payload(decode=True), bytes):
                yield part.get_content_type(), text
    elif suffix == ".zip":
        yield from in_zip(content)
