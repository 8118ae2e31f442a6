"""Queues the mails of cases and records the mail server's answers.

An internal note can never become a mail: what is mailed is the notice's own text, and the recipient
is the account address of the register.
"""

import asyncio
import dataclasses
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

from msgspec.structs import replace

from noc_tui.api.suspension import DrawnLetter, FormalNotice
from noc_tui.contract.calendar import PARIS
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import awaits, digest
from noc_tui.contract.suspension.late_payment import SHORTER, asks_formal_notice, last_day_to_pay
from noc_tui.contract.suspension.maturity import plan_problems
from noc_tui.contract.suspension.notice import (
    Moment,
    basis_of,
    draft_moment,
    send_moment,
    send_problems,
    text_problems,
)
from noc_tui.contract.suspension.values import READY, Case, Delivery, NoticeText, Person
from noc_tui.contract.terms import Terms
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.outbox import queue_letter
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.case_letters import CaseLetters
from noc_tui.daemon.suspension.cases import Cases, actor_of, case_after, sentence, subjects_of
from noc_tui.daemon.suspension.own_openings import LetterError
from noc_tui.i18n import Language, _
from noc_tui.letters.layout import PrintedLetter
from noc_tui.letters.notice_part import BLANK, MARKS
from noc_tui.queries.terms_archive import find_terms
from storage import outbox
from storage.authority import is_published
from storage.change import Change
from storage.connection import Readable
from storage.register import TENANTS

NOTICE = "notice"
FORMAL_NOTICE = "formal-notice"
RESTORED = "restored"
WITHDRAWN = "withdrawn"
IN_FORCE = "in-force"


@dataclass(slots=True)
class Notices:
    """Queues the mails of cases and follows their delivery."""

    context: Context
    cases: Cases
    _unsendable: set[str] = field(default_factory=set)
    _sending: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def letters(self) -> CaseLetters:
        """As the configuration is now: a reload may name other texts."""
        return CaseLetters.configured(self.context.config)

    async def _letters_to(self, db: Readable, case: Case) -> CaseLetters:
        """The letters to the client of a case, with its postal address as the register has it."""
        tenant = await TENANTS.get(db, case.tenant)
        address = "" if tenant is None else tenant.postal_address or ""
        return dataclasses.replace(self.letters, address=address)

    async def draft(
        self, case: Case, language: Language | None, moment: Moment | None = None
    ) -> ev.Edited:
        """Return the event that gives the case its notice, drawn from the facts for that moment.

        Without a moment it is that of the notice's mode or, undecided, of the ground.
        """
        terms = await store.terms_of(self.context.writer, case)
        moment = moment or draft_moment(case, terms)
        text = self._drawn(case, terms, language or case.notice.text.language, moment)
        at = self.context.clock.now()
        return ev.Edited(at=at, text=text, drawn=text, basis=basis_of(case, moment))

    def with_text(self, case: Case, event: ev.Edited, terms: Terms) -> ev.Edited:
        """The edit with the notice as it then reads: what the operator wrote, or drawn anew.

        A text that the operator changed before and leaves now stays as it is; once the plan is
        another it can no longer be sent.
        """
        written, before = event.text, case.notice.text
        if written is None and (case.notice.edited or not before.body.strip()):
            return event
        if written is not None and not written.body.strip():
            return event  # nothing is written yet, or no longer
        edited = case_after(case, replace(event, text=None), terms)
        moment = draft_moment(edited, terms)
        drawn = self._drawn(edited, terms, (written or before).language, moment)
        if written is None or (written.subject, written.body) == (before.subject, before.body):
            written = drawn
        return replace(event, text=written, drawn=drawn, basis=basis_of(edited, moment))

    async def redraw(self, change: Change, case: Case) -> Case:
        """The case with its notice drawn for its moment, unless an operator changed the words."""
        terms = await find_terms(change, case.terms_version)
        notice = case.notice
        if terms is None or notice.edited or not notice.text.body.strip():
            return case
        moment = draft_moment(case, terms)
        text = self._drawn(case, terms, notice.text.language, moment)
        after = replace(notice, text=text, drawn=text, basis=basis_of(case, moment))
        return replace(case, notice=after)

    def _drawn(self, case: Case, terms: Terms, language: Language, moment: Moment) -> NoticeText:
        try:
            return self.letters.draw_notice(case, terms, language, moment)
        except LetterError as error:
            raise Conflict(str(error)) from error

    async def send(self, identifier: str, by: Person) -> Case:
        """Queue the notice; for a rehearsal, only record that it would be sent."""
        async with self._sending:
            return await self._send(identifier, by)

    async def _send(self, identifier: str, by: Person, *, owed: bool = False) -> Case:
        refuse_held(self.context, identifier)
        case = await store.load(self.context.writer, identifier)
        if not (case.notice.text.subject.strip() and case.notice.text.body.strip()):
            raise Conflict(_("the notice is not written yet (article 6)"))
        at = self.context.clock.now()
        await self._ready(self.context.writer, case, at, owed=owed)

        async def queue(change: Change, told: Case) -> Case:
            text, letter = await self._ready(change, told, at, owed=owed)
            if not told.notice.edited:
                told = replace(told, notice=replace(told.notice, text=text, drawn=text))
            if told.rehearsal:
                return told
            identifier = await self._queue(change, told, letter, NOTICE, by)
            return replace(told, notice=replace(told.notice, message_id=identifier))

        event = ev.NoticeQueued(at=at, by=by, message_id="")
        case = await self.cases.apply_event(identifier, event, queue)
        if case.rehearsal:
            done = ev.NoticeDelivered(at=at, delivery="accepted")
            return await self.cases.apply_event(identifier, done)
        return case

    async def formal_notice(self, identifier: str, by: Person, asked: FormalNotice) -> DrawnLetter:
        """Return the formal notice to pay as it leaves now; queue it where that is asked.

        Raises `Conflict` where the debt is none, or the letter has a blank.
        """
        refuse_held(self.context, identifier)
        at = self.context.clock.now()
        case = await store.load(self.context.writer, identifier)
        until = await self._last_day(case, asked, at)
        letter = await self._formal_letter(self.context.writer, case, asked.language, until, at)
        drawn = DrawnLetter(letter.subject, letter.plain, until)
        if not asked.send:
            return drawn

        async def queue(change: Change, told: Case) -> Case:
            if told.rehearsal or told.formal_notice is None:
                return told
            text = await self._formal_letter(change, told, asked.language, until, at)
            message = await self._queue(change, told, text, FORMAL_NOTICE, by)
            return replace(told, formal_notice=replace(told.formal_notice, message_id=message))

        event = ev.FormalNoticeQueued(at=at, by=by, until=until, message_id="")
        case = await self.cases.apply_event(identifier, event, queue)
        if case.rehearsal:
            done = ev.FormalNoticeDelivered(at=at, delivery="accepted", message_id="")
            await self.cases.apply_event(identifier, done)
        return drawn

    async def _last_day(self, case: Case, asked: FormalNotice, at: datetime) -> date:
        """The last day to pay; `Conflict` where the terms ask for more days, or for no notice."""
        terms = await store.terms_of(self.context.writer, case)
        least = terms.suspension.formal_notice_days
        if not asks_formal_notice(case, terms):
            raise Conflict(_("a formal notice to pay is for a debt: this is another ground"))
        days = least if asked.days is None else asked.days
        if days < least and not case.fact(SHORTER):
            text = _(
                "the client has at least this many days to pay: {days} (C. civ. 1344); fewer need a"
                " reason (formal_notice_shorter)"
            )
            raise Conflict(text.format(days=least))
        if days < 1:
            raise Conflict(_("the client has at least a day to pay (C. civ. 1344)"))
        return last_day_to_pay(at.astimezone(PARIS).date(), days)

    async def _formal_letter(
        self, db: Readable, case: Case, language: Language, until: date, at: datetime
    ) -> PrintedLetter:
        terms = await store.terms_of(db, case)
        letters = await self._letters_to(db, case)
        letter = letters.print_formal_notice(case, terms, language, until, at)
        if any(mark in letter.subject + letter.plain for mark in MARKS):
            raise Conflict(_("the formal notice still has a blank: {blank}").format(blank=BLANK))
        return letter

    async def _ready(
        self, db: Readable, case: Case, at: datetime, *, owed: bool
    ) -> tuple[NoticeText, PrintedLetter]:
        """The notice as it leaves now: drawn anew from the plan, in the tense of this moment.

        An operator's own words are sent for the plan and the moment they were written for; an owed
        notice is else drawn without them, for the client is told in any case. Raises `Conflict`.
        """
        terms = await find_terms(db, case.terms_version)
        letters = await self._letters_to(db, case)
        if terms is None:
            return case.notice.text, letters.print_kept(case, at)
        moment = send_moment(case, at)
        stale = text_problems(case, moment)
        if moment == "before":
            stale = [*stale, *plan_problems(case, terms, at)]
        if stale and not owed:
            raise Conflict("; ".join(map(sentence, stale)))
        text = case.notice.text
        if stale or not case.notice.edited:
            try:
                text = self._drawn(case, terms, text.language, moment)
            except Conflict:
                if not owed:
                    raise
                # The hoster's own opening cannot be used: the client is told in any case.
                plain = CaseLetters(self.letters.sender)
                text = plain.draw_notice(case, terms, text.language, moment)
        letter = letters.print_notice(case, terms, text, moment, at)
        if any(mark in letter.subject + letter.plain for mark in MARKS):
            raise Conflict(_("the notice still has a blank: {blank}").format(blank=BLANK))
        return text, letter

    def require_withholdable(self) -> None:
        """Raise `Conflict`: what the client may not know stands in no file that all read."""
        raise Conflict(
            _(
                "a notice is withheld in the case of a secret order alone: record the order"
                " (noc-tui authority record), and open its case from there"
            )
        )

    async def tell_restored(
        self, change: Change, case: Case, event: ev.Restored, by: Person
    ) -> None:
        """Queue the mail that names the restored guests; none while the client may not be told."""
        if case.rehearsal or not event.restored or await self._is_withheld(change, case):
            return
        terms = await find_terms(change, case.terms_version)
        letters = await self._letters_to(change, case)
        letter = letters.print_restoration(case, terms, event.restored, change.at)
        try:
            await self._queue(change, case, letter, RESTORED, by)
        except Conflict as reason:
            await self._unsent(change, case, by, str(reason))

    async def _is_withheld(self, db: Readable, case: Case) -> bool:
        """Whether the client is told nothing: its notice is withheld, and no lead has published
        the order behind it since.
        """
        return case.notice.mode == "withheld" and not await is_published(db, case.id)

    async def tell_withdrawn(self, change: Change, case: Case) -> Case:
        """Queue the mail that an announced measure is not taken, where its notice went out."""
        if case.rehearsal or not _was_told(case):
            return case
        letters = await self._letters_to(change, case)
        letter = letters.print_withdrawal(case, change.at)
        by = case.ordered_by or case.opened_by
        try:
            await self._queue(change, case, letter, WITHDRAWN, by)
        except Conflict as reason:
            await self._unsent(change, case, by, str(reason))
        return case

    async def tell_effect(self, change: Change, case: Case) -> Case:
        """The case after its client was mailed that the announced measure has begun: once an order,
        in the commit that says when it took effect; its time runs from then (R16).
        """
        terms = await find_terms(change, case.terms_version)
        if terms is None or case.rehearsal or case.started_at is None or case.effect_message_id:
            return case
        notice = await outbox.MESSAGES.get(change, case.notice.message_id)
        if notice is None or not _was_told(case):
            return case
        letters = await self._letters_to(change, case)
        letter = letters.print_effect(case, terms, notice.queued_at, change.at)
        by = case.ordered_by or case.opened_by
        try:
            message = await self._queue(change, case, letter, IN_FORCE, by)
        except Conflict as reason:
            await self._unsent(change, case, by, str(reason))
            return case
        return replace(case, effect_message_id=message)

    async def tell_move(self, case: Case) -> Case:
        """The case after its client was mailed the new start of its order, once nobody's agreement
        is waited for. What keeps the mail from leaving is left to the operator, and tried once a
        run.
        """
        terms = await find_terms(self.context.writer, case.terms_version)
        if terms is None or not _is_move_to_tell(case) or awaits(case, terms):
            return case
        plan = f"{case.id} {digest(case)}"
        if plan in self._unsendable or self.context.held.case(case.id) or case.moved is None:
            return case
        try:
            return await self.send(case.id, case.moved.by)
        except Conflict as why:
            self._unsendable.add(plan)
            self.context.logger.info("the new start is not mailed", case=case.id, why=str(why))
            return case

    async def send_owed(self, identifier: str) -> None:
        """Queue the notice that is owed after the fact, as soon as the means hold (R16).

        What cannot be queued is said once a run, and stays owed. Who carries out the case and who
        looks at each poll may both come to it: the second finds it queued.
        """
        async with self._sending:
            case = await store.load(self.context.writer, identifier)
            held = self.context.held.case(case.id)
            if _to_tell(case) and not held and case.id not in self._unsendable:
                await self._tell_owed(case)

    async def _tell_owed(self, case: Case) -> None:
        by = case.ordered_by or case.opened_by
        try:
            await self._send(case.id, by, owed=True)
        except Conflict as reason:
            self._unsendable.add(case.id)
            async with self.context.writer.change(itself()) as change:
                await self._unsent(change, case, by, str(reason))

    async def _unsent(self, change: Change, case: Case, by: Person, why: str) -> None:
        """A mail that cannot even be queued holds nothing up; it is on record, and owed."""
        await change.record(
            "mail.not-queued",
            subjects_of(case),
            {"why": why},
            actor=actor_of(ev.Event(at=change.at, by=by)),
        )

    async def follow(self) -> None:
        """Record what the mail server answered about the notices of open cases."""
        for case in await store.read_open_cases(self.context.writer):
            if _to_tell(case):
                await self.send_owed(case.id)
            await self.tell_move(case)
            await self._follow_formal_notice(case)
            if not case.notice.message_id:
                continue
            message = await outbox.MESSAGES.get(self.context.writer, case.notice.message_id)
            if message is None:
                continue
            state = "queued" if message.state == "sending" else message.state
            if state != case.notice.delivery:
                event = ev.NoticeDelivered(
                    at=self.context.clock.now(),
                    delivery=cast(Delivery, state),
                    message_id=message.id,
                )
                await self.cases.observed(case.id, event)

    async def _follow_formal_notice(self, case: Case) -> None:
        """Record what the mail server answered about a formal notice: it is what proves it sent."""
        letter = case.formal_notice
        if letter is None or not letter.message_id:
            return
        message = await outbox.MESSAGES.get(self.context.writer, letter.message_id)
        if message is None:
            return
        state = cast(Delivery, "queued" if message.state == "sending" else message.state)
        if state != letter.delivery:
            at = self.context.clock.now()
            event = ev.FormalNoticeDelivered(at=at, delivery=state, message_id=message.id)
            await self.cases.observed(case.id, event)

    async def _queue(
        self, change: Change, case: Case, letter: PrintedLetter, purpose: str, by: Person
    ) -> str:
        return await queue_letter(
            change,
            self.context.config,
            await TENANTS.get(change, case.tenant),
            letter,
            about=f"suspension:{case.id}",
            purpose=purpose,
            actor=actor_of(ev.Event(at=change.at, by=by)),
            subjects=tuple(subjects_of(case)),
            copy=self.context.config.suspension.copy_to,
        )


def refuse_held(context: Context, identifier: str) -> None:
    """`Conflict` for a case on which nothing is done until a lead has resumed it."""
    if context.held.case(identifier):
        raise Conflict(_("this is held since a restore: a lead resumes it (nocd resume)"))


def _was_told(case: Case) -> bool:
    """Whether the client was told beforehand, or is about to be."""
    notice = case.notice
    sent = notice.delivery in ("queued", "accepted", "unknown")
    return notice.mode == "before" and bool(notice.message_id) and sent


def _is_move_to_tell(case: Case) -> bool:
    """Whether the client was told of another start than the order now has, and not of this one."""
    moved, told = case.moved, case.notice
    known = moved is not None and moved.announced is not None and case.state in READY
    return known and told.mode == "before" and not send_problems(case)


def _to_tell(case: Case) -> bool:
    """Whether the notice is owed now, and not even queued."""
    notice = case.notice
    real = case.carried_out and not case.rehearsal
    return real and notice.owed and not notice.message_id
