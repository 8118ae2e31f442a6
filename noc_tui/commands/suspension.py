"""`noc-tui suspension`: every verb of the wizard for scripts. A refusal is exit code 4."""

import argparse
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from noc_tui.api import suspension as api
from noc_tui.api.endpoint import Request
from noc_tui.breach_evidence import file_evidence, read_file, text_evidence, write_private
from noc_tui.clock import SystemClock
from noc_tui.commands.configured import load_configuration, terms_book
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput, CommandRefused
from noc_tui.commands.files import text_of
from noc_tui.commands.options import common_options, given_instant
from noc_tui.commands.output import say, say_json, table
from noc_tui.commands.reading import read
from noc_tui.commands.suspension_lists import LISTS, list_lines, list_rows, terms_of_tenant
from noc_tui.commands.suspension_text import case_lines, history_lines, preview_lines
from noc_tui.config import Configuration
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.contract.suspension.facts import a_date
from noc_tui.contract.suspension.reasons import TERMS_MISSING
from noc_tui.contract.suspension.values import (
    Condition,
    ConditionKind,
    Scope,
    Tick,
    TickEvidence,
)
from noc_tui.contract.terms import Terms
from noc_tui.i18n import N_, _
from noc_tui.labels import formats, states
from noc_tui.labels.cases import ground_words
from noc_tui.letters.sender import sender_of
from noc_tui.queries.suspension_cases import read_list
from noc_tui.queries.terms_archive import find_terms
from noc_tui.statement.report_letters import draw_report_letter
from noc_tui.statement.termination import read_termination_file
from noc_tui.text import visible
from noc_tui.views.published_clock import clock_of
from storage import settings
from storage.connection import Readable
from storage.evidence import EntryHead, acts_on
from storage.exhibits import exhibit_sizes, find_exhibits
from storage.outbox import Message, messages_about
from storage.suspension import SUSPENSIONS, SuspendedGuest, Suspension, guests_of

_OVER = ("closed", "cancelled")
_FAR = datetime.max.replace(tzinfo=UTC)
_CASE_VERBS = (
    ("show", N_("a case, its checklist, its countdown")),
    ("rehearse", N_("every call that the plan would make now, none made")),
    ("check", N_("is everything there that the ground asks for? Exit code 4 if not")),
    ("withdraw", N_("take a proof back, with a reason")),
    ("answer", N_("what the client answered")),
    ("debt", N_("whether the debt of the case is paid")),
    ("insolvency", N_("a look for an insolvency judgment; one that bars the debt ends the case")),
    ("exhibit", N_("write a file of the case to the disk")),
    ("notice", N_("write, send or set aside the mail to the client")),
    ("formal-notice", N_("the formal notice to pay of a late payment: drawn, or sent")),
    ("approve", N_("agree to another's plan")),
    ("order", N_("carry it out")),
    ("move", N_("another start of an order that waits; it is ordered anew")),
    ("reapply", N_("apply it again where it no longer holds")),
    ("review", N_("the second look that a lone order owes")),
    ("remedy", N_("the cause is remedied")),
    ("restore", N_("bring back what was before")),
    ("data-access", N_("open or close the client's access to its data")),
    ("letter", N_("a termination letter went by post")),
    ("file", N_("what a termination letter needs: facts, days, mails, evidence")),
    ("report-letter", N_("the letter to who reported the content: received, or decided")),
    ("cancel", N_("drop a case that was not carried out")),
)


_LISTS = (
    ("grounds", N_("the grounds that there are")),
    ("means", N_("the means that there are")),
    ("facts", N_("what a case can be told, and how")),
    ("clauses", N_("the clauses of the Charte (annex 1), and which can be ticked")),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare every verb."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    one = _verb(verbs, "list", _("cases, active first"))
    one.add_argument("--all", action="store_true", help=_("also those that are over"))
    for name, text in _LISTS:
        one = _verb(verbs, name, _(text))
        one.add_argument("--tenant", metavar=_("TENANT"), help=_("of the terms of this tenant"))
    plan_arguments(_verb(verbs, "plan", _("open a case or change a draft")))
    made = {name: _verb(verbs, name, _(text)) for name, text in _CASE_VERBS}
    for one in made.values():
        one.add_argument("case", metavar=_("CASE"))
    made["check"].add_argument(
        "--waive", action="append", default=[], metavar="STEP=REASON", help=_("set a step aside")
    )
    _notice_arguments(made["notice"])
    for name in ("approve", "order"):
        text = _("the digest that `show` gives: what you have read")
        made[name].add_argument("--digest", required=True, help=text)
    made["order"].add_argument("--tenant-name", required=True, help=_("typed as a confirmation"))
    made["order"].add_argument(
        "--break-glass", action="store_true", help=_("order alone; a review is owed")
    )
    made["move"].add_argument(
        "--start", required=True, metavar=_("TIME"), help=_("the new start, with its offset")
    )
    made["move"].add_argument("--reason", required=True, metavar=_("REASON"))
    made["move"].add_argument(
        "--window-end", metavar=_("TIME"), help=_("of a maintenance: until when its new window is")
    )
    made["move"].add_argument(
        "--short-notice", metavar=_("REASON"), help=_("why the client is notified later than usual")
    )
    for name in ("review", "remedy", "letter", "cancel"):
        made[name].add_argument("text", metavar=_("TEXT"))
    made["withdraw"].add_argument("proof", type=int, metavar=_("NUMBER"))
    made["withdraw"].add_argument("text", metavar=_("REASON"))
    _answer_arguments(made["answer"])
    made["debt"].add_argument("paid", choices=("paid", "unpaid"))
    made["debt"].add_argument(
        "--as-of", metavar=_("TIME"), help=_("when that was true, with its offset; now if left out")
    )
    insolvency = made["insolvency"]
    day = _("DAY")
    insolvency.add_argument("--looked-on", metavar=day, help=_("today where left out"))
    insolvency.add_argument("--judgment", metavar=day, help=_("its day; none was found without"))
    report = made["report-letter"]
    report.add_argument("--what", choices=("receipt", "decision"), required=True)
    report.add_argument("--to", required=True, metavar=_("NAME"), help=_("who reported it"))
    report.add_argument(
        "--reason", default="", metavar=_("REASON"), help=_("why no measure is taken")
    )
    report.add_argument("--language", choices=("fr", "en"), default="fr")
    made["exhibit"].add_argument("sha256", metavar="SHA256", help=_("its first characters will do"))
    made["exhibit"].add_argument("--output", required=True, type=Path, metavar=_("FILE"))
    formal = made["formal-notice"]
    formal.add_argument("--language", choices=("fr", "en"), default="fr")
    formal.add_argument("--days", type=int, help=_("how many days to pay; as the terms ask"))
    formal.add_argument("--send", action="store_true", help=_("queue it"))
    made["restore"].add_argument("--found", default="", help=_("what was found"))
    made["restore"].add_argument("--guest", action="append", default=[], metavar="CLUSTER/VMID")
    made["data-access"].add_argument("way", choices=("open", "close"))


def _verb(verbs: Any, name: str, text: str) -> argparse.ArgumentParser:
    one: argparse.ArgumentParser = verbs.add_parser(
        name, help=text, description=text, parents=[common_options()]
    )
    one.add_argument("--json", action="store_true", help=_("one JSON document"))
    return one


def plan_arguments(one: argparse.ArgumentParser, *, opening: bool = False) -> None:
    """Declare what a plan consists of; with `opening` it is a new case's."""
    if not opening:
        one.add_argument("--case", metavar=_("CASE"), help=_("change this draft"))
    one.add_argument("--tenant", metavar=_("TENANT"))
    one.add_argument("--ground", metavar=_("GROUND"))
    one.add_argument("--rehearsal", action="store_true", help=_("nothing is changed or sent"))
    one.add_argument("--guest", action="append", metavar="CLUSTER/VMID")
    one.add_argument("--all-services", action="store_true", help=_("every guest of the tenant"))
    one.add_argument("--means", action="append", metavar=_("MEANS"))
    text = _("what the filter drops, like out:tcp:6667 or both:udp:*")
    one.add_argument("--port", action="append", metavar="DIRECTION:PROTOCOL:PORT", help=text)
    text = _("clusters that do not answer: carry it out there later, or leave them out")
    one.add_argument("--out-of-reach", choices=("later", "left"), help=text)
    one.add_argument("--statement", help=_("why the breach is repeated or serious"))
    _time_arguments(one)
    one.add_argument("--fact", action="append", default=[], metavar="KEY=ANSWER")
    one.add_argument("--tick", action="append", default=[], metavar="TARGET=TEXT")
    one.add_argument(
        "--tick-file",
        action="append",
        default=[],
        metavar="TARGET=FILE",
        help=_("a file that proves it; it is kept with the case"),
    )
    one.add_argument("--cite", action="append", metavar=_("GROUND"))
    one.add_argument("--aspect", action="append", metavar=_("ASPECT"))


def _time_arguments(one: argparse.ArgumentParser) -> None:
    """Declare when a plan is carried out, and what it rests on until then."""
    time = _("TIME")
    when = one.add_mutually_exclusive_group()
    when.add_argument(
        "--start",
        "--not-before",
        metavar=time,
        help=_("carry it out then, not before; with its offset"),
    )
    when.add_argument("--at-once", action="store_true", help=_("as soon as it is ordered"))
    for name, text in (
        ("--if-unpaid", _("only if the debt is not paid by then (the start where left out)")),
        ("--if-unanswered", _("only if the client has not answered by then")),
    ):
        one.add_argument(name, nargs="?", const="", metavar=time, help=text)
    text = _("the start does not rest on a payment or an answer any longer")
    one.add_argument("--unconditional", action="store_true", help=text)
    one.add_argument(
        "--short-notice", metavar=_("REASON"), help=_("why the client is notified later than due")
    )


def _notice_arguments(one: argparse.ArgumentParser) -> None:
    one.add_argument("--language", choices=("fr", "en"))
    one.add_argument(
        "--moment",
        choices=("before", "at", "after"),
        help=_("draw it for this moment of the suspension, not for the ground's own"),
    )
    one.add_argument("--subject")
    one.add_argument("--body-file", type=Path, metavar=_("FILE"))
    how = one.add_mutually_exclusive_group()
    how.add_argument("--draft", action="store_true", help=_("draw it from the facts of the case"))
    how.add_argument("--send", action="store_true", help=_("queue it"))
    how.add_argument("--after", action="store_true", help=_("notify as soon as possible after"))
    how.add_argument("--waive", metavar=_("REASON"))
    how.add_argument("--withhold", metavar=_("REASON"), help=_("an authority forbids it"))


def _answer_arguments(one: argparse.ArgumentParser) -> None:
    one.add_argument("text", nargs="?", default="", metavar=_("TEXT"))
    one.add_argument("--file", type=Path, metavar=_("FILE"), help=_("it is kept with the case"))
    one.add_argument(
        "--received",
        metavar=_("TIME"),
        help=_("when it arrived, with its offset; now where left out"),
    )


def run(arguments: argparse.Namespace) -> int:
    """The verb that was asked for."""
    config = load_configuration(arguments)
    if (shown := _SHOWN.get(arguments.verb)) is not None:
        return shown(arguments, config)
    document = _done(arguments, config)
    if arguments.json:
        say_json(document)
    else:
        for line in case_lines(document):
            say(line)
    return 0


def _done(arguments: argparse.Namespace, config: Configuration) -> api.CaseDocument:
    """Ask `nocd` for the verb; the case as it then is."""
    if arguments.verb == "notice":
        return _tell(arguments, config)
    if arguments.verb == "check":
        for step, reason in map(pair, arguments.waive):
            ask(arguments, config, api.WAIVE(api.Waiver(step, reason), id=_case(arguments)))
    return ask(arguments, config, _request(arguments))


def _request(arguments: argparse.Namespace) -> Request[api.CaseDocument]:
    if arguments.verb == "plan" and not arguments.case:
        return _opening(arguments)
    case = _case(arguments)
    if arguments.verb in ("plan", "withdraw", "answer", "debt", "insolvency", "move"):
        return _written(arguments, case)
    match arguments.verb:
        case "check":
            return api.CHECK(id=case)
        case "approve":
            return api.APPROVE(api.Approval(arguments.digest), id=case)
        case "order":
            order = api.Order(arguments.tenant_name, arguments.digest, arguments.break_glass)
            return api.ORDER(order, id=case)
        case "restore":
            what = api.Restoration(tuple(arguments.guest), arguments.found)
            return api.RESTORE(what, id=case)
        case "data-access":
            return api.DATA_ACCESS(api.DataAccess(arguments.way == "open"), id=case)
        case "reapply":
            return api.REAPPLY(id=case)
    return _WORDED[arguments.verb](api.Remark(arguments.text), id=case)


def _written(arguments: argparse.Namespace, case: str) -> Request[api.CaseDocument]:
    """What is written into a case: an edit, a proof taken back, an answer of the client."""
    if arguments.verb == "plan":
        return api.EDIT(edit_of(arguments), id=case)
    if arguments.verb == "withdraw":
        return api.WITHDRAW(api.Withdrawal(arguments.proof, arguments.text), id=case)
    if arguments.verb == "debt":
        as_of = given_instant("--as-of", arguments.as_of)
        return api.DEBT(api.Debt(arguments.paid == "paid", as_of), id=case)
    if arguments.verb == "insolvency":
        looked = _given_day("--looked-on", arguments.looked_on)
        judgment = _given_day("--judgment", arguments.judgment)
        today = paris_day(micros(SystemClock().now()))
        return api.INSOLVENCY(api.InsolvencyLook(looked or today, judgment), id=case)
    if arguments.verb == "move":
        return api.MOVE(_move_of(arguments), id=case)
    received = given_instant("--received", arguments.received)
    file = None if arguments.file is None else _file_of(arguments.file)
    return api.ANSWER(api.Answer(arguments.text, received, file), id=case)


def _given_day(option: str, text: str | None) -> date | None:
    """The day of an option; exit code 2 for what is none."""
    day = None if text is None else a_date(text)
    if text is not None and day is None:
        raise BadInput(_("{option}: not a date (YYYY-MM-DD)").format(option=option))
    return day


def _move_of(arguments: argparse.Namespace) -> api.Move:
    """The move that the arguments come to. Exit code 2 for a time without its offset."""
    start = given_instant("--start", arguments.start)
    if start is None:
        raise BadInput(_("--start: a time with its offset"))
    return api.Move(
        start=start,
        reason=arguments.reason,
        window_end=given_instant("--window-end", arguments.window_end),
        short_notice=arguments.short_notice,
    )


_WORDED = {
    "review": api.REVIEW,
    "remedy": api.REMEDY,
    "letter": api.LETTER,
    "cancel": api.CANCEL,
}
"""The verbs that take a written sentence."""


def _opening(arguments: argparse.Namespace) -> Request[api.CaseDocument]:
    if not (arguments.tenant and arguments.ground):
        raise BadInput(_("a new case needs --tenant and --ground"))
    return api.OPEN(
        api.Opening(arguments.tenant, arguments.ground, arguments.rehearsal, edit_of(arguments))
    )


def edit_of(arguments: argparse.Namespace) -> api.Edit:
    """The edit that `plan`'s arguments come to: what was given. Exit code 2 if malformed."""
    scope: Scope | None = None
    if arguments.all_services:
        scope = "tenant"
    elif arguments.guest:
        scope = "guests"
    ticks, files = _proofs(arguments)
    return api.Edit(
        scope=scope,
        guests=_given(arguments.guest),
        means=_given(arguments.means),
        ports=_given(arguments.port),
        out_of_reach=arguments.out_of_reach,
        statement=arguments.statement,
        start=given_instant("--start", arguments.start),
        at_once=arguments.at_once,
        conditions=_conditions(arguments),
        short_notice=arguments.short_notice,
        cites=_given(arguments.cite),
        aspects=_given(arguments.aspect),
        facts=dict(map(pair, arguments.fact)) or None,
        ticks=ticks or None,
        files=files,
    )


def _conditions(arguments: argparse.Namespace) -> tuple[Condition, ...] | None:
    """What the order rests on; None where nothing is said of it."""
    given: tuple[tuple[ConditionKind, str, str | None], ...] = (
        ("unpaid", "--if-unpaid", arguments.if_unpaid),
        ("unanswered", "--if-unanswered", arguments.if_unanswered),
    )
    found = tuple(
        Condition(kind=kind, by=given_instant(option, text or None))
        for kind, option, text in given
        if text is not None
    )
    return found if found or arguments.unconditional else None


def _given(values: list[str] | None) -> tuple[str, ...] | None:
    """What an option was given; an empty value takes all of it back."""
    return None if values is None else tuple(value for value in values if value)


def pair(text: str) -> tuple[str, str]:
    """`KEY=VALUE`; exit code 2 for anything else."""
    key, found, value = text.partition("=")
    if not found or not key:
        raise BadInput(_("write KEY=VALUE, not {text!r}").format(text=text))
    return key, value


def _proofs(arguments: argparse.Namespace) -> tuple[tuple[Tick, ...], tuple[api.FileContent, ...]]:
    """The ticks that were given, and the files behind them."""
    ticks: dict[str, list[TickEvidence]] = {}
    for target, text in map(pair, arguments.tick):
        ticks.setdefault(target, []).append(text_evidence(text))
    files = []
    for target, name in map(pair, arguments.tick_file):
        files.append(_file_of(Path(name)))
        ticks.setdefault(target, []).append(file_evidence(files[-1]))
    return tuple(Tick(target=to, evidence=tuple(row)) for to, row in ticks.items()), tuple(files)


def _file_of(path: Path) -> api.FileContent:
    try:
        return read_file(path)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error


def _tell(arguments: argparse.Namespace, config: Configuration) -> api.CaseDocument:
    """Write the notice, then send it or set it aside, as far as that is asked."""
    case = _case(arguments)
    if arguments.draft:
        draft = api.NoticeAction("draft", language=arguments.language, moment=arguments.moment)
        return ask(arguments, config, api.NOTICE(draft, id=case))
    edit = api.Edit(
        language=arguments.language,
        subject=arguments.subject,
        body=None if arguments.body_file is None else text_of(arguments.body_file),
    )
    document = None
    if edit != api.Edit():
        document = ask(arguments, config, api.EDIT(edit, id=case))
    if action := _notice_action(arguments):
        return ask(arguments, config, api.NOTICE(action, id=case))
    if document is None:
        raise BadInput(_("say what to do: --draft, --send, --after, --waive or --withhold"))
    return document


def _notice_action(arguments: argparse.Namespace) -> api.NoticeAction | None:
    if arguments.send:
        return api.NoticeAction("send")
    if arguments.after:
        return api.NoticeAction("after")
    if arguments.waive is not None:
        return api.NoticeAction("waive", arguments.waive)
    if arguments.withhold is not None:
        return api.NoticeAction("withhold", arguments.withhold)
    return None


def _case(arguments: argparse.Namespace) -> str:
    if not str(arguments.case).replace("-", "").isalnum():
        raise BadInput(_("a case is called like S-0001, not {text!r}").format(text=arguments.case))
    return str(arguments.case)


def _rehearse(arguments: argparse.Namespace, config: Configuration) -> int:
    preview = ask(arguments, config, api.PREVIEW(id=_case(arguments)))
    if arguments.json:
        say_json(preview)
    else:
        for line in preview_lines(preview):
            say(line)
    if any(map(_is_hindered, preview.guests)):
        raise CommandRefused(_("some of it cannot be done as planned"))
    return 0


def _is_hindered(guest: api.GuestPreview) -> bool:
    return guest.steps is msgspec.UNSET or any(step.obstacles for step in guest.steps)


def _show(arguments: argparse.Namespace, config: Configuration) -> int:
    case = ask(arguments, config, api.SHOW(id=_case(arguments)))
    found = read(config, partial(_beside, case=case))
    if found is None:
        found = _of_page(ask(arguments, config, api.PAGE(id=case.id)))
    if arguments.json:
        files = [{"sha256": key, "size": size} for key, size in found.sizes.items()]
        beside = {"guests": found.guests, "files": files, "acts": found.acts}
        say_json({**msgspec.to_builtins(case), **msgspec.to_builtins(beside)})
        return 0
    for line in case_lines(case, found.guests):
        say(line)
    for line in history_lines(case, found.sizes, found.messages, found.acts):
        say(line)
    return 0


class _Beside(NamedTuple):
    """What is stored beside a case."""

    guests: list[SuspendedGuest]
    sizes: dict[str, int]
    messages: list[Message]
    acts: list[EntryHead]


async def _beside(db: Readable, case: api.CaseDocument) -> _Beside | None:
    """What the database holds beside a case; None for a secret one, which it does not hold."""
    if await SUSPENSIONS.get(db, case.id) is None:
        return None
    subject = f"suspension:{case.id}"
    return _Beside(
        await guests_of(db, case.id),
        await exhibit_sizes(db, case.id),
        await messages_about(db, subject),
        await acts_on(db, subject),
    )


def _of_page(page: api.CasePage) -> _Beside:
    return _Beside(
        [msgspec.convert(one, SuspendedGuest, from_attributes=True) for one in page.guests],
        page.files,
        [],
        [msgspec.convert(one, EntryHead, from_attributes=True) for one in page.acts],
    )


async def _is_stored(db: Readable, case: str) -> bool:
    return await SUSPENSIONS.get(db, case) is not None


def _file(arguments: argparse.Namespace, config: Configuration) -> int:
    case = ask(arguments, config, api.SHOW(id=_case(arguments)))
    if not read(config, partial(_is_stored, case=case.id)):
        made = ask(arguments, config, api.TERMINATION_FILE(id=case.id))
        say(made.document if arguments.json else made.text)
        return 0
    sender = sender_of(config.hoster)
    found = read(config, partial(read_termination_file, case=case, sender=sender))
    if arguments.json:
        say_json(found.document())
        return 0
    for line in found.lines():
        say(line)
    return 0


def _report_letter(arguments: argparse.Namespace, config: Configuration) -> int:
    """Print the letter to who reported the content; it is sent by hand to where they wrote from."""
    case = ask(arguments, config, api.SHOW(id=_case(arguments)))

    async def look(db: Readable) -> tuple[Terms | None, datetime]:
        clock = clock_of(await settings.read_clock(db))
        return await find_terms(db, case.terms_version), clock.now()

    terms, now = read(config, look)
    if terms is None:
        raise BadInput(_(TERMS_MISSING).format(version=visible(case.terms_version)))
    try:
        letter = draw_report_letter(
            case,
            terms,
            sender_of(config.hoster),
            what=arguments.what,
            notifier=arguments.to,
            reason=arguments.reason,
            language=arguments.language,
            at=now,
        )
    except ValueError as error:
        raise BadInput(str(error)) from error
    if arguments.json:
        say_json({"subject": letter.subject, "text": letter.plain})
    else:
        say(f"{letter.subject}\n\n{letter.plain}")
    return 0


def _formal_notice(arguments: argparse.Namespace, config: Configuration) -> int:
    """Draw the formal notice to pay, and send it where that is asked."""
    asked = api.FormalNotice(arguments.language, arguments.days, arguments.send)
    drawn = ask(arguments, config, api.FORMAL_NOTICE(asked, id=_case(arguments)))
    if arguments.json:
        say_json(drawn)
        return 0
    say(f"{drawn.subject}\n\n{drawn.text}")
    if arguments.send:
        say(_("queued; the client has until {day} to pay").format(day=formats.day(drawn.until)))
    return 0


def _exhibit(arguments: argparse.Namespace, config: Configuration) -> int:
    case = _case(arguments)
    content = _content(arguments, config, case)
    try:
        write_private(arguments.output, content)
    except OSError as error:
        raise BadInput(f"{arguments.output}: {error.strerror}") from error
    say(str(arguments.output))
    return 0


def _content(arguments: argparse.Namespace, config: Configuration, case: str) -> bytes:
    """The file's content, from the database or, for a case that is not in it, from `nocd`."""
    if not read(config, partial(_is_stored, case=case)):
        exhibit = api.EXHIBIT(id=case, sha256=arguments.sha256)
        return ask(arguments, config, exhibit).content
    found = read(config, partial(find_exhibits, suspension=case, digest=arguments.sha256))
    if len(found) != 1:
        many = _("files of {case} that begin so: {n}").format(n=len(found), case=case)
        raise CommandRefused(many if found else _("{case} has no such file").format(case=case))
    if not found[0].content:
        raise CommandRefused(_("the content of this file was erased"))
    return found[0].content


def _list(arguments: argparse.Namespace, config: Configuration) -> int:
    found = {one.row.id: one for one in read(config, read_list)}
    # What somebody owes stays in sight when the case is over.
    every = [one.row for one in found.values()]
    rows = [row for row in every if arguments.all or row.state not in _OVER or row.review_due]
    rows.sort(key=lambda row: (row.state in _OVER, row.deadline or _FAR, row.id))
    if arguments.json:
        keys = [key for key in Suspension.__struct_fields__ if key != "document"]
        say_json({"suspensions": [{key: getattr(row, key) for key in keys} for row in rows]})
        return 0
    header = [
        _("case"),
        _("tenant"),
        _("ground"),
        _("state"),
        _("starts"),
        _("deadline"),
        _("owed"),
    ]
    cells = [
        [
            row.id,
            row.tenant_name,
            ground_words(found[row.id].case, found[row.id].terms),
            states.label_text(states.CASE, row.state),
            "" if row.starts_at is None else formats.instant(row.starts_at),
            _day(row),
            _owed(row),
        ]
        for row in rows
    ]
    for line in table(header, cells):
        say(line)
    return 0


def _list_terms(arguments: argparse.Namespace, config: Configuration) -> int:
    today = paris_day(micros(SystemClock().now()))
    terms = terms_of_tenant(terms_book(config), arguments.tenant, today)
    if arguments.json:
        say_json({arguments.verb: list_rows(arguments.verb, terms)})
        return 0
    for line in list_lines(arguments.verb, terms):
        say(line)
    return 0


def _day(row: Suspension) -> str:
    return "" if row.deadline is None else formats.instant(row.deadline)


def _owed(row: Suspension) -> str:
    words = [_("notice")] if row.notice_owed else []
    return ", ".join(words + ([_("review")] if row.review_due else []))


_SHOWN: Mapping[str, Callable[[argparse.Namespace, Configuration], int]] = {
    "list": _list,
    **dict.fromkeys(LISTS, _list_terms),
    "show": _show,
    "rehearse": _rehearse,
    "file": _file,
    "report-letter": _report_letter,
    "exhibit": _exhibit,
    "formal-notice": _formal_notice,
}
"""The verbs that print something of their own; all others answer the case."""
