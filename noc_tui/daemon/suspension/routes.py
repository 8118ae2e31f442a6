"""What the socket answers about suspensions.

    POST /v1/suspensions                       {"tenant","ground","rehearsal","edit"} → {"id",…}
    GET  /v1/suspensions/{id}                  the case, its checklist, digest, countdown, approval
    GET  /v1/suspensions/{id}/preview          for each guest what is now and what will be
    POST /v1/suspensions/{id}/{verb}           edit, waive, check, approve, notice, order, review,
                                               cancel, reapply, data-access, remedy, restore, letter
    POST /v1/contract                          {"name","text"} → {"sha256","clauses"}

Every verb answers the case as it then is. Refusals (409, exit code 4) name all that is missing.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import Case, Person
from noc_tui.contract.terms import Terms
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import NotFound
from noc_tui.daemon.core.server import answer, body, caller
from noc_tui.daemon.suspension import contract_text, shapes, store
from noc_tui.daemon.suspension.case_document import shown
from noc_tui.daemon.suspension.case_edits import edited, guest_ref
from noc_tui.daemon.suspension.cases import Cases, person
from noc_tui.daemon.suspension.drift import DriftMonitor
from noc_tui.daemon.suspension.exclusion import remedied
from noc_tui.daemon.suspension.guest_identities import identified
from noc_tui.daemon.suspension.notice_delivery import Notices
from noc_tui.daemon.suspension.planner import Measures
from noc_tui.daemon.suspension.preview import previewed
from noc_tui.daemon.suspension.runner import Runner
from noc_tui.i18n import _
from noc_tui.queries.terms_archive import kept
from noc_tui.roles import Role

Verb = Callable[["web.Request", str, Person], Awaitable[Case]]


@dataclass(slots=True)
class Routes:
    """The handlers, over the organs of the part."""

    context: Context
    cases: Cases
    notices: Notices
    runner: Runner
    watch: DriftMonitor
    measures: Measures

    def table(self) -> Sequence[web.RouteDef]:
        """All of them."""
        return [
            web.post("/v1/suspensions", self.open),
            web.get("/v1/suspensions/{id}", self.show),
            web.get("/v1/suspensions/{id}/preview", self.preview),
            web.post("/v1/suspensions/{id}/{verb}", self.act),
            web.post("/v1/contract", self.import_text),
        ]

    async def open(self, request: web.Request) -> web.StreamResponse:
        """A new draft."""
        who = caller(request, Role.OPERATOR)
        asked = await body(request, shapes.Opening)
        by = person(who)
        draft = await self.cases.draft(asked.tenant, asked.ground, by, asked.rehearsal)
        edit = None
        if asked.edit is not None:
            edit = await self._edited(draft, asked.edit, by, self.cases.terms_for(draft.tenant))
        return await self._answer(await self.cases.open(draft, edit), 201)

    async def show(self, request: web.Request) -> web.StreamResponse:
        """A case, for any role."""
        caller(request)
        return await self._answer(await store.load(self.context.writer, request.match_info["id"]))

    async def preview(self, request: web.Request) -> web.StreamResponse:
        """What is and what will be, read from the guests now."""
        caller(request, Role.OPERATOR)
        case = await store.load(self.context.writer, request.match_info["id"])
        return answer(await previewed(case, self.measures))

    async def act(self, request: web.Request) -> web.StreamResponse:
        """One verb on one case."""
        verbs: dict[str, Verb] = {
            "edit": self._edit,
            "waive": self._waive,
            "check": self._check,
            "approve": self._approve,
            "notice": self._notice,
            "order": self._order,
            "review": self._review,
            "cancel": self._cancel,
            "reapply": self._reapply,
            "data-access": self._data_access,
            "remedy": self._remedy,
            "restore": self._restore,
            "letter": self._letter,
        }
        verb = verbs.get(request.match_info["verb"])
        if verb is None:
            raise NotFound(_("suspensions have no verb {verb!r}").format(verb=request.path))
        who = person(caller(request, Role.OPERATOR))
        return await self._answer(await verb(request, request.match_info["id"], who))

    async def import_text(self, request: web.Request) -> web.StreamResponse:
        """Keep the hoster's official text."""
        who = caller(request, Role.LEAD)
        asked = await body(request, shapes.Import)
        return answer(await contract_text.imported(self.context, asked, who), 201)

    async def _answer(self, case: Case, status: int = 200) -> web.StreamResponse:
        earlier = await store.earlier_breaches(self.context.writer, case)
        now = self.context.clock.now()
        terms = await kept(self.context.writer, case.terms_version)
        return answer(shown(case, terms, earlier, now), status)

    async def _edit(self, request: web.Request, identifier: str, by: Person) -> Case:
        asked = await body(request, shapes.Edit)
        case = await store.load(self.context.writer, identifier)
        terms = await store.terms_of(self.context.writer, case)
        return await self.cases.tell(identifier, await self._edited(case, asked, by, terms))

    async def _edited(self, case: Case, asked: shapes.Edit, by: Person, terms: Terms) -> ev.Edited:
        context = self.context
        event = await edited(
            context.writer, context.estate, terms, case, asked, by, context.clock.now()
        )
        return await identified(event, case, self.measures)

    async def _waive(self, request: web.Request, identifier: str, by: Person) -> Case:
        asked = await body(request, shapes.Waive)
        event = ev.StepWaived(at=self._now(), by=by, step=asked.step, reason=asked.reason)
        return await self.cases.tell(identifier, event)

    async def _check(self, request: web.Request, identifier: str, by: Person) -> Case:
        event = ev.Checked(at=self._now(), by=by, earlier=await self._earlier(identifier))
        return await self.cases.tell(identifier, event)

    async def _approve(self, request: web.Request, identifier: str, by: Person) -> Case:
        seen = (await body(request, shapes.Approve)).seen
        return await self.cases.tell(identifier, ev.Approved(at=self._now(), by=by, seen=seen))

    async def _notice(self, request: web.Request, identifier: str, by: Person) -> Case:
        asked = await body(request, shapes.NoticeAction)
        if asked.action == "send":
            return await self.notices.send(identifier, by)
        if asked.action == "draft":
            case = await store.load(self.context.writer, identifier)
            text = await self.notices.drafted(case, asked.language)
            return await self.cases.tell(identifier, ev.Edited(at=self._now(), by=by, text=text))
        modes = {"after": "after", "waive": "waived", "withhold": "withheld"}
        event = ev.NoticeSetAside(
            at=self._now(),
            by=by,
            mode=modes[asked.action],  # type: ignore[arg-type]  # the three that are left
            reason=asked.reason,
        )
        return await self.cases.tell(identifier, event)

    async def _order(self, request: web.Request, identifier: str, by: Person) -> Case:
        asked = await body(request, shapes.Order)
        event = ev.Ordered(
            at=self._now(),
            by=by,
            typed_name=asked.typed_name,
            seen=asked.seen,
            earlier=await self._earlier(identifier),
            break_glass=asked.break_glass,
        )
        return self._looked(await self.cases.tell(identifier, event))

    async def _review(self, request: web.Request, identifier: str, by: Person) -> Case:
        finding = (await body(request, shapes.Said)).text
        event = ev.Reviewed(at=self._now(), by=by, finding=finding)
        return await self.cases.tell(identifier, event)

    async def _cancel(self, request: web.Request, identifier: str, by: Person) -> Case:
        reason = (await body(request, shapes.Said)).text
        event = ev.Cancelled(at=self._now(), by=by, reason=reason)
        return await self.cases.tell(identifier, event)

    async def _reapply(self, request: web.Request, identifier: str, by: Person) -> Case:
        case = await self.cases.tell(identifier, ev.ReapplyOrdered(at=self._now(), by=by))
        self.watch.forget(identifier)
        return self._looked(case)

    async def _data_access(self, request: web.Request, identifier: str, by: Person) -> Case:
        asked = await body(request, shapes.DataAccess)
        event = ev.DataAccessSet(at=self._now(), by=by, open=asked.open)
        case = await self.cases.tell(identifier, event)
        await self.runner.data_access(case)
        return case

    async def _remedy(self, request: web.Request, identifier: str, by: Person) -> Case:
        found = (await body(request, shapes.Said)).text
        event = ev.Remedied(at=self._now(), by=by, found=found)
        return self._looked(await self.cases.tell(identifier, event, remedied))

    async def _restore(self, request: web.Request, identifier: str, by: Person) -> Case:
        asked = await body(request, shapes.Restore)
        refs = tuple(guest_ref(text) for text in asked.guests)
        event = ev.RestoreOrdered(at=self._now(), by=by, guests=refs, found=asked.found)
        case = await self.cases.tell(identifier, event)
        self.watch.forget(identifier)
        return self._looked(case)

    async def _letter(self, request: web.Request, identifier: str, by: Person) -> Case:
        reference = (await body(request, shapes.Said)).text
        event = ev.LetterSent(at=self._now(), by=by, reference=reference)
        return await self.cases.tell(identifier, event)

    def _looked(self, case: Case) -> Case:
        """The order is durable: its answer does not wait until it is begun."""
        self.runner.soon(case)
        return case

    async def _earlier(self, identifier: str) -> int:
        case = await store.load(self.context.writer, identifier)
        return await store.earlier_breaches(self.context.writer, case)

    def _now(self) -> datetime:
        return self.context.clock.now()
