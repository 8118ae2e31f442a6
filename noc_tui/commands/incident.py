"""`noc-tui incident`: list and show from the database, everything else through `nocd`."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

from noc_tui.api import announcements, downtime, incidents
from noc_tui.api.authority import HELD_OUTAGES
from noc_tui.api.endpoint import Request
from noc_tui.api.suspension import FileContent
from noc_tui.breach_evidence import read_file
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput, CommandFailure
from noc_tui.commands.options import common_options
from noc_tui.commands.output import say, say_json, table
from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.contract.attribution import Party
from noc_tui.contract.calendar import instant
from noc_tui.contract.instants import parse_instant
from noc_tui.contract.sla_document import Basis
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.incidents import kind_of, proposed_text, state_of
from noc_tui.labels.statement import Words
from noc_tui.queries.incidents import list_incidents, read_incident
from noc_tui.queries.open_decisions import OpenDecisions, read_open_decisions
from noc_tui.text import visible
from noc_tui.views.incident import (
    ExclusionLine,
    IncidentDocument,
    IncidentSummary,
    OutageLine,
    hold_proposals,
)

BASES = get_args(Basis)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs and their arguments."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=text, description=text, parents=[common_options()])

    for name, text in (("list", _("the newest first")), ("show", _("timeline, outages, gaps"))):
        reading = verb(name, text)
        reading.add_argument("--json", action="store_true", help=_("one JSON document"))
        if name == "show":
            _number(reading)
    text = _("what is pending: proposed decisions, open-ended exclusions, attributions")
    verb("decisions", text).add_argument("--json", action="store_true", help=_("one JSON document"))
    declare = verb("declare", _("open one by hand"))
    declare.add_argument("title")
    declare.add_argument("--ticket", default="", help=_("a ticket's reference"))
    for name, text in (
        ("ack", _("acknowledge it")),
        ("mitigate", _("the effect is over, the cause is not")),
        ("resolve", _("close it: each outage has an end and an attribution")),
        ("review", _("mark it reviewed")),
        ("note", _("add an internal note; it is never mailed")),
    ):
        step = verb(name, text)
        _number(step)
        step.add_argument("text", nargs="?" if name != "note" else None, default="")
        if name == "note":
            step.add_argument("--corrects", type=int, help=_("the line to correct"))
    _gathering(verb)
    _deciding(verb)


def _number(step: argparse.ArgumentParser) -> None:
    step.add_argument("number", type=int, help=_("the incident's number"))


def _gathering(verb: Callable[[str, str], argparse.ArgumentParser]) -> None:
    ticket = verb("ticket", _("link it to a ticket's reference"))
    _number(ticket)
    ticket.add_argument("ticket")
    merge = verb("merge", _("give its outages to another incident"))
    _number(merge)
    merge.add_argument("--into", type=int, required=True, help=_("the number of the other one"))
    gather = verb("gather", _("make an outage part of it"))
    _number(gather)
    gather.add_argument("--outage", type=int, required=True, help=_("its number"))
    split = verb("split", _("take some of its outages into an incident of their own"))
    _number(split)
    again = _("may be given several times")
    split.add_argument("--outage", type=int, action="append", required=True, help=again)
    split.add_argument("--title", required=True)
    message = verb("message", _("mail tenants about it; the only step that mails"))
    _number(message)
    message.add_argument("--tenant", action="append", required=True, help=again)
    message.add_argument("--subject", required=True)
    message.add_argument("--body", required=True)
    plan = verb("maintenance", _("plan a maintenance window: its tenants are mailed"))
    plan.add_argument("title")
    plan.add_argument("--tenant", action="append", required=True, help=again)
    plan.add_argument("--start", required=True, help=_("RFC 3339, with its offset"))
    plan.add_argument("--end", required=True, help=_("RFC 3339, with its offset"))
    plan.add_argument("--reason", required=True)
    plan.add_argument("--place", default="", help=_("cluster or cluster/node: its VMs are named"))
    off = verb("call-off", _("call a maintenance window off: its time counts again"))
    off.add_argument("--window", type=int, required=True, help=_("its number"))
    off.add_argument("--reason", required=True)


def _deciding(verb: Callable[[str, str], argparse.ArgumentParser]) -> None:
    attribute = verb("attribute", _("attribute an outage"))
    attribute.add_argument("--outage", type=int, required=True, help=_("its number"))
    attribute.add_argument("--party", choices=[one.value for one in Party], required=True)
    attribute.add_argument("--reason", required=True)
    _resting(attribute)
    client = verb("client-evidence", _("enter an outage that the client measured"))
    client.add_argument("--tenant", required=True, help=_("its id"))
    client.add_argument("--start", required=True, help=_("RFC 3339, with its offset"))
    client.add_argument("--end", required=True, help=_("RFC 3339, with its offset"))
    client.add_argument("--reason", required=True)
    client.add_argument("--incident", type=int, help=_("the incident that it is part of"))
    exclude = verb("exclude", _("take time out of the count"))
    again = _("may be given several times")
    exclude.add_argument("--tenant", action="append", required=True, help=again)
    exclude.add_argument("--start", required=True, help=_("RFC 3339, with its offset"))
    exclude.add_argument("--end", help=_("RFC 3339; without it the exclusion stays open"))
    exclude.add_argument("--basis", choices=BASES, required=True)
    exclude.add_argument("--reason", required=True)
    exclude.add_argument("--unannounced", action="store_true", help=_("mark it contestable"))
    _resting(exclude)
    _standing(verb)
    withdraw = verb("withdraw", _("let an excluded span count again"))
    withdraw.add_argument("--exclusion", type=int, required=True, help=_("its number"))
    withdraw.add_argument("--reason", required=True)


def _resting(deciding: argparse.ArgumentParser) -> None:
    """What a decision rests on; each basis asks for its own."""
    deciding.add_argument(
        "--evidence",
        action="append",
        default=[],
        help=_("a task id, an entry's number; of an attack file:…, flow:… or provider:…"),
    )
    deciding.add_argument(
        "--evidence-file",
        action="append",
        default=[],
        type=Path,
        metavar=_("FILE"),
        help=_("a file that shows the attack: it is kept with the decision, and in its pack"),
    )
    deciding.add_argument(
        "--because",
        default="",
        metavar=_("TEXT"),
        help=_("how a quota led to it, what the emergency was, why it was force majeure"),
    )
    deciding.add_argument(
        "--case",
        default="",
        metavar=_("CASE"),
        help=_("the suspension; without it, the one on record for that time"),
    )


def _standing(verb: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """What is done with an exclusion that lasts, and with a decision that waits."""
    end = verb("end-exclusion", _("say when an exclusion without an end ended"))
    end.add_argument("--exclusion", type=int, required=True, help=_("its number"))
    end.add_argument("--end", help=_("RFC 3339; without it, now"))
    again = verb("review-exclusion", _("an exclusion without an end still holds: said each day"))
    again.add_argument("--exclusion", type=int, required=True, help=_("its number"))
    again.add_argument("--note", default="", metavar=_("TEXT"))
    approve = verb("approve", _("agree, as second person, to a decision that lowers a figure"))
    approve.add_argument("--decision", type=int, required=True, help=_("its number"))
    approve.add_argument("--note", default="", metavar=_("TEXT"))
    decline = verb("decline", _("let a proposed decision fall"))
    decline.add_argument("--decision", type=int, required=True, help=_("its number"))
    decline.add_argument("--reason", required=True)


def run(arguments: argparse.Namespace) -> int:
    """Run the verb; returns the exit code."""
    config = load_configuration(arguments)
    if arguments.verb == "list":
        return _list(config, arguments.json)
    if arguments.verb == "show":
        return _show(arguments, config, arguments.number)
    if arguments.verb == "decisions":
        return _decisions(config, arguments.json)
    answer = ask(arguments, config, _request(arguments))
    say_json(answer)
    if getattr(answer, "proposed", None):
        text = _("a second person must approve this before it counts: noc-tui incident decisions")
        sys.stderr.write(f"noc-tui: {text}\n")
    return 0


def _request(arguments: argparse.Namespace) -> Request[Any]:
    """Return what the verb asks of `nocd`."""
    match arguments.verb:
        case "declare":
            return incidents.DECLARE(incidents.Declaration(arguments.title, arguments.ticket))
        case "message":
            message = incidents.Message(tuple(arguments.tenant), arguments.subject, arguments.body)
            return incidents.MESSAGE(message, number=arguments.number)
        case "maintenance":
            window = announcements.Maintenance(
                title=arguments.title,
                start=arguments.start,
                end=arguments.end,
                tenants=tuple(arguments.tenant),
                reason=arguments.reason,
                place=arguments.place,
            )
            return announcements.PLAN_MAINTENANCE(window)
        case "call-off":
            why = announcements.Cancellation(arguments.reason)
            return announcements.CANCEL_MAINTENANCE(why, number=arguments.window)
        case "attribute" | "client-evidence" | "exclude" | "withdraw":
            return _downtime(arguments)
        case "end-exclusion":
            return downtime.END(downtime.End(arguments.end), number=arguments.exclusion)
        case "review-exclusion":
            return downtime.REVIEW(downtime.Review(arguments.note), number=arguments.exclusion)
        case "approve":
            return downtime.APPROVE(downtime.Approval(arguments.note), number=arguments.decision)
        case "decline":
            return downtime.DECLINE(downtime.Refusal(arguments.reason), number=arguments.decision)
    return incidents.STEP(_step(arguments), number=arguments.number, verb=arguments.verb)


def _downtime(arguments: argparse.Namespace) -> Request[Any]:
    """Return what counts as downtime."""
    if arguments.verb == "attribute":
        files = _read_files(arguments.evidence_file)
        whose = downtime.Attribution(
            party=Party(arguments.party),
            reason=arguments.reason,
            grounds=(*arguments.evidence, *(f"file:{one.name}" for one in files)),
            link=arguments.because,
            suspension=arguments.case,
            files=files,
        )
        return downtime.ATTRIBUTE(whose, number=arguments.outage)
    if arguments.verb == "withdraw":
        why = downtime.Withdrawal(arguments.reason)
        return downtime.WITHDRAW(why, number=arguments.exclusion)
    if arguments.verb == "client-evidence":
        measured = downtime.ClientEvidence(
            tenant=arguments.tenant,
            start=arguments.start,
            end=arguments.end,
            reason=arguments.reason,
            incident=arguments.incident,
        )
        return downtime.REPORT_OUTAGE(measured)
    files = _read_files(arguments.evidence_file)
    span = downtime.Exclusion(
        tenants=tuple(arguments.tenant),
        start=arguments.start,
        end=arguments.end,
        basis=arguments.basis,
        reason=arguments.reason,
        contestable=arguments.unannounced,
        grounds=(*arguments.evidence, *(f"file:{one.name}" for one in files)),
        link=arguments.because,
        suspension=arguments.case,
        files=files,
    )
    return downtime.EXCLUDE(span)


def _read_files(paths: Sequence[Path]) -> tuple[FileContent, ...]:
    """The files of a decision. Exit code 2 for one that cannot be read."""
    try:
        return tuple(read_file(path) for path in paths)
    except OSError as error:
        raise BadInput(f"{error.filename}: {error.strerror}") from error


def _step(arguments: argparse.Namespace) -> incidents.Step:
    """The body of a step of one incident."""
    match arguments.verb:
        case "ticket":
            return incidents.Step(ticket=arguments.ticket)
        case "gather":
            return incidents.Step(outage=arguments.outage)
        case "merge":
            return incidents.Step(into=arguments.into)
        case "split":
            return incidents.Step(outages=tuple(arguments.outage), title=arguments.title)
    return incidents.Step(text=arguments.text, corrects=getattr(arguments, "corrects", None))


def _list(config: Configuration, json: bool) -> int:
    found: Sequence[IncidentSummary] = read(config, list_incidents)
    if json:
        say_json(found)
        return 0
    rows = [
        (str(one.id), state_of(one.state), format_instant(one.opened_at), one.title, one.ticket)
        for one in found
    ]
    for line in table([_("No."), _("State"), _("Opened"), _("Title"), _("Ticket")], rows):
        say(line)
    return 0


def _decisions(config: Configuration, json: bool) -> int:
    found = read(config, read_open_decisions)
    if json:
        say_json(found)
        return 0
    for line in list_decision_lines(found):
        say(visible(line))
    return 0


def list_decision_lines(found: OpenDecisions) -> Iterator[str]:
    """Yield what waits as lines of text in the reader's language."""
    if not (found.proposed or found.lasting or found.reopened):
        yield _("no decision waits")
    for one in found.proposed:
        yield proposed_text(one)
    for held in found.lasting:
        yield _exclusion(held)
    for gone in found.reopened:
        text = _("outage {number} of {tenant}: to be attributed again")
        yield text.format(number=gone.outage, tenant=gone.tenant)


def _show(arguments: argparse.Namespace, config: Configuration, number: int) -> int:
    found = read(config, lambda db: read_incident(db, number))
    if found is None:
        raise BadInput(_("there is no incident {number}").format(number=number))
    found = _without_held(arguments, config, found)
    if arguments.json:
        say_json(found)
    else:
        for line in list_incident_lines(found):
            say(visible(line))
    return 0


def _without_held(
    arguments: argparse.Namespace, config: Configuration, found: IncidentDocument
) -> IncidentDocument:
    """The incident without what may not be proposed now; as it is where `nocd` is silent, who then
    decides nothing either.
    """
    if not any(one.proposals for one in found.outages):
        return found
    try:
        held = ask(arguments, config, HELD_OUTAGES(number=found.id))
    except CommandFailure:
        return found
    return hold_proposals(found, held.outages, held.why)


def format_instant(at: str) -> str:
    """Return an instant in Paris time, to the second."""
    return formats.instant_seconds(instant(parse_instant(at)))


def list_incident_lines(found: IncidentDocument) -> Iterator[str]:
    """Yield the incident as lines of text in the reader's language."""
    whose = "".join(f" · {one}" for one in (found.owner, found.ticket) if one)
    yield f"{found.id}  {state_of(found.state)}  {found.title}{whose}"
    for outage in found.outages:
        yield ""
        yield from _outage(outage)
    for one in found.exclusions:
        yield f"  ▒ {_exclusion(one)}"
    for waiting in found.proposed:
        yield f"  ◔ {proposed_text(waiting)}"
    if found.touched:
        yield ""
        yield _("Tenants with guests there: {n}").format(n=len(found.touched))
    for touched in found.touched:
        yield "  " + _("{tenant} · guests: {n}").format(tenant=touched.tenant, n=touched.guests)
    yield ""
    width = max((len(kind_of(line.kind)) for line in found.timeline), default=0)
    for line in found.timeline:
        kind = f"{kind_of(line.kind):<{width}}"
        mark = f" ↺ {line.corrects}" if line.corrects is not None else ""
        said = " · ".join(filter(None, (line.account, line.text)))
        yield f"{format_instant(line.at)}  {line.id:>5}  {kind}{mark}  {said}"
    if found.missing:
        yield ""
        yield _("Missing before it can be resolved:")
        yield from (f"  - {sentence}" for sentence in found.missing)


def _outage(outage: OutageLine) -> Iterator[str]:
    words = Words(_)
    text = _("outage {number}: {tenant}, {start} to {end}")
    if outage.end is None:
        text = _("outage {number}: {tenant}, since {start}")
    yield text.format(
        number=outage.id,
        tenant=outage.tenant,
        start=format_instant(outage.start),
        end=format_instant(outage.end or outage.start),
    )
    if outage.party is not None:
        yield f"  ✓ {words.cause(outage.party)} · {outage.reason} · {outage.decided_by}"
    if outage.held:
        yield f"  … {outage.held}"
    for one in outage.proposals:
        yield f"  ? {words.cause(one.party)} · {words.proof(one.evidence, one.caveat)}"


def _exclusion(one: ExclusionLine) -> str:
    basis = Words(_).basis(one.basis)
    end = _("ongoing") if one.end is None else format_instant(one.end)
    text = _("exclusion {number}: {tenant}, {start} → {end}")
    said = text.format(number=one.id, tenant=one.tenant, start=format_instant(one.start), end=end)
    contestable = f" · {_('unannounced, contestable')}" if one.contestable else ""
    approved = (
        f" · {_('approved by {account}').format(account=one.approved)}" if one.approved else ""
    )
    return f"{said} · {basis} · {one.reason}{approved}{contestable}"
