"""`noc-tui doctor`: what is wrong with the installation, in one list.

The configuration, the database, the evidence chain and the disk are looked at here; clusters and
tokens by `nocd`, which alone holds them, or here by an account that may read the token files.
Exit code 0 when nothing is bad, 1 when something is, 2 for a bad configuration, 3 without `nocd`.
"""

import argparse
import asyncio
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from msgspec.structs import replace

from noc_tui.api.doctor import DOCTOR, Finding, Level
from noc_tui.clock import SystemClock
from noc_tui.commands.configured import configuration_file, load_configuration, terms_book
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import OutOfReach
from noc_tui.commands.output import say, say_json
from noc_tui.config import Configuration, ConfigurationError, load_for_daemon
from noc_tui.config.directories import find_accounts_without_database, find_unsafe_directories
from noc_tui.config.values import BackupConfig
from noc_tui.contract.terms import Terms
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.program.bootstrap import clock_of
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.queries.kept_heads import read_kept_heads
from noc_tui.queries.record_check import check_record
from noc_tui.text import visible_lines
from storage.database_backup import last_backup
from storage.verdict import Verdict

LOW_DISK_PERCENT = 10
SILENT = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Text for people (the default), or JSON."""
    parser.add_argument("--json", action="store_true", help=_("one JSON document"))


def run(arguments: argparse.Namespace) -> int:
    """Look at everything; the worst finding decides the exit code."""
    config = load_configuration(arguments)
    terms = list(find_terms(terms_book(config)))
    clusters, answered = _clusters(arguments, config)
    found = [*_machine(config), *terms, *clusters]
    if arguments.json:
        say_json([replace(finding, expiry=None) for finding in found])
    else:
        for finding in found:
            words = states.FINDING[finding.level].text
            place = f"{finding.topic} {finding.key}".strip()
            say(f"{words}  {place}: {visible_lines(finding.text)}")
    if not answered:
        return SILENT
    return 1 if any(finding.level == "bad" for finding in found) else 0


def _machine(config: Configuration) -> Iterator[Finding]:
    for key, wrong in find_unsafe_directories(config):
        yield Finding(_("directories"), key, "bad", wrong)
    for key, wrong in find_accounts_without_database(config):
        yield Finding(_("accounts"), key, "warning", wrong)
    database = config.database.path
    yield _chain(config)
    yield _backup(config)
    yield _disk(database)


def find_terms(book: TermsBook) -> Iterator[Finding]:
    """Yield who has which terms: a line for the default ones, one for each of the others."""
    topic = _("contract terms")
    text = (
        _("version {version}, {rate} %: every other tenant")
        if book.others
        else _("version {version}, {rate} %: every tenant")
    )
    yield Finding(topic, "contract.terms_file", "good", _of_terms(text, book.default))
    for one in book.others:
        whose = ", ".join(sorted(one.tenants))
        text = _("version {version}, {rate} %: {tenants}")
        if one.since > date.min:
            text = _("version {version}, {rate} %, from {day} on: {tenants}")
        said = _of_terms(text, one.terms, tenants=whose, day=formats.day(one.since))
        yield Finding(topic, "contract.other_terms", "good", said)


def _of_terms(text: str, terms: Terms, **words: str) -> str:
    rate = formats.decimal(f"{float(terms.availability.commitment * 100):.6g}")
    return text.format(version=terms.version, rate=rate, **words)


def _chain(config: Configuration) -> Finding:
    database = config.database.path
    if not database.exists():
        text = _("{file} is not there yet: nocd makes it at its first start")
        return Finding(_("evidence chain"), "database.path", "warning", text.format(file=database))
    report = check_record(database, read_kept_heads(config))
    whole = report.verdict in (Verdict.INTACT, Verdict.RESTORED)
    chain: Level = "good" if whole else "bad"
    text = _("{verdict}: {reason} (entries: {count})").format(
        verdict=report.verdict, reason=report.reason, count=report.count
    )
    return Finding(_("evidence chain"), "database.path", chain, text)


def _disk(database: Path) -> Finding:
    """The room where the database is, or will be made."""
    directory = next(parent for parent in database.parents if parent.is_dir())
    usage = shutil.disk_usage(directory)
    free = usage.free * 100 // usage.total
    level: Level = "bad" if free < LOW_DISK_PERCENT else "good"
    text = _("{percent} % of {directory} free").format(percent=free, directory=directory)
    return Finding(_("disk"), "database.path", level, text)


def _backup(config: Configuration) -> Finding:
    """Return how old the last backup of the database is, and whether it is on the other site."""
    last, key = last_backup(config.database.path), "backup"
    if last is None:
        level: Level = "warning" if config.backup is None else "bad"
        return Finding(_("database backup"), key, level, _("none was made by nocd backup"))
    age = clock_of(config).now() - last.at
    hours = max(0, round(age.total_seconds() / 3600))
    text = _("the last is {hours} h old: {file}").format(hours=hours, file=last.file)
    if last.sent is False:
        return Finding(_("database backup"), key, "bad", f"{text}; {last.said}")
    limit = BackupConfig() if config.backup is None else config.backup
    late = age > timedelta(hours=limit.max_age_hours) or last.verdict != Verdict.INTACT
    return Finding(_("database backup"), key, "bad" if late else "good", text)


def _clusters(arguments: argparse.Namespace, config: Configuration) -> tuple[list[Finding], bool]:
    """Return what is found about the clusters, and whether it was `nocd` that answered."""
    try:
        return ask(arguments, config, DOCTOR()), True
    except OutOfReach as unreachable:
        silent = Finding("nocd", "socket.path", "bad", str(unreachable))
        return [silent, *_tried_here(arguments)], False


def _tried_here(arguments: argparse.Namespace) -> list[Finding]:
    """Without a daemon: an account that may read the token files can still try them."""
    from noc_tui.daemon.doctor.examination import examine

    try:
        config, secrets = load_for_daemon(configuration_file(arguments))
    except ConfigurationError as error:
        told = set(find_unsafe_directories(load_configuration(arguments)))
        return [
            Finding(_("configuration"), problem.key, "bad", str(problem))
            for problem in error.problems
            if (problem.key, problem.text) not in told
        ]
    return asyncio.run(examine(config, secrets, SystemClock()))
