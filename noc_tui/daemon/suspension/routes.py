"""Routes of suspensions.

Every verb answers the case as it then is. Refusals (409, exit code 4) name all that is missing.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec
from aiohttp import web
from msgspec.structs import replace

from noc_tui.api import contract
from noc_tui.api import suspension as api
from noc_tui.api.endpoint import Endpoint
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import PREPARING, Case, DebtFacts, Person, Plan
from noc_tui.contract.terms import Terms
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.instants import utc_instant
from noc_tui.daemon.core.sent_files import by_digest
from noc_tui.daemon.core.server import Call, route, unknown_verb
from noc_tui.daemon.suspension import contract_text, exhibits, store
from noc_tui.daemon.suspension.case_document import build_case_document
from noc_tui.daemon.suspension.case_edits import (
    guest_ref,
    prepare_edit,
    refresh_plan,
    require_ground,
)
from noc_tui.daemon.suspension.case_page import read_page
from noc_tui.daemon.suspension.cases import Beside, Cases, person
from noc_tui.daemon.suspension.drift import DriftMonitor
from noc_tui.daemon.suspension.exclusion import end_exclusion, refresh_figures
from noc_tui.daemon.suspension.feasibility import require_feasible
from noc_tui.daemon.suspension.guest_identities import add_identities
from noc_tui.daemon.suspension.invoice_debts import see_invoice
from noc_tui.daemon.suspension.notice_delivery import Notices
from noc_tui.daemon.suspension.planned_orders import PlannedOrders
from noc_tui.daemon.suspension.planner import Measures
from noc_tui.daemon.suspension.preview import preview_case
from noc_tui.daemon.suspension.runner import Runner
from noc_tui.daemon.suspension.scope import read_scope
from noc_tui.i18n import _
from noc_tui.letters.restoration import word_judgment
from noc_tui.letters.sender import sender_of
from noc_tui.queries.terms_archive import find_terms
from noc_tui.roles import Role
from noc_tui.statement.termination import read_termination_file
from storage.change import Change
from storage.connection import Readable

B = TypeVar("B")


@dataclass(slots=True)
class Routes:
    """The handlers of requests about suspensions."""

    context: Context
    cases: Cases
    notices: Notices
    runner: Runner
    watch: DriftMonitor
    measures: Measures
    planned: PlannedOrders

    def table(self) -> Sequence[web.RouteDef]:
        """Return all routes of suspensions."""
        return [
            route(api.OPEN, self.open),
            route(api.SHOW, self.show),
            route(api.PAGE, self.page),
            route(api.EXHIBIT, self.exhibit),
            route(api.TERMINATION_FILE, self.termination_file),
            route(api.PREVIEW, self.preview),
            self.verb(api.EDIT, self._edit),
            self.verb(api.WITHDRAW, self._withdraw),
            self.verb(api.ANSWER, self._answer),
            self.verb(api.DEBT, self._debt),
            self.verb(api.INSOLVENCY, self._insolvency),
            self.verb(api.WAIVE, self._waive),
            self.verb(api.CHECK, self._check),
            self.verb(api.APPROVE, self._approve),
            self.verb(api.NOTICE, self._notice),
            route(api.FORMAL_NOTICE, self.formal_notice),
            self.verb(api.ORDER, self._order),
            self.verb(api.MOVE, self._move),
            self.verb(api.REVIEW, self._review),
            self.verb(api.CANCEL, self._cancel),
            self.verb(api.REAPPLY, self._reapply),
            self.verb(api.DATA_ACCESS, self._data_access),
            self.verb(api.REMEDY, self._remedy),
            self.verb(api.RESTORE, self._restore),
            self.verb(api.LETTER, self._letter),
            unknown_verb("/v1/suspensions/{id}", Role.OPERATOR, _unknown),
            route(contract.IMPORT, self.import_text),
        ]

    def verb(
        self, endpoint: Endpoint[B, api.CaseDocument], act: Callable[[Call[B]], Awaitable[Case]]
    ) -> web.RouteDef:
        """Return the route of a verb: it acts on a case and answers the new case."""

        async def acted(call: Call[B]) -> api.CaseDocument:
            return await self._document(await act(call))

        return route(endpoint, acted)

    async def open(self, call: Call[api.Opening]) -> api.CaseDocument:
        """Open a new draft. Raises `Conflict` for a ground that rests on an authority's order: its
        case is opened from the order.
        """
        terms = self.cases.terms_for(call.body.tenant)
        require_ground(call.body.ground, terms)
        if terms.ground(call.body.ground).termination == "order":
            raise Conflict(
                _(
                    "this ground rests on an order of an authority: record the order (noc-tui"
                    " authority record), and open its case from there"
                )
            )
        return await self.open_for_order(call)

    async def open_for_order(self, call: Call[api.Opening]) -> api.CaseDocument:
        """Open a new draft on any ground; whoever calls this has the order that it rests on."""
        asked, by = call.body, person(call.who)
        draft = await self.cases.draft(asked.tenant, asked.ground, by, asked.rehearsal)
        if asked.edit is None:
            return await self._document(await self.cases.open(draft))
        terms = self.cases.terms_for(draft.tenant)
        edit = await self._edited(draft, replace(asked.edit, subject=None, body=None), by, terms)
        opened = await self.cases.open(draft, edit, _keeping(asked.edit))
        if asked.edit.subject is not None or asked.edit.body is not None:
            # The letter names the case: its own words are compared with it once it has its number.
            words = api.Edit(subject=asked.edit.subject, body=asked.edit.body)
            edit = await self._edited(opened, words, by, terms)
            opened = await self.cases.apply_event(opened.id, edit)
        return await self._document(opened)

    async def show(self, call: Call[None]) -> api.CaseDocument:
        """Return a case, for any role."""
        return await self._document(await store.load(self.context.writer, call.path["id"]))

    async def page(self, call: Call[None]) -> api.CasePage:
        """Return a case with all that stands beside it, for any role."""
        return await read_page(self.context.writer, await self.show(call))

    async def exhibit(self, call: Call[None]) -> api.FileContent:
        """Return a file of a case."""
        return await exhibits.read_file(self.context.writer, call.path["id"], call.path["sha256"])

    async def termination_file(self, call: Call[None]) -> api.TerminationText:
        """Return what a termination letter needs, drawn from the file in which the case stands."""
        case = await self.show(call)
        sender = sender_of(self.context.config.hoster)
        found = await read_termination_file(self.context.writer, case, sender, self._now())
        document = msgspec.json.encode(found.document()).decode()
        return api.TerminationText("\n".join(found.lines()), document)

    async def preview(self, call: Call[None]) -> api.Preview:
        """Return the preview of a case's plan, read from the guests now."""
        case = await store.load(self.context.writer, call.path["id"])
        return await preview_case(case, self.measures)

    async def import_text(self, call: Call[contract.OfficialText]) -> contract.Imported:
        """Keep the hoster's official text."""
        return await contract_text.import_text(self.context, call.body, call.who)

    async def _document(self, case: Case) -> api.CaseDocument:
        earlier = await store.earlier_breaches(self.context.writer, case)
        now = self.context.clock.now()
        terms = await find_terms(self.context.writer, case.terms_version)
        effect = None
        if terms is not None and case.state in PREPARING:
            there = await read_scope(
                self.context.world, self.context.config, case.tenant, now, besides=case.id
            )
            effect = there.effect_of(case.plan, terms)
        return build_case_document(case, terms, earlier, now, effect)

    async def _edit(self, call: Call[api.Edit]) -> Case:
        identifier, by = _of(call)
        case = await store.load(self.context.writer, identifier)
        terms = await store.terms_of(self.context.writer, case)
        event = await self._edited(case, call.body, by, terms)
        return await self.cases.apply_event(identifier, event, _keeping(call.body))

    async def _edited(self, case: Case, asked: api.Edit, by: Person, terms: Terms) -> ev.Edited:
        event = await prepare_edit(self.context, terms, case, asked, by)
        event = self.notices.with_text(case, event, terms)
        return await add_identities(event, case, self.measures)

    async def _withdraw(self, call: Call[api.Withdrawal]) -> Case:
        identifier, by = _of(call)
        asked = call.body
        event = ev.ProofWithdrawn(at=self._now(), by=by, number=asked.proof, reason=asked.reason)
        return await self.cases.apply_event(identifier, event)

    async def _answer(self, call: Call[api.Answer]) -> Case:
        identifier, by = _of(call)
        asked, now = call.body, self._now()
        files = by_digest([asked.file] if asked.file else [])
        event = ev.ClientAnswered(
            at=now,
            by=by,
            text=asked.text,
            received_at=now
            if asked.received_at is None
            else utc_instant(asked.received_at, "received_at"),
            file=next(iter(files), ""),
            name=asked.file.name if asked.file else "",
        )

        async def kept(change: Change, case: Case) -> Case:
            await exhibits.keep_answer(change, case, files)
            return case

        await self.cases.apply_event(identifier, event, kept)
        return await self._settled(identifier)

    async def _debt(self, call: Call[api.Debt]) -> Case:
        identifier, by = _of(call)
        asked, now = call.body, self._now()
        as_of = now if asked.as_of is None else utc_instant(asked.as_of, "as_of")
        event = ev.DebtSeen(at=now, by=by, debt=DebtFacts(paid=asked.paid, as_of=as_of))
        await self.cases.apply_event(identifier, event)
        return await self._settled(identifier)

    async def _insolvency(self, call: Call[api.InsolvencyLook]) -> Case:
        identifier, by = _of(call)
        asked, known = call.body, await store.load(self.context.writer, identifier)
        language = known.notice.text.language
        event = ev.InsolvencySeen(
            at=self._now(),
            by=by,
            looked_on=asked.looked_on,
            judgment=asked.judgment,
            found="" if asked.judgment is None else word_judgment(asked.judgment, language),
        )
        return self._looked(await self.cases.apply_event(identifier, event, self._end_exclusion))

    async def _settled(self, identifier: str) -> Case:
        """The case after what it rests on was looked at: it may cancel itself."""
        await self.planned.look_at(identifier)
        return await store.load(self.context.writer, identifier)

    async def _waive(self, call: Call[api.Waiver]) -> Case:
        identifier, by = _of(call)
        asked = call.body
        event = ev.StepWaived(at=self._now(), by=by, step=asked.step, reason=asked.reason)
        return await self.cases.apply_event(identifier, event)

    async def _check(self, call: Call[None]) -> Case:
        identifier, by = _of(call)
        case = await self._refreshed(identifier, by)
        await require_feasible(case, self.measures)
        event = ev.Checked(at=self._now(), by=by, earlier=await self._earlier(identifier))
        return await self.cases.apply_event(identifier, event)

    async def _refreshed(self, identifier: str, by: Person) -> Case:
        """The draft with its plan as the tenant is now: guests that came, who would be out."""
        case = await store.load(self.context.writer, identifier)
        case = await see_invoice(self.context, self.cases, case)
        plan = await self._plan_now(case)
        if plan == case.plan:
            return case
        edited = await add_identities(
            ev.Edited(at=self._now(), by=by, plan=plan), case, self.measures
        )
        return await self.cases.apply_event(identifier, edited)

    async def _require_current(self, case: Case, db: Readable | None = None) -> None:
        """`Conflict` where the tenant is no more as it was when the plan was checked."""
        if await self._plan_now(case, db) != case.plan:
            raise Conflict(
                _(
                    "the tenant changed since the plan was checked (its guests, its accounts, or"
                    " what would stay of it): check it again"
                )
            )

    async def _plan_now(self, case: Case, db: Readable | None = None) -> Plan:
        if case.state not in PREPARING:
            return case.plan
        terms = await find_terms(self.context.writer, case.terms_version)
        return case.plan if terms is None else await refresh_plan(self.context, case, terms, db)

    async def _approve(self, call: Call[api.Approval]) -> Case:
        identifier, by = _of(call)
        seen = call.body.seen
        await self._require_current(await store.load(self.context.writer, identifier))
        case = await self.cases.apply_event(
            identifier, ev.Approved(at=self._now(), by=by, seen=seen)
        )
        return await self.notices.tell_move(case)

    async def _notice(self, call: Call[api.NoticeAction]) -> Case:
        identifier, by = _of(call)
        asked = call.body
        if asked.action == "send":
            return await self.notices.send(identifier, by)
        if asked.action == "draft":
            case = await store.load(self.context.writer, identifier)
            event = await self.notices.draft(case, asked.language, asked.moment)
            return await self.cases.apply_event(identifier, replace(event, by=by))
        if asked.action == "withhold":
            self.notices.require_withholdable()
        modes = {"after": "after", "waive": "waived", "withhold": "withheld"}
        aside = ev.NoticeSetAside(
            at=self._now(),
            by=by,
            mode=modes[asked.action],  # type: ignore[arg-type]  # the three that are left
            reason=asked.reason,
        )
        return await self.cases.apply_event(identifier, aside, self.notices.redraw)

    async def formal_notice(self, call: Call[api.FormalNotice]) -> api.DrawnLetter:
        """Draw the formal notice to pay of a case, and queue it where that is asked."""
        identifier, by = _of(call)
        case = await store.load(self.context.writer, identifier)
        await see_invoice(self.context, self.cases, case)
        return await self.notices.formal_notice(identifier, by, call.body)

    async def _order(self, call: Call[api.Order]) -> Case:
        identifier, by = _of(call)
        asked = call.body
        case = await store.load(self.context.writer, identifier)
        case = await see_invoice(self.context, self.cases, case)
        await self._require_current(case)
        await require_feasible(case, self.measures)
        event = ev.Ordered(
            at=self._now(),
            by=by,
            typed_name=asked.typed_name,
            seen=asked.seen,
            earlier=await self._earlier(identifier),
            break_glass=asked.break_glass,
            ran=tuple(row.ref for row in case.plan.guests if self.measures.runs(row.ref)),
            debt=await self.planned.debt_of(case),
        )

        async def still_current(change: Change, ordered: Case) -> Case:
            """Two orders at once may each leave what the other takes: the second looks again."""
            await self._require_current(case, change)
            return ordered

        return self._looked(await self.cases.apply_event(identifier, event, still_current))

    async def _move(self, call: Call[api.Move]) -> Case:
        identifier, by = _of(call)
        asked = call.body
        await see_invoice(
            self.context, self.cases, await store.load(self.context.writer, identifier)
        )
        event = ev.OrderMoved(
            at=self._now(),
            by=by,
            start=utc_instant(asked.start, "start"),
            reason=asked.reason,
            window_end=None
            if asked.window_end is None
            else utc_instant(asked.window_end, "window_end"),
            short_notice=asked.short_notice,
            earlier=await self._earlier(identifier),
        )
        case = await self.cases.apply_event(identifier, event, self.notices.redraw)
        return await self.notices.tell_move(case)

    async def _review(self, call: Call[api.Remark]) -> Case:
        identifier, by = _of(call)
        finding = call.body.text
        event = ev.Reviewed(at=self._now(), by=by, finding=finding)
        return await self.cases.apply_event(identifier, event)

    async def _cancel(self, call: Call[api.Remark]) -> Case:
        identifier, by = _of(call)
        reason = call.body.text
        event = ev.Cancelled(at=self._now(), by=by, reason=reason)
        return await self.cases.apply_event(identifier, event, self.notices.tell_withdrawn)

    async def _reapply(self, call: Call[None]) -> Case:
        identifier, by = _of(call)
        case = await self.cases.apply_event(identifier, ev.ReapplyOrdered(at=self._now(), by=by))
        self.watch.forget(identifier)
        return self._looked(case)

    async def _data_access(self, call: Call[api.DataAccess]) -> Case:
        identifier, by = _of(call)
        asked = call.body
        event = ev.DataAccessSet(at=self._now(), by=by, open=asked.open)
        case = await self.cases.apply_event(identifier, event)
        await self.runner.data_access(case)
        return case

    async def _remedy(self, call: Call[api.Remark]) -> Case:
        identifier, by = _of(call)
        found = call.body.text
        event = ev.Remedied(at=self._now(), by=by, found=found)
        return self._looked(await self.cases.apply_event(identifier, event, self._end_exclusion))

    async def _end_exclusion(self, change: Change, case: Case) -> Case:
        after = await end_exclusion(change, case)
        await refresh_figures(change, after, self.context)
        return after

    async def _restore(self, call: Call[api.Restoration]) -> Case:
        identifier, by = _of(call)
        asked = call.body
        refs = tuple(guest_ref(text) for text in asked.guests)
        event = ev.RestoreOrdered(at=self._now(), by=by, guests=refs, found=asked.found)
        case = await self.cases.apply_event(identifier, event)
        self.watch.forget(identifier)
        return self._looked(case)

    async def _letter(self, call: Call[api.Remark]) -> Case:
        identifier, by = _of(call)
        reference = call.body.text
        event = ev.LetterSent(at=self._now(), by=by, reference=reference)
        return await self.cases.apply_event(identifier, event)

    def _looked(self, case: Case) -> Case:
        """The order is durable: its answer does not wait until it is begun."""
        self.runner.start_or_stop_in_background(case)
        return case

    async def _earlier(self, identifier: str) -> int:
        case = await store.load(self.context.writer, identifier)
        return await store.earlier_breaches(self.context.writer, case)

    def _now(self) -> datetime:
        return self.context.clock.now()


def _of(call: Call[B]) -> tuple[str, Person]:
    """The case that is meant, and who asks, as a case remembers it."""
    return call.path["id"], person(call.who)


def _keeping(edit: api.Edit) -> Beside:
    """What an edit brings besides its event: the files of its proofs."""
    files = by_digest(edit.files)

    async def kept(change: Change, case: Case) -> Case:
        await exhibits.keep_files(change, case, edit.ticks or (), files)
        return case

    return kept


def _unknown(verb: str) -> str:
    return _("suspensions have no verb {verb!r}").format(verb=verb)
