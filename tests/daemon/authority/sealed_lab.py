"""The lab of suspensions with a sealed file beside its database, and who may see it or not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from msgspec.structs import replace

from noc_tui.api import authority as api
from noc_tui.api.suspension import CaseDocument, Edit
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.authority import service as authority
from noc_tui.daemon.authority.routes import AuthorityRoutes, Realm
from noc_tui.daemon.authority.service import AuthorityService
from noc_tui.daemon.core.server import Call
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.cases import person
from noc_tui.roles import Caller, Role
from tests.daemon.suspension.lab import LOOK_SECONDS, Lab, made_lab
from tests.support.tls import Served
from tests.support.waiting import until

B = TypeVar("B")
OLGA = Caller(1002, "olga", Role.OPERATOR, confidential=True)
LEA = Caller(1003, "lea", Role.LEAD, confidential=True)
OMAR = Caller(1001, "omar", Role.OPERATOR)
MARC = Caller(1005, "marc", Role.LEAD)
"""A lead who may not know."""


@dataclass
class SealedLab:
    """Both files, both services, and the routes of orders."""

    lab: Lab
    service: AuthorityService
    routes: AuthorityRoutes
    sealed: Realm

    def call(self, who: Caller, body: B, **path: str) -> Call[B]:
        return Call(who, body, path, {})

    def new_order(self, **changes: Any) -> api.NewOrder:
        asked = api.NewOrder(
            kind="criminal",
            authority="Zqauthority",
            reference="Zqreference",
            scope="Zqscope01",
            authenticity="Zqauthentic",
            received_at=self.lab.now() - timedelta(minutes=1),
            secrecy="forbidden",
            secrecy_basis="Zqbasis01",
            tenant="acme",
        )
        return replace(asked, **changes)

    async def record(self, who: Caller = OLGA, **changes: Any) -> api.OrderDocument:
        return await self.routes.record(self.call(who, self.new_order(**changes)))

    async def open_case(
        self, order: str, who: Caller = OLGA, means: str = "vm_stop", **edit: Any
    ) -> CaseDocument:
        facts = {"data_access": "none", "history": "yes", "milder": "Zqmilder1", "remedy": "x"}
        first = Edit(scope="tenant", means=(means,), facts=facts, **edit)
        return await self.routes.case(self.call(who, api.Execution("acme", edit=first), id=order))

    async def carry_out(self, case: str, who: Caller = OLGA) -> Case:
        """Check and order it alone, and wait until it is in force."""
        part, at, by = self.sealed.suspensions, self.lab.now(), person(who)
        await part.cases.apply_event(case, ev.Checked(at=at, by=by))
        checked = await store.load(self.sealed.orders.context.writer, case)
        order = ev.Ordered(at=at, by=by, typed_name="Acme", seen=digest(checked), break_glass=True)
        await part.runner.start_or_stop_work(await part.cases.apply_event(case, order))
        return await self.until(case, "suspended")

    async def until(self, case: str, state: str) -> Case:
        return await until(
            lambda: store.load(self.sealed.orders.context.writer, case),
            lambda now: now.state == state,
            meanwhile=self.lab.now_and_then(),
            every=LOOK_SECONDS,
        )


@asynccontextmanager
async def made_sealed_lab(directory: Path, tls: Served) -> AsyncIterator[SealedLab]:
    """A lab in that directory, its open and its sealed part at work."""
    async with made_lab(directory, tls, sealing=True) as lab:
        built = authority.build(lab.context)
        assert built.sealed is not None
        built.opened = Realm(built.opened.orders, lab.part)
        routes = AuthorityRoutes(lab.context, built.opened, built.sealed, None)
        running = asyncio.create_task(built.run_sealed(built.sealed))
        try:
            yield SealedLab(lab, built, routes, built.sealed)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
