"""`noc-tui sla`: what a month comes to, from a document, and a tenant's statement."""

import argparse
import sys
from collections.abc import Iterable, Iterator

import msgspec

from noc_tui.clock import SystemClock
from noc_tui.commands.options import common_options
from noc_tui.contract import sla_document
from noc_tui.contract.availability import Commitment
from noc_tui.contract.calendar import micros
from noc_tui.contract.sla_document import BadDocumentError
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.i18n import _
from noc_tui.labels import decoding


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs and what each needs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    text = _("work out one document read from standard input")
    compute = verbs.add_parser("compute", help=text, description=text, parents=[common_options()])
    compute.add_argument(
        "--batch", action="store_true", help=_("a document a line, a result a line")
    )
    text = _("a tenant's month as both sides can check it")
    made = verbs.add_parser("statement", help=text, description=text, parents=[common_options()])
    made.add_argument("--tenant", required=True, metavar=_("TENANT"), help=_("its id"))
    made.add_argument("--month", required=True, metavar=_("YYYY-MM"), help=_("the month"))
    made.add_argument(
        "--format", choices=("md", "html", "pdf", "json"), default="md", help=_("how")
    )
    made.add_argument(
        "--json", dest="format", action="store_const", const="json", help=_("one JSON document")
    )
    text = _("every tenant's month, who is nearest to a credit first; claims to answer")
    listed = verbs.add_parser("list", help=text, description=text, parents=[common_options()])
    listed.add_argument("--month", metavar=_("YYYY-MM"), help=_("without it, the present one"))
    listed.add_argument("--json", action="store_true", help=_("one JSON document"))
    _credit(verbs)
    _reparations(verbs)


def _credit(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for name, text in (
        ("claim", _("put a client's request for a credit on record")),
        ("correct", _("correct a request that was entered wrongly; both stay on record")),
        ("grant", _("grant the credit that was claimed")),
        ("refuse", _("refuse the credit that was claimed")),
    ):
        step = verbs.add_parser(name, help=text, description=text, parents=[common_options()])
        step.add_argument("--tenant", required=True, metavar=_("TENANT"), help=_("its id"))
        step.add_argument("--month", required=True, metavar=_("YYYY-MM"), help=_("the month"))
        if name in {"claim", "correct"}:
            step.add_argument("--sent", required=True, help=_("RFC 3339, with its offset"))
            received = {
                "claim": _("RFC 3339; without it, now"),
                "correct": _("RFC 3339; without it, as it is on record"),
            }
            step.add_argument("--received", help=received[name])
            step.add_argument("--channel", required=True)
            step.add_argument("--reference", default="")
        if name in {"correct", "refuse"}:
            step.add_argument("--reason", required=True)
        if name == "grant":
            text = _(
                "a credit that exceeds what the cap of art. 12 leaves: in full, or cut to that"
            )
            step.add_argument("--beyond-cap", choices=("full", "cut"), help=text)
            step.add_argument("--reason", default="", help=_("why, beyond the cap"))


def _reparations(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    text = _("reparations and credits against the cap of art. 12, client by client")
    cap = verbs.add_parser("cap", help=text, description=text, parents=[common_options()])
    cap.add_argument("--tenant", metavar=_("TENANT"), help=_("else all of them"))
    cap.add_argument("--json", action="store_true", help=_("one JSON document"))
    text = _("note a sum paid as reparation besides credits (art. 12); a lead does")
    paid = verbs.add_parser("reparation", help=text, description=text, parents=[common_options()])
    paid.add_argument("--tenant", required=True, metavar=_("TENANT"), help=_("its id"))
    paid.add_argument("--amount", required=True, metavar=_("EUROS"), help=_("without tax"))
    paid.add_argument("--on", required=True, metavar=_("DAY"), help=_("when it was decided"))
    paid.add_argument("--kind", choices=("damages", "settlement", "goodwill"), required=True)
    paid.add_argument("--for", dest="subject", required=True, metavar=_("TEXT"))
    paid.add_argument("--reference", default="")
    text = _("the gross or wilful fault that lifts the cap")
    paid.add_argument("--uncapped", default="", metavar=_("TEXT"), help=text)
    text = _("note that a reparation was entered wrongly; a lead does")
    gone = verbs.add_parser(
        "withdraw-reparation", help=text, description=text, parents=[common_options()]
    )
    gone.add_argument("number", type=int, help=_("its number"))
    gone.add_argument("--reason", required=True)


def run(arguments: argparse.Namespace) -> int:
    """Run the verb that was asked for; returns the exit code."""
    if arguments.verb in {"claim", "correct", "grant", "refuse"}:
        from noc_tui.commands import sla_statement

        return sla_statement.credit(arguments)
    if arguments.verb in {"cap", "reparation", "withdraw-reparation"}:
        from noc_tui.commands import sla_cap

        return sla_cap.run(arguments)
    if arguments.verb == "list":
        from noc_tui.commands import sla_list

        return sla_list.run(arguments)
    if arguments.verb == "statement":
        # It opens the database, which `compute` has no need to import.
        from noc_tui.commands import sla_statement

        return sla_statement.run(arguments)
    # The document names no tenant: the shipped terms, whatever is configured.
    commitment = Commitment.of(load_shipped_book().default.availability)
    if arguments.batch:
        return _batch(commitment)
    return _single(commitment)


def _single(commitment: Commitment) -> int:
    try:
        result = _answer(sys.stdin.buffer.read(), commitment)
    except BadDocumentError as error:
        sys.stderr.write(f"noc-tui sla compute: {_said(error)}\n")
        return 2
    _write(result)
    return 0


def _batch(commitment: Commitment) -> int:
    for line in _answers(sys.stdin.buffer, commitment):
        _write(line)
    return 0


def _answers(lines: Iterable[bytes], commitment: Commitment) -> Iterator[bytes]:
    for line in lines:
        try:
            yield _answer(line, commitment)
        except BadDocumentError as error:
            yield msgspec.json.encode({"error": _said(error)})


def _answer(raw: bytes, commitment: Commitment) -> bytes:
    now = micros(SystemClock().now())
    return msgspec.json.encode(sla_document.answer(sla_document.read(raw), commitment, now))


def _said(error: BadDocumentError) -> str:
    cause = error.__cause__
    if isinstance(cause, msgspec.DecodeError | UnicodeDecodeError | RecursionError):
        return decoding.sentence(cause)
    field, _colon, what = str(error).partition(": ")
    return f"{field}: {decoding.translate_reason(what)}"


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
