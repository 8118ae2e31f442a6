"""What the verbs of `noc-tui suspension` take."""

import argparse
from pathlib import Path
from typing import Any

from noc_tui.commands.failure import BadInput
from noc_tui.commands.options import common_options
from noc_tui.i18n import N_, _
from noc_tui.proofs import Proof, file_proof, proof

_CASE_VERBS = (
    ("show", N_("a case, its checklist, its countdown")),
    ("rehearse", N_("every call that the plan would make now, none made")),
    ("check", N_("is everything there that the ground asks for? Exit code 4 if not")),
    ("notice", N_("write, send or set aside the mail to the client")),
    ("approve", N_("agree to another's plan")),
    ("order", N_("carry it out")),
    ("reapply", N_("apply it again where it no longer holds")),
    ("review", N_("the second look that a lone order owes")),
    ("remedy", N_("the cause is remedied")),
    ("restore", N_("bring back what was before")),
    ("data-access", N_("open or close the client's way to its data")),
    ("letter", N_("a termination letter went by post")),
    ("file", N_("what a termination letter needs: facts, days, mails, evidence")),
    ("cancel", N_("drop a case that was not carried out")),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare every verb."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    one = _verb(verbs, "list", _("cases, active first"))
    one.add_argument("--all", action="store_true", help=_("also those that are over"))
    _plan(_verb(verbs, "plan", _("open a case or change a draft")))
    made = {name: _verb(verbs, name, _(text)) for name, text in _CASE_VERBS}
    for one in made.values():
        one.add_argument("case", metavar=_("CASE"))
    made["check"].add_argument(
        "--waive", action="append", default=[], metavar="STEP=REASON", help=_("set a step aside")
    )
    _notice(made["notice"])
    for name in ("approve", "order"):
        text = _("the digest that `show` gives: what you have read")
        made[name].add_argument("--digest", required=True, help=text)
    made["order"].add_argument("--tenant-name", required=True, help=_("typed as a confirmation"))
    made["order"].add_argument(
        "--break-glass", action="store_true", help=_("order alone; a review is owed")
    )
    for name in ("review", "remedy", "letter", "cancel"):
        made[name].add_argument("text", metavar=_("TEXT"))
    made["restore"].add_argument("--found", default="", help=_("what was found"))
    made["restore"].add_argument("--guest", action="append", default=[], metavar="CLUSTER/VMID")
    made["data-access"].add_argument("way", choices=("open", "close"))


def _verb(verbs: Any, name: str, text: str) -> argparse.ArgumentParser:
    one: argparse.ArgumentParser = verbs.add_parser(
        name, help=text, description=text, parents=[common_options()]
    )
    one.add_argument("--json", action="store_true", help=_("one JSON document"))
    return one


def _plan(one: argparse.ArgumentParser) -> None:
    one.add_argument("--case", metavar=_("CASE"), help=_("change this draft"))
    one.add_argument("--tenant", metavar=_("TENANT"))
    one.add_argument("--ground", metavar=_("GROUND"))
    one.add_argument("--rehearsal", action="store_true", help=_("nothing is changed or sent"))
    one.add_argument("--guest", action="append", metavar="CLUSTER/VMID")
    one.add_argument("--all-services", action="store_true", help=_("every guest of the tenant"))
    one.add_argument("--means", action="append", metavar=_("MEANS"))
    one.add_argument("--statement", help=_("why the breach is repeated or serious"))
    one.add_argument("--fact", action="append", default=[], metavar="KEY=ANSWER")
    one.add_argument("--tick", action="append", default=[], metavar="TARGET=TEXT")
    one.add_argument("--tick-file", action="append", default=[], metavar="TARGET=FILE")
    one.add_argument("--cite", action="append", metavar=_("GROUND"))
    one.add_argument("--aspect", action="append", metavar=_("ASPECT"))


def _notice(one: argparse.ArgumentParser) -> None:
    one.add_argument("--language", choices=("fr", "en"))
    one.add_argument("--subject")
    one.add_argument("--body-file", type=Path, metavar=_("FILE"))
    how = one.add_mutually_exclusive_group()
    how.add_argument("--draft", action="store_true", help=_("from the ground's template"))
    how.add_argument("--send", action="store_true", help=_("queue it"))
    how.add_argument("--after", action="store_true", help=_("tell as soon as possible after"))
    how.add_argument("--waive", metavar=_("REASON"))
    how.add_argument("--withhold", metavar=_("REASON"), help=_("an authority forbids it"))


def edit_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """The body of an edit from `plan`'s arguments: what was given. Exit code 2 if malformed."""
    edit: dict[str, Any] = {
        "guests": arguments.guest,
        "means": arguments.means,
        "statement": arguments.statement,
        "cites": arguments.cite,
        "aspects": arguments.aspect,
        "facts": dict(map(pair, arguments.fact)) or None,
        "ticks": _ticks(arguments) or None,
    }
    if arguments.all_services:
        edit["scope"] = "tenant"
    elif arguments.guest:
        edit["scope"] = "guests"
    return {key: value for key, value in edit.items() if value is not None}


def pair(text: str) -> tuple[str, str]:
    """`KEY=VALUE`; exit code 2 for anything else."""
    key, found, value = text.partition("=")
    if not found or not key:
        raise BadInput(_("write KEY=VALUE, not {text!r}").format(text=text))
    return key, value


def _ticks(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    ticks: dict[str, list[Proof]] = {}
    for target, text in map(pair, arguments.tick):
        ticks.setdefault(target, []).append(proof(text))
    for target, name in map(pair, arguments.tick_file):
        ticks.setdefault(target, []).append(_file(Path(name)))
    return [{"target": target, "evidence": found} for target, found in ticks.items()]


def _file(path: Path) -> Proof:
    try:
        return file_proof(path)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
