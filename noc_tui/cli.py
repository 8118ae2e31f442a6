"""The two entry points, `noc-tui` and `nocd`: which commands there are, and what they share.

A command's module is imported only when it is called: start-up time is imports. Exit codes: 0 done,
1 the check failed, 2 bad usage or input, 3 `nocd` or a cluster cannot be reached, 4 refused.
"""

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

import msgspec

from noc_tui import __version__, i18n, usage
from noc_tui.commands.failure import CommandFailure
from noc_tui.commands.options import common_options
from noc_tui.i18n import N_, _


class CliCommand(Protocol):
    """What a module under `noc_tui/commands/` offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's own arguments."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it; the exit code. A failure is raised as `CommandFailure`."""
        ...


class CliEntry(msgspec.Struct, frozen=True):
    """One line of a program's table of commands."""

    name: str
    help: str
    module: str

    def load(self) -> CliCommand:
        """Import the module of the command."""
        return cast(CliCommand, import_module(f"noc_tui.commands.{self.module}"))


NOC_TUI = (
    CliEntry("console", N_("the console (also without a command)"), "console"),
    CliEntry("demo", N_("the console on a simulated estate"), "demo"),
    CliEntry("simulator", N_("a simulated Proxmox alone"), "simulator"),
    CliEntry("status", N_("one look at the state, without a screen"), "status"),
    CliEntry("guest", N_("acts on guests: snapshot, backup, restore test, migration"), "guest"),
    CliEntry("node", N_("a node: emptied of its guests, HA’s maintenance"), "node"),
    CliEntry("tenants", N_("the tenant register"), "tenants"),
    CliEntry("payments", N_("invoices and direct debits, as accounting exports them"), "payments"),
    CliEntry("sla", N_("availability: compute, statement"), "sla"),
    CliEntry("month", N_("the month's end: what is open, closing, papers"), "month"),
    CliEntry("incident", N_("incidents"), "incident"),
    CliEntry("suspension", N_("suspensions, from ground to restoration"), "suspension"),
    CliEntry("authority", N_("orders and reports of authorities"), "authority"),
    CliEntry("scope", N_("Annexe 2: is this ticket ours?"), "scope"),
    CliEntry("promises", N_("the promises of annexe 2 that are watched"), "promises"),
    CliEntry("backups", N_("backup servers, guests whose backups are in trouble"), "backups"),
    CliEntry("legal", N_("breaches, sub-processors, records of processing"), "legal"),
    CliEntry("reversibility", N_("the copy owed at the end of a contract"), "reversibility"),
    CliEntry("handover", N_("shift handover"), "handover"),
    CliEntry("evidence", N_("the evidence chain"), "evidence"),
    CliEntry("contract", N_("the official text of the contract"), "contract"),
    CliEntry("doctor", N_("configuration, reachability, privileges, clock, chain, disk"), "doctor"),
    CliEntry("prober", N_("probes from another network"), "prober"),
)
NOCD = (
    CliEntry("run", N_("the daemon (also without a command)"), "nocd"),
    CliEntry("check", N_("check the configuration, all problems at once"), "nocd_check"),
    CliEntry("backup", N_("copy the database while nocd runs"), "nocd_backup"),
    CliEntry("page", N_("tell the receivers something, without the daemon"), "nocd_page"),
    CliEntry("restore", N_("put a backup of the database in its place"), "nocd_restore"),
    CliEntry("rebuild", N_("compare the database with its evidence log"), "nocd_rebuild"),
    CliEntry("resume", N_("after a restore: read what is held, let it go"), "nocd_resume"),
    CliEntry("clock", N_("is the machine's clock believed? A lead confirms it"), "nocd_clock"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """`noc-tui`: the exit code."""
    return _call("noc-tui", NOC_TUI, sys.argv[1:] if arguments is None else list(arguments))


def nocd(arguments: Sequence[str] | None = None) -> int:
    """`nocd`: the exit code."""
    return _call("nocd", NOCD, sys.argv[1:] if arguments is None else list(arguments))


def _call(program: str, table: Sequence[CliEntry], words: list[str]) -> int:
    i18n.use(_asked_language(words) or i18n.from_locale())
    usage.prepare_streams()
    usage.teach_argparse(i18n.language())
    if strange := usage.unreadable_argument(words):
        sys.stderr.write(f"{program}: {strange}\n")
        return 2
    arguments = _parser(program, table, words).parse_args(words)
    entry = next(e for e in table if e.name == (arguments.command or table[0].name))
    try:
        code = entry.load().run(arguments)
        sys.stdout.flush()  # while what goes wrong with it can still be told
        return code
    except CommandFailure as failure:
        sys.stderr.write(f"{program}: {failure}\n")
        return failure.code
    except BrokenPipeError:
        _forget_output()
        return 0
    except OSError as error:
        if error.filename is None:
            if error.errno != errno.ENOSPC:
                raise
            _forget_output()
            sys.stderr.write(f"{program}: {_('standard output')}: {error.strerror}\n")
            return 1
        sys.stderr.write(f"{program}: {os.fsdecode(error.filename)}: {error.strerror}\n")
        return 2
    except KeyboardInterrupt:
        return 130


def _forget_output() -> None:
    """What is left of it goes nowhere, so that the interpreter's end does not fail over it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _asked_language(words: list[str]) -> i18n.Language | None:
    for index, word in enumerate(words):
        value = word.partition("=")[2] or (words[index + 1] if index + 1 < len(words) else "")
        if word.split("=")[0] == "--lang" and value in i18n.LANGUAGES:
            return value
    return None


def _parser(program: str, table: Sequence[CliEntry], words: list[str]) -> argparse.ArgumentParser:
    # Parsers that inherit one parent share its options, defaults included: each gets its own.
    parser = argparse.ArgumentParser(prog=program, parents=[common_options()])
    parser.set_defaults(config=os.environ.get("NOC_CONFIG"), play=None, lang=None)
    parser.add_argument("--version", action="version", version=f"{program} {__version__}")
    commands = parser.add_subparsers(dest="command", metavar=_("COMMAND"))
    for entry in table:
        text = _(entry.help)
        if entry.name not in words:  # it is listed, and never parsed with: options cost a start
            commands.add_parser(entry.name, help=text, add_help=False)
            continue
        options = [common_options()]
        sub = commands.add_parser(entry.name, help=text, description=text, parents=options)
        entry.load().add_arguments(sub)
    return parser
