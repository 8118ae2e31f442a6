"""Opens cases and applies events to them; each event is one commit with its evidence entry."""

import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from noc_tui import roles
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.reasons import Reason, Refused
from noc_tui.contract.suspension.values import ENDED, Case, Person, Plan, Role
from noc_tui.contract.terms import Terms
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.case_edits import require_ground
from noc_tui.daemon.suspension.true_case import require_true_case
from noc_tui.i18n import _, language
from noc_tui.labels.states import CASE, word_of
from noc_tui.queries import terms_archive
from noc_tui.queries.suspension_cases import read_cases
from noc_tui.roles import Caller
from storage import suspension as stored
from storage.change import Change
from storage.evidence import Actor
from storage.register import TENANTS

Beside = Callable[[Change, Case], Awaitable[Case]]
Number = Callable[[Change], Awaitable[str]]
"""Names a new case."""


def person(caller: Caller) -> Person:
    """Return the caller as a case stores it."""
    role: Role = "viewer"
    if caller.may(roles.Role.LEAD):
        role = "lead"
    elif caller.may(roles.Role.OPERATOR):
        role = "operator"
    return Person(uid=caller.uid, name=caller.name, role=role)


def sentence(reason: Reason) -> str:
    """Return a reason in the caller's language, with its article; a state by its word."""
    state = reason.values.get("state")
    if isinstance(state, str):
        reason = dataclasses.replace(
            reason, values={**reason.values, "state": word_of(CASE, state)}
        )
    return reason.cited(_(reason.text), language())


def actor_of(event: ev.Event) -> Actor:
    """Return the author of an event's entry: the person, or the daemon itself."""
    return itself() if event.by is None else _author(event.by)


def _author(person: Person) -> Actor:
    return Actor(person.uid, person.name)


def subjects_of(case: Case) -> list[str]:
    """Return the subjects under which an entry about a case is found."""
    guests = [f"guest:{row.ref}" for row in case.plan.guests]
    return [f"suspension:{case.id}", f"tenant:{case.tenant}", *guests]


@dataclass(slots=True)
class Cases:
    """Opens cases and applies events to them; `number` names a new one."""

    context: Context
    number: Number = stored.next_id

    def terms_for(self, tenant: str) -> Terms:
        """Return the terms under which a case of that tenant would be opened today."""
        today = paris_day(micros(self.context.clock.now()))
        return self.context.terms.for_tenant(tenant, today)

    async def draft(self, tenant: str, ground: str, by: Person, rehearsal: bool) -> Case:
        """A draft that is not opened yet."""
        terms = self.terms_for(tenant)
        require_ground(ground, terms)
        row = await TENANTS.get(self.context.world, tenant)
        if row is None:
            raise NotFound(_("there is no tenant {id}").format(id=tenant))
        return Case(
            id="",
            tenant=tenant,
            tenant_name=row.name,
            ground=ground,
            terms_version=terms.version,
            opened_by=by,
            opened_at=self.context.clock.now(),
            rehearsal=rehearsal,
            plan=Plan(scope=terms.ground(ground).natural_scope),
        )

    async def open(
        self, draft: Case, edit: ev.Edited | None = None, beside: Beside | None = None
    ) -> Case:
        """Open a draft under a new number and its tenant's present terms; if its first edit is
        refused, nothing is opened. `beside` makes further changes in the same commit.
        """
        terms = self.terms_for(draft.tenant)
        async with self.context.writer.change(_author(draft.opened_by)) as change:
            stamp = await terms_archive.row_of(change, terms)
            case = replace(
                draft,
                id=await self.number(change),
                opened_at=change.at,
                terms_version=stamp.version,
            )
            entry = await change.record(
                "suspension.opened",
                subjects_of(case),
                {
                    "tenant": case.tenant,
                    "ground": case.ground,
                    "rehearsal": case.rehearsal,
                    "terms": stamp.version,
                    "terms_sha256": terms_archive.fingerprint(stamp),
                },
            )
            await change.put(stored.TERMS_TEXTS, [stamp], by=entry)
            await store.put(change, case, terms)
            if edit is not None:
                case = case_after(case, edit, terms)
                if beside is not None:
                    case = await beside(change, case)
                await self._write(change, case, edit, terms)
        return case

    async def apply_event(
        self, identifier: str, event: ev.Event, beside: Beside | None = None
    ) -> Case:
        """Apply an event to a case and return the new case; `beside` makes further changes in the
        same commit.

        `Conflict` with every reason when the case refuses; also where somebody acts and the rows of
        the case are not as recorded. To cancel it is possible all the same.
        """
        async with self.context.writer.change(actor_of(event)) as change:
            if event.by is not None and not isinstance(event, ev.Cancelled):
                await require_true_case(change, identifier)
            case = await store.load(change, identifier)
            terms = await terms_archive.find_terms(change, case.terms_version)
            case = case_after(case, event, terms)
            if beside is not None:
                case = await beside(change, case)
            await self._write(change, case, event, terms)
        return case

    async def observed(
        self, identifier: str, event: ev.Event, beside: Beside | None = None
    ) -> None:
        """Apply an observation to a case. It is dropped if somebody acted on the case meanwhile;
        the next poll observes again.
        """
        try:
            await self.apply_event(identifier, event, beside)
        except Conflict as reason:
            kind = type(event).__name__
            self.context.logger.info("seen too late", case=identifier, what=kind, why=str(reason))

    async def keep_terms(self) -> None:
        """Keep the terms in force for the cases that were opened under them and lack them, closed
        ones too: those from before any were kept, which were judged by the file of that name.
        """
        in_force = {terms.version: terms for terms in self.context.terms.versions}
        async with self.context.writer.change(itself()) as change:
            lacking = [
                case
                for case in await read_cases(change)
                if await terms_archive.find_terms(change, case.terms_version) is None
            ]
            for version, terms in in_force.items():
                mine = [case for case in lacking if case.terms_version == version]
                if mine:
                    await self._kept_late(change, await terms_archive.row_of(change, terms), mine)
        for case in lacking:
            if case.terms_version not in in_force and case.state not in ENDED:
                self.context.logger.error(
                    "the terms of a case are not kept", case=case.id, terms=case.terms_version
                )

    async def _kept_late(
        self, change: Change, row: stored.TermsText, cases: Sequence[Case]
    ) -> None:
        entry = await change.record(
            "suspension.terms-kept",
            [f"suspension:{case.id}" for case in cases],
            {"terms": row.version, "terms_sha256": terms_archive.fingerprint(row)},
        )
        await change.put(stored.TERMS_TEXTS, [row], by=entry)

    async def _write(
        self, change: Change, case: Case, event: ev.Event, terms: Terms | None
    ) -> None:
        """The case as it now is, and the entry that says what happened to it."""
        payload = {
            "event": msgspec.to_builtins(event),
            "state": case.state,
            "plan_digest": digest(case),
        }
        await change.record(
            f"suspension.{_kebab(type(event).__name__)}",
            subjects_of(case),
            payload,
        )
        await store.put(change, case, terms)


def case_after(case: Case, event: ev.Event, terms: Terms | None) -> Case:
    """The case after an event; `Conflict` with every reason when it refuses."""
    try:
        return apply_event(case, event, terms)
    except Refused as refused:
        raise Conflict("; ".join(map(sentence, refused.reasons))) from refused


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
