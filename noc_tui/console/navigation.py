"""Opens what a reference names. Each screen is imported when it is first opened, and costs nothing
before: the first frame waits for the overview alone.
"""

from collections.abc import Callable, Coroutine
from importlib import import_module
from typing import Any

from textual.app import App
from textual.screen import Screen

from noc_tui.console.host import Host
from noc_tui.console.modes import MODES, Mode
from noc_tui.console.references import (
    BackupsRef,
    CaseRef,
    FilteredMode,
    GuestList,
    GuestRef,
    IncidentRef,
    ModeRef,
    MonthRef,
    NewCase,
    NewLetter,
    NodeRef,
    PaymentsRef,
    PromisesRef,
    Reference,
    ScopeTicket,
    TenantRef,
)
from noc_tui.console.screen import NocScreen
from noc_tui.i18n import _
from noc_tui.text import visible

Detail = (
    GuestRef
    | NodeRef
    | TenantRef
    | PromisesRef
    | PaymentsRef
    | BackupsRef
    | MonthRef
    | IncidentRef
    | CaseRef
)
"""A screen that is laid over the one it was opened from."""


def mode_screens() -> dict[str, Callable[[], Screen[Any]]]:
    """Return what Textual wants as `App.MODES`: a function for each mode that makes its screen."""
    return {mode.id: _maker(mode) for mode in MODES}


def _maker(mode: Mode) -> Callable[[], Screen[Any]]:
    def make() -> Screen[Any]:
        screen: Screen[Any] = getattr(import_module(mode.module), mode.screen)()
        return screen

    return make


class Navigator:
    """Moves an app from screen to screen; `host` is the same app as the console's parts see it."""

    def __init__(self, app: App[Any], host: Host) -> None:
        self._app, self._host = app, host

    def open(self, reference: Reference) -> None:
        """Open the screen that a reference names, in a worker of the app."""
        self._app.run_worker(self._route(reference))

    def open_requests(self) -> None:
        """Open the case whose plan waits for this operator; ask which when there are several."""
        self._app.run_worker(self._open_request())

    def _route(self, reference: Reference) -> Coroutine[Any, Any, None]:
        match reference:
            case ModeRef(mode=mode):
                return self._switch(mode)
            case FilteredMode():
                return self._list_filtered(reference)
            case GuestList():
                return self._list_guests(reference)
            case ScopeTicket():
                return self._open_ticket(reference)
            case NewCase():
                return self._begin_case(reference)
            case NewLetter():
                return self._record_letter(reference)
            case _:
                return self._push(reference)

    async def _push(self, reference: Detail) -> None:
        await self._app.push_screen(_detail_screen(reference))

    async def _switch(self, mode: str) -> None:
        await self._app.switch_mode(mode)

    async def _list_filtered(self, wanted: FilteredMode) -> None:
        app = self._app
        await app.switch_mode(wanted.mode)
        while len(app.screen_stack) > 1:
            await app.pop_screen()  # what was left open there
        if isinstance(app.screen, NocScreen):
            app.screen.list_matching(wanted.filter)

    async def _list_guests(self, listed: GuestList) -> None:
        from noc_tui.console.screens.guests.screen import Guests

        app = self._app
        await app.switch_mode("guests")
        while not isinstance(app.screen, Guests) and len(app.screen_stack) > 1:
            await app.pop_screen()  # a guest that was left open
        if isinstance(app.screen, Guests):
            app.screen.list_only(listed)

    async def _open_ticket(self, ticket: ScopeTicket) -> None:
        from noc_tui.console.screens.scope.screen import ScopeScreen

        await self._app.switch_mode("scope")
        if isinstance(self._app.screen, ScopeScreen):
            self._app.screen.open_with(ticket)

    async def _begin_case(self, asked: NewCase) -> None:
        from noc_tui.console.screens.suspension.opening import begin_case

        if isinstance(self._app.screen, NocScreen):
            await begin_case(self._app.screen, asked)

    async def _record_letter(self, letter: NewLetter) -> None:
        from noc_tui.console.screens.suspension.orders import OrderDesk

        if isinstance(self._app.screen, NocScreen):
            await OrderDesk(self._app.screen).record(letter)

    async def _open_request(self) -> None:
        from noc_tui.console.dialogs.choose_one import ChooseOne

        requests = self._host.session.requests
        if not requests:
            self._host.say(_("no plan waits for your agreement"))
            return
        chosen: str | None = requests[0].id
        if len(requests) > 1:
            choices = [
                (one.id, visible(f"{one.id} · {one.tenant_name} · {one.opened_by}"))
                for one in requests
            ]
            chosen = await self._app.push_screen_wait(ChooseOne(_("Whose plan?"), choices))
        if chosen is not None and self._host.subject != f"suspension:{chosen}":
            await self._push(CaseRef(chosen))


def _detail_screen(reference: Detail) -> Screen[None]:
    match reference:
        case GuestRef(cluster=cluster, vmid=vmid):
            from noc_tui.console.screens.guests.detail import GuestDetail

            return GuestDetail(cluster, vmid)
        case NodeRef(cluster=cluster, node=node):
            from noc_tui.console.screens.nodes.detail import NodeDetail

            return NodeDetail(cluster, node)
        case TenantRef(tenant=tenant):
            from noc_tui.console.screens.tenants.detail import TenantDetail

            return TenantDetail(tenant)
        case PromisesRef(tenant=tenant):
            from noc_tui.console.screens.promises.screen import TenantPromises

            return TenantPromises(tenant)
        case PaymentsRef(tenant=tenant):
            from noc_tui.console.screens.payments.screen import Payments

            return Payments(tenant)
        case BackupsRef():
            from noc_tui.console.screens.backups.screen import BackupsScreen

            return BackupsScreen()
        case MonthRef(month=month):
            from noc_tui.console.screens.month.screen import MonthEndScreen

            return MonthEndScreen(month)
        case IncidentRef(number=number):
            from noc_tui.console.screens.incident.screen import IncidentScreen

            return IncidentScreen(number)
        case CaseRef(identifier=identifier):
            from noc_tui.console.screens.suspension.screen import SuspensionScreen

            return SuspensionScreen(identifier)
