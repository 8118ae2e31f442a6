"""`noc-tui sla`: what a month comes to, from a document, and a tenant's statement."""

import argparse
import sys
from collections.abc import Iterable, Iterator

import msgspec

from noc_tui.clock import SystemClock
from noc_tui.contract import sla_document
from noc_tui.contract.availability import Commitment
from noc_tui.contract.calendar import micros
from noc_tui.contract.sla_document import BadDocumentError
from noc_tui.contract.terms import load_terms


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `compute`."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    compute = verbs.add_parser("compute", help="work out one document read from standard input")
    compute.add_argument("--batch", action="store_true", help="a document a line, a result a line")


def run(arguments: argparse.Namespace) -> int:
    """Run the verb that was asked for; returns the exit code."""
    commitment = Commitment.of(load_terms().availability)
    if arguments.batch:
        return _batch(commitment)
    return _single(commitment)


def _single(commitment: Commitment) -> int:
    try:
        result = _answer(sys.stdin.buffer.read(), commitment)
    except BadDocumentError as error:
        sys.stderr.write(f"noc-tui sla compute: {error}\n")
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
            yield msgspec.json.encode({"error": str(error)})


def _answer(raw: bytes, commitment: Commitment) -> bytes:
    now = micros(SystemClock().now())
    return msgspec.json.encode(sla_document.answer(sla_document.read(raw), commitment, now))


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
