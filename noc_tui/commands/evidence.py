"""`noc-tui evidence`: verify chain or pack, search, export a case, sign the head, registers."""

import argparse
import os
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from noc_tui.alive import listens
from noc_tui.api import evidence as api
from noc_tui.api.endpoint import Endpoint
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput, CommandFailure, OutOfReach
from noc_tui.commands.options import common_options, given_instant
from noc_tui.commands.output import say, say_json
from noc_tui.commands.reading import read
from noc_tui.commands.record_text import explain_report, explain_sealed
from noc_tui.config import Configuration
from noc_tui.i18n import _
from noc_tui.queries.kept_heads import read_kept_heads
from noc_tui.queries.record_check import UNREADABLE_ROWS, check_record
from noc_tui.statement.manifest import is_folder
from noc_tui.text import visible
from storage import evidence
from storage.bound_tables import BOUND_TABLES, SIGNED_TABLES
from storage.connection import Readable
from storage.direct import answer
from storage.errors import StorageError
from storage.heads import HEAD, Head
from storage.register import TENANTS
from storage.sealed import SealedVerdict, compare_sealed, is_missing, sealed_path
from storage.tables import Table
from storage.verdict import Report, Verdict

if TYPE_CHECKING:
    from noc_tui.evidence.pack_verifier import PackReport

_OUT_OF_REACH = 3
_QUIET = 2.0
"""Seconds between two words on how far a long verification is."""
_PATIENCE = 600.0
"""Seconds for a pack: it holds a hash for every entry since the subject's first."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    text = _("is the chain what was written? Exit code 0 only if intact")
    one = verbs.add_parser("verify", help=text, description=text, parents=[common_options()])
    one.add_argument("--database", metavar=_("FILE"), help=_("else the configured one"))
    one.add_argument("--head", metavar=_("FILE"), help=_("heads kept outside, one a line"))
    text = _("certificates of the time-stamping authority, else the configured ones")
    one.add_argument("--tsa-ca", metavar=_("FILE"), help=text)
    text = _("compare the rows of this table only; may be given several times")
    one.add_argument("--table", action="append", metavar=_("TABLE"), help=text)
    text = _("leave out rows that concern other tenants only")
    one.add_argument("--tenant", metavar=_("TENANT"), help=text)
    one.add_argument("--json", action="store_true", help=_("one JSON document"))
    text = _(
        "is a case's pack, or a folder of a month's statements, what was signed? Exit code 0 only"
        " if intact"
    )
    one = verbs.add_parser("verify-pack", help=text, description=text, parents=[common_options()])
    one.add_argument("pack", metavar=_("PACK"), help=_("the zip, or the folder"))
    text = _("the signer's key as it is known from elsewhere: PEM, or heads")
    one.add_argument("--key", metavar=_("FILE"), help=text)
    one.add_argument("--head", metavar=_("FILE"), help=_("heads kept outside, one a line"))
    one.add_argument("--unsigned", action="store_true", help=_("accept a pack without a signature"))
    text = _("also compare the pack's entries with those of this database")
    one.add_argument("--database", metavar=_("FILE"), help=text)
    one.add_argument("--json", action="store_true", help=_("one JSON document"))
    text = _("a case as a zip that can be verified elsewhere")
    one = verbs.add_parser("export", help=text, description=text, parents=[common_options()])
    one.add_argument("subject", metavar=_("SUBJECT"), help=_("tenant:acme, guest:rennes/101, …"))
    one.add_argument("--out", metavar=_("FILE"), help=_("else standard output"))
    text = _("sign the head now and print it; keep it outside this machine")
    one = verbs.add_parser("anchor", help=text, description=text, parents=[common_options()])
    one.add_argument("--out", metavar=_("FILE"), help=_("add the line to this file as well"))
    text = _("the time stamps over signed heads, as files that openssl checks too")
    one = verbs.add_parser("time-stamps", help=text, description=text, parents=[common_options()])
    one.add_argument("--database", metavar=_("FILE"), help=_("else the configured one"))
    text = _("a folder for the files that openssl ts -verify reads")
    one.add_argument("--out", metavar=_("DIR"), help=text)
    text = _("a new signing key in the place of the old one, which endorses it; leads")
    one = verbs.add_parser("rotate-key", help=text, description=text, parents=[common_options()])
    one.add_argument("--out", metavar=_("FILE"), help=_("add the line to this file as well"))
    text = _("ask that contents whose time is over be erased; another lead confirms; leads")
    one = verbs.add_parser("erase", help=text, description=text, parents=[common_options()])
    one.add_argument("entries", nargs="+", type=int, metavar=_("ENTRY"), help=_("its number"))
    one.add_argument("--reason", required=True, metavar=_("TEXT"), help=_("it stays on record"))
    text = _("confirm the erasure that another lead asked for within the last day; leads")
    one = verbs.add_parser(
        "confirm-erasure", help=text, description=text, parents=[common_options()]
    )
    one.add_argument("request", type=int, metavar=_("ENTRY"), help=_("the request's number"))
    text = _("what is kept how long, and what the next nightly run erases and why; leads")
    one = verbs.add_parser("retention", help=text, description=text, parents=[common_options()])
    one.add_argument("--json", action="store_true", help=_("one JSON document"))
    text = _("erasures that wait for a lead, and contents that only two leads erase; leads")
    one = verbs.add_parser("erasures", help=text, description=text, parents=[common_options()])
    one.add_argument("--json", action="store_true", help=_("one JSON document"))
    text = _("accept entries that nocd found unsigned; leads")
    one = verbs.add_parser(
        "accept-unsigned", help=text, description=text, parents=[common_options()]
    )
    text = _("the number of the entry that names them")
    one.add_argument("entry", type=int, metavar=_("ENTRY"), help=text)
    one.add_argument("--reason", required=True, metavar=_("TEXT"), help=_("it stays on record"))
    text = _("accept that signed sums are not as nocd left them, and sign them anew; two leads")
    one = verbs.add_parser("accept-fault", help=text, description=text, parents=[common_options()])
    one.add_argument("--reason", required=True, metavar=_("TEXT"), help=_("it stays on record"))
    text = _("what was done, newest first")
    one = verbs.add_parser("list", help=text, description=text, parents=[common_options()])
    one.add_argument("--about", metavar=_("SUBJECT"), help=_("tenant:acme, guest:rennes/101, …"))
    one.add_argument("--by", metavar=_("ACCOUNT"), help=_("whose acts"))
    one.add_argument("--kind", metavar=_("KIND"), help=_("exact, or a beginning such as mail."))
    one.add_argument("--since", metavar=_("TIME"), help=_("RFC 3339"))
    one.add_argument("--until", metavar=_("TIME"), help=_("RFC 3339, itself left out"))
    one.add_argument("--text", metavar=_("TEXT"), help=_("what the content holds"))
    one.add_argument("--limit", type=int, default=100, metavar="N", help=_("at most so many"))
    one.add_argument("--json", action="store_true", help=_("one JSON document"))
    text = _("requests of authorities, disclosures, circumstances: list them, or add one")
    one = verbs.add_parser("register", help=text, description=text, parents=[common_options()])
    one.add_argument("register", choices=("authority", "disclosure", "circumstance"))
    one.add_argument("--add", metavar=_("TEXT"), help=_("write a line into the register"))
    one.add_argument("--reference", metavar=_("REFERENCE"), help=_("the letter's or the order's"))
    one.add_argument(
        "--tenant", metavar=_("TENANT"), default="", help=_("the person or tenant concerned")
    )
    one.add_argument("--json", action="store_true", help=_("one JSON document"))


def run(arguments: argparse.Namespace) -> int:
    """Run the verb that was asked for; returns the exit code."""
    if arguments.verb == "verify":
        return _verify(arguments)
    if arguments.verb == "verify-pack":
        return _verify_pack(arguments)
    if arguments.verb == "time-stamps":
        from noc_tui.commands import time_stamps

        return time_stamps.run(arguments)
    if arguments.verb == "export":
        return _export(arguments)
    if arguments.verb == "list":
        return _list(arguments)
    if arguments.verb == "register":
        return _register(arguments)
    if arguments.verb in {"erase", "confirm-erasure", "erasures", "retention"}:
        from noc_tui.commands import erasures

        return erasures.run(arguments)
    if arguments.verb in {"accept-unsigned", "accept-fault"}:
        from noc_tui.commands import unsigned_entries

        return unsigned_entries.run(arguments)
    if arguments.verb == "rotate-key":
        return _signed(arguments, api.ROTATE_KEY)
    return _signed(arguments, api.ANCHOR)


def _register(arguments: argparse.Namespace) -> int:
    config = load_configuration(arguments)
    if arguments.add:
        if not arguments.reference:
            raise BadInput(_("a line of a register needs its --reference"))
        line = api.RegisterLine(
            register=arguments.register,
            reference=arguments.reference,
            text=arguments.add,
            tenant=arguments.tenant,
        )
        ask(arguments, config, api.REGISTER(line))
    subject = f"tenant:{arguments.tenant}" if arguments.tenant else None
    kind = f"register.{arguments.register}"
    query = evidence.Query(kind=kind, subject=subject, limit=10_000)
    return _say(config, query, as_json=arguments.json)


def _list(arguments: argparse.Namespace) -> int:
    query = evidence.Query(
        subject=arguments.about,
        account=arguments.by,
        kind=arguments.kind,
        since=given_instant("--since", arguments.since),
        until=given_instant("--until", arguments.until),
        text=arguments.text,
        limit=max(1, arguments.limit),
    )
    return _say(load_configuration(arguments), query, as_json=arguments.json)


def _say(config: Configuration, query: evidence.Query, *, as_json: bool) -> int:
    entries = read(config, lambda db: evidence.search(db, query))
    if as_json:
        say_json(entries)
        return 0
    for entry in entries:
        at = entry.at.isoformat(timespec="seconds").replace("+00:00", "Z")
        about = visible(", ".join(entry.subjects))
        content = visible(entry.payload or "")
        say(f"{entry.seq:6}  {at}  {visible(entry.account)}  {visible(entry.kind)}  {about}")
        say(f"        {content}")
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    heads = read_heads(Path(arguments.head)) if arguments.head else []
    path = (
        Path(arguments.database)
        if arguments.database
        else load_configuration(arguments).database.path
    )
    from noc_tui.commands.time_stamps import with_time_stamps

    tables = choose_tables(arguments.table, (*BOUND_TABLES, *SIGNED_TABLES))
    _require_tenant(path, arguments.tenant)
    found = check_record(
        path, heads, tables=tables, tenant=arguments.tenant, progress=_Progress().show
    )
    report, stamped = with_time_stamps(found, path, arguments)
    sealed = _sealed_verdict(path, in_place=not arguments.database)
    if arguments.json:
        said = {"looked_at": sealed is not None, **(msgspec.to_builtins(sealed) if sealed else {})}
        told = {**_with_comparison(report, arguments), "sealed": said, "time_stamps": stamped}
        say_json(told)
    else:
        say(report.verdict)
        lines = [*explain_report(report, arguments), explain_sealed(sealed)]
        sys.stderr.write("".join(f"{line}\n" for line in lines))
    whole = sealed is None or sealed.verdict in (Verdict.INTACT, Verdict.EMPTY)
    return 0 if report.verdict is Verdict.INTACT and whole else 1


def _sealed_verdict(database: Path, *, in_place: bool) -> SealedVerdict | None:
    """What the sealed file beside a database is by the digests on its record; None where this
    account may not read it, and beside a copy, which has none.
    """
    path = sealed_path(database)
    if in_place and is_missing(database):
        reason = "digests of it were put on record, and there is no such file"
        return SealedVerdict(Verdict.TRUNCATED, 0, 0, reason)
    if not os.access(path.parent, os.X_OK) or not os.access(path, os.R_OK):
        return None
    try:
        return compare_sealed(database)
    except (StorageError, sqlite3.Error, ValueError) as error:
        return SealedVerdict(Verdict.UNREADABLE, 0, 0, str(error))


def choose_tables(
    names: Sequence[str] | None, every: Sequence[Table[Any]] = BOUND_TABLES
) -> Sequence[Table[Any]]:
    """Those of these names, or all of them. Exit code 2 for one that is none."""
    known = {table.name: table for table in every}
    for name in names or ():
        if name not in known:
            text = _("no such table: {name}; there are {known}")
            raise BadInput(text.format(name=visible(name), known=", ".join(sorted(known))))
    return every if names is None else [known[name] for name in dict.fromkeys(names)]


def _require_tenant(path: Path, tenant: str | None) -> None:
    """Exit code 2 for a tenant that neither the register nor an entry names."""

    async def is_known(db: Readable) -> bool:
        query = evidence.Query(subject=f"tenant:{tenant}", limit=1)
        return bool(await TENANTS.where(db, "id = ?", tenant) or await evidence.search(db, query))

    if tenant is None:
        return
    try:
        known = answer(path, is_known)
    except (sqlite3.Error, OSError, *UNREADABLE_ROWS):
        return  # the verification says what is wrong with the file
    if not known:
        raise BadInput(_("no such tenant: {name}").format(name=visible(tenant)))


class _Progress:
    """Says on standard error how far a long verification is."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _QUIET

    def show(self, done: int, total: int) -> None:
        if time.monotonic() < self._next or not total:
            return
        self._next = time.monotonic() + _QUIET
        text = _("{percent} % (entries and rows: {total})").format(
            percent=done * 100 // total, total=total
        )
        sys.stderr.write(text + "\n")


def _with_comparison(report: Report, arguments: argparse.Namespace) -> dict[str, object]:
    """The report, whether a head from outside was compared and all rows were, and which columns no
    entry binds.
    """
    return {
        **msgspec.structs.asdict(report),
        "compared_outside": bool(report.outside),
        "all_rows": not (arguments.table or arguments.tenant),
        "unbound": {one.name: one.unbound for one in BOUND_TABLES if one.unbound},
    }


def read_heads(path: Path) -> list[Head]:
    """The heads of a file, one JSON line each. Exit code 2 when it holds none or a bad one."""
    try:
        lines = [line for line in path.read_bytes().splitlines() if line.strip()]
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
    if not lines:
        raise BadInput(_("{file}: there is no head in it").format(file=path))
    try:
        heads = [HEAD.decode(line) for line in lines]
        for head in heads:
            head.message()
    except ValueError as error:  # msgspec's own errors are ValueErrors too
        raise BadInput(_("{file}: not a head: {error}").format(file=path, error=error)) from error
    return heads


def _verify_pack(arguments: argparse.Namespace) -> int:
    from noc_tui.evidence import pack_verifier

    try:
        known = pack_verifier.read_known(arguments.key, arguments.head)
    except pack_verifier.UsageError as error:
        raise BadInput(str(error)) from error
    if is_folder(Path(arguments.pack)):
        from noc_tui.commands import paper_folder

        return paper_folder.verify(arguments, known.keys or ())
    report = pack_verifier.verify_pack(arguments.pack, known, unsigned=arguments.unsigned)
    if arguments.database and report.verdict == pack_verifier.INTACT:
        report = _compared_pack(report, arguments.pack, Path(arguments.database))
    if not arguments.json:
        return pack_verifier.print_verdict(report)
    say_json({"verdict": report.verdict, "lines": report.lines})
    return 0 if report.verdict == pack_verifier.INTACT else 1


def _compared_pack(report: "PackReport", pack: str, database: Path) -> "PackReport":
    """The report with what the database says of the pack's entries."""
    from noc_tui.evidence import pack_verifier
    from noc_tui.evidence.pack import missing_from_pack

    try:
        missing = missing_from_pack(pack_verifier.read_files(pack), database)
    except (sqlite3.Error, OSError, ValueError) as error:
        raise BadInput(f"{database}: {error}") from error
    if missing:
        return pack_verifier.PackReport(pack_verifier.INCOMPLETE, [*report.lines, missing])
    return report._replace(lines=[*report.lines, "database: it has the same entries"])


def _export(arguments: argparse.Namespace) -> int:
    config = load_configuration(arguments)
    try:
        data = _signed_pack(arguments, config)
    except CommandFailure as failure:
        if failure.code != _OUT_OF_REACH:
            raise
        data = _unsigned_pack(config, arguments.subject)
        text = _("the pack is not signed, and later entries than the newest head are not covered:")
        sys.stderr.write(f"{text} {failure}\n")
        text = _("nocd does not answer: whether this pack may be sent is not known")
        sys.stderr.write(f"noc-tui: {text}\n")
    _write(data, arguments.out)
    return 0


def _signed_pack(arguments: argparse.Namespace, config: Configuration) -> bytes:
    """The pack that `nocd` makes and signs. Raises `CommandFailure`."""
    socket = config.socket.path
    if not listens(socket):
        raise OutOfReach(_("nocd does not listen on {socket}").format(socket=socket))
    request = api.EXPORT(api.Case(arguments.subject))
    return ask(arguments, config, request, timeout=_PATIENCE).zip


def _unsigned_pack(config: Configuration, subject: str) -> bytes:
    """The pack as this account can make it, which has no key. Exit code 3 without a database."""
    from noc_tui.evidence.pack import NotAsWritten, pack_of

    file = config.database.path
    try:
        pack = pack_of(file, subject, kept=read_kept_heads(config))
    except (OSError, sqlite3.Error) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise OutOfReach(f"{file}: {why}") from error
    except NotAsWritten as error:
        raise CommandFailure(f"{file}: {error}", 1) from error
    if pack is None:
        raise BadInput(_("there is no evidence about {name}").format(name=subject))
    return pack


def _write(data: bytes, out: str | None) -> None:
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        Path(out).write_bytes(data)
    except OSError as error:
        raise BadInput(f"{out}: {error.strerror}") from error


def _signed(arguments: argparse.Namespace, endpoint: Endpoint[None, api.Head]) -> int:
    """Have `nocd` sign the head, and print its line."""
    head = ask(arguments, load_configuration(arguments), endpoint())
    if arguments.out:
        try:
            with Path(arguments.out).open("a", encoding="utf-8") as file:
                file.write(head.line() + "\n")
        except OSError as error:
            raise BadInput(f"{arguments.out}: {error.strerror}") from error
    say(head.line())
    return 0
