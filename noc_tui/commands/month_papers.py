"""`noc-tui month statements` and `mail`: a month's statements as signed files, or mailed."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from noc_tui.api import months as api
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput, CommandRefused
from noc_tui.commands.output import say, say_json
from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.contract.calendar import Month
from noc_tui.i18n import Language, _, ngettext
from noc_tui.statement.folder import write_papers
from noc_tui.text import visible
from storage.connection import Readable
from storage.register import TENANTS

TOGETHER = 10
"""Tenants a request: each verifies the record once, and `nocd` takes some seconds to print them."""
PRINT_SECONDS = 300.0


def write_statements(arguments: argparse.Namespace, config: Configuration, month: Month) -> int:
    """Write the files, their signatures, the key and the manifest; the exit code."""
    tenants = arguments.tenant or _all_tenants(config)
    folder = Path(arguments.out)
    language: Language = arguments.lang or "fr"
    papers = _asked(arguments, config, month, tenants, language)
    made = write_papers(folder, papers)
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


def _asked(
    arguments: argparse.Namespace,
    config: Configuration,
    month: Month,
    tenants: Sequence[str],
    language: Language,
) -> Iterator[api.SignedPapers]:
    manifest, signature = b"", b""
    for some in _batches(tenants):
        wanted = api.PrintedPapers(tuple(some), language, manifest, signature)
        request = api.STATEMENTS(wanted, month=str(month))
        made = ask(arguments, config, request, timeout=PRINT_SECONDS)
        manifest, signature = made.manifest, made.manifest_signature
        yield made


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
