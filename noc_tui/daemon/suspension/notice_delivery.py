"""Queues the mails of cases and records the mail server's answers.

An internal note can never become a mail: what is mailed is the notice's own text, and the recipient
is the account address of the register.
"""

import asyncio
from dataclasses import dataclass, field
from typing import cast

import msgspec

from noc_tui.config import Configuration
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import Case, Delivery, NoticeText, Person
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.outbox import BadAddressError, Mail, queue_mail
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.cases import Cases, actor_of, subjects_of
from noc_tui.daemon.suspension.mail_templates import BLANK, Letters, Voice
from noc_tui.i18n import _
from storage import outbox
from storage.change import Change
from storage.register import TENANTS

NOTICE = "notice"
RESTORED = "restored"


def letters_of(context: Context) -> Letters:
    """The writer of mails in the hoster's name."""
    hoster = context.config.hoster
    contact = ", ".join(part for part in (hoster.contact, hoster.phone) if part)
    return Letters(Voice(hoster.name, contact), context.config.suspension.mail_templates)


@dataclass(slots=True)
class Notices:
    """Queues the mails of cases and follows their delivery."""

    context: Context
    cases: Cases
    _unsendable: set[str] = field(default_factory=set)
    _sending: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def letters(self) -> Letters:
        """As the configuration is now: a reload may name other templates."""
        return letters_of(self.context)

    async def drafted(self, case: Case, language: str | None) -> NoticeText:
        """Return the notice, written from the template of its ground."""
        terms = await store.terms_of(self.context.writer, case)
        return self.letters.notice(
            case, terms, language or case.notice.text.language, self.context.clock.now()
        )

    async def send(self, identifier: str, by: Person) -> Case:
        """Queue the notice; for a rehearsal, only record that it would be sent."""
        async with self._sending:
            return await self._send(identifier, by)

    async def _send(self, identifier: str, by: Person) -> Case:
        refuse_held(self.context, identifier)
        case = await store.load(self.context.writer, identifier)
        if not (case.notice.text.subject.strip() and case.notice.text.body.strip()):
            raise Conflict(_("the notice is not written yet (R16)"))
        if BLANK in case.notice.text.subject + case.notice.text.body:
            raise Conflict(_("the notice still has a blank: {blank}").format(blank=BLANK))
        at = self.context.clock.now()
        identifier_of_mail = ""

        async def queue(change: Change, told: Case) -> Case:
            nonlocal identifier_of_mail
            if told.rehearsal:
                return told
            identifier_of_mail = await self._queue(change, told, told.notice.text, NOTICE, by)
            notice = msgspec.structs.replace(told.notice, message_id=identifier_of_mail)
            return msgspec.structs.replace(told, notice=notice)

        event = ev.NoticeQueued(at=at, by=by, message_id="")
        case = await self.cases.apply_event(identifier, event, queue)
        if case.rehearsal:
            done = ev.NoticeDelivered(at=at, delivery="accepted")
            return await self.cases.apply_event(identifier, done)
        return case

    async def tell_restored(
        self, change: Change, case: Case, event: ev.Restored, by: Person
    ) -> None:
        """Queue the mail that names the restored guests."""
        if case.rehearsal or not event.restored:
            return
        found = case.remedy.found if case.remedy else ""
        text = self.letters.restored(
            case, event.restored, found, case.notice.text.language, change.at
        )
        try:
            await self._queue(change, case, text, RESTORED, by)
        except Conflict as reason:
            await self._unsent(change, case, by, str(reason))

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
            await self._send(case.id, by)
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

    async def _queue(
        self, change: Change, case: Case, text: NoticeText, purpose: str, by: Person
    ) -> str:
        tenant = await TENANTS.get(change, case.tenant)
        sender = _sender(self.context.config)
        if tenant is None or not tenant.email:
            raise Conflict(_("the register has no account address for this tenant (R16)"))
        mail = Mail(
            sender=sender,
            sender_name=self.context.config.hoster.name,
            recipient=tenant.email,
            copy=self.context.config.suspension.copy_to or self.context.config.hoster.contact,
            subject=text.subject,
            body=text.body,
        )
        try:
            return await queue_mail(
                change,
                mail,
                about=f"suspension:{case.id}",
                purpose=purpose,
                actor=actor_of(ev.Event(at=change.at, by=by)),
                subjects=tuple(subjects_of(case)),
            )
        except BadAddressError as error:
            raise Conflict(str(error)) from error


def refuse_held(context: Context, identifier: str) -> None:
    """`Conflict` for a case on which nothing is done until a lead has resumed it."""
    if context.held.case(identifier):
        raise Conflict(_("this is held since a restore: a lead resumes it (nocd resume)"))


def _to_tell(case: Case) -> bool:
    """Whether the notice is owed now, and not even queued."""
    notice = case.notice
    real = case.carried_out and not case.rehearsal
    return real and notice.owed and not notice.message_id


def _sender(config: Configuration) -> str:
    if config.smtp is None:
        raise Conflict(_("no mail server is configured: [smtp]"))
    return config.smtp.sender
