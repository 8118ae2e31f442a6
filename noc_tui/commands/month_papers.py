"""`noc-tui month statements` and `mail`: a month's statements as signed files, or mailed."""

import argparse
import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from noc_tui.api import months as api
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput, CommandRefused
from noc_tui.commands.output import say, say_json
from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.contract.calendar import Month
from noc_tui.i18n import Language, _, ngettext
from noc_tui.text import visible
from storage.connection import Readable
from storage.register import TENANTS

TOGETHER = 10
"""Tenants a request: each verifies the record once, and `nocd` takes some seconds to print them."""
PRINT_SECONDS = 300.0
FILE_MODE, FOLDER_MODE = 0o640, 0o750


class PaperFile(msgspec.Struct, frozen=True):
    """A file of the folder, its signature's name beside it."""

    tenant: str
    name: str
    bytes: int
    sha256: str
    signature: str


class PaperManifest(msgspec.Struct, frozen=True):
    """What the folder holds. `key_id` is the SHA-256 of the public key in `key.pem`."""

    month: str
    language: str
    key_id: str
    files: tuple[PaperFile, ...]
    left_out: tuple[api.LeftOut, ...]


def write_statements(arguments: argparse.Namespace, config: Configuration, month: Month) -> int:
    """Write the files, their signatures, the key and the manifest; the exit code."""
    tenants = arguments.tenant or _all_tenants(config)
    folder = Path(arguments.out)
    made = _written(arguments, config, month, tenants, folder)
    if arguments.format == "json":
        say_json(made)
    else:
        count = len(made.files)
        text = ngettext(
            "{n} file and its signature in {folder}",
            "{n} files and their signatures in {folder}",
            count,
        )
        say(text.format(n=count, folder=folder))
    if made.left_out:
        lines = [f"{visible(one.tenant)}: {visible(one.why)}" for one in made.left_out]
        raise CommandRefused("\n".join([_("no statement was made of these tenants:"), *lines]))
    return 0


def mail_statements(arguments: argparse.Namespace, config: Configuration, month: Month) -> int:
    """Have the statements of a closed month mailed; the exit code."""
    language: Language = arguments.lang or "fr"
    queued: list[api.QueuedLetter] = []
    left: list[api.LeftOut] = []
    for some in _batches(arguments.tenant or _all_tenants(config)):
        request = api.MAIL(api.Papers(tuple(some), language), month=str(month))
        made = ask(arguments, config, request, timeout=PRINT_SECONDS)
        queued += made.queued
        left += made.left_out
    if arguments.format == "json":
        say_json(api.Mailed(tuple(queued), tuple(left)))
        return 0
    for one in queued:
        say(_("{tenant}: to be sent, {id}").format(tenant=one.tenant, id=one.id))
    for other in left:
        say(f"{visible(other.tenant)}: {visible(other.why)}")
    return 0


def _written(
    arguments: argparse.Namespace,
    config: Configuration,
    month: Month,
    tenants: Sequence[str],
    folder: Path,
) -> PaperManifest:
    language: Language = arguments.lang or "fr"
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    files: list[PaperFile] = []
    left: list[api.LeftOut] = []
    key_id = ""
    for some in _batches(tenants):
        request = api.STATEMENTS(api.Papers(tuple(some), language), month=str(month))
        papers = ask(arguments, config, request, timeout=PRINT_SECONDS)
        key_id = papers.key_id
        write_file(folder / "key.pem", papers.key.encode())
        files += [_write(folder, one) for one in papers.files]
        left += papers.left_out
    made = PaperManifest(str(month), language, key_id, tuple(files), tuple(left))
    content = msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"
    write_file(folder / "manifest.json", content)
    return made


def _write(folder: Path, file: api.SignedFile) -> PaperFile:
    signature = f"{file.name}.sig"
    write_file(folder / file.name, file.content)
    write_file(folder / signature, file.signature)
    digest = hashlib.sha256(file.content).hexdigest()
    return PaperFile(file.tenant, file.name, len(file.content), digest, signature)


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner and group alone."""
    partial = path.with_name(f".{path.name}.partial")
    descriptor = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    partial.replace(path)


def _all_tenants(config: Configuration) -> list[str]:
    async def question(db: Readable) -> list[str]:
        return sorted(one.id for one in await TENANTS.read(db))

    found = read(config, question)
    if not found:
        raise BadInput(_("the register has no tenant"))
    return found


def _batches(tenants: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(tenants), TOGETHER):
        yield tenants[start : start + TOGETHER]
