"""Ways to things, from wherever one is: each screen is imported when it is first opened."""

from typing import Literal, cast

from textual import work
from textual.app import App

from noc_tui.console.session import Session
from noc_tui.i18n import _
from noc_tui.text import visible


class Navigator(App[int]):
    """An app that brings the operator to a guest, a tenant, a case, or a table of them."""

    session: Session

    def say(self, text: str, *, title: str = "", severity: str = "information") -> None:
        """A message to the operator; never markup."""
        kind = cast(Literal["information", "warning", "error"], severity)
        self.notify(text, title=title, severity=kind, markup=False)

    @work
    async def open_guest(self, cluster: str, vmid: int) -> None:
        """The detail of a guest."""
        from noc_tui.console.screens.guests.detail import GuestDetail

        await self.push_screen(GuestDetail(cluster, vmid))

    @work
    async def open_incident(self, number: int) -> None:
        """An incident."""
        from noc_tui.console.screens.incident.screen import IncidentScreen

        await self.push_screen(IncidentScreen(number))

    @work
    async def open_suspension(self, identifier: str) -> None:
        """A suspension."""
        from noc_tui.console.screens.suspension.screen import SuspensionScreen

        await self.push_screen(SuspensionScreen(identifier))

    @work
    async def open_tenant(self, tenant: str) -> None:
        """The detail of a tenant."""
        from noc_tui.console.screens.tenants.detail import TenantDetail

        await self.push_screen(TenantDetail(tenant))

    @work
    async def guests_of(
        self,
        *,
        tenant: str = "",
        cluster: str = "",
        node: str = "",
        states: tuple[str, ...] = (),
        backup: str = "",
        words: str = "",
    ) -> None:
        """The guest table, with the guests of a tenant, of a node, or of some state only."""
        from noc_tui.console.screens.guests.screen import Guests, Scope

        await self.switch_mode("guests")
        while not isinstance(self.screen, Guests) and len(self.screen_stack) > 1:
            await self.pop_screen()  # a guest that was left open
        if isinstance(self.screen, Guests):
            self.screen.list_only(Scope(tenant, cluster, node, states, backup, words))

    @work
    async def action_requests(self) -> None:
        """The case whose plan waits for this operator; which, when there are several."""
        from noc_tui.console.dialogs.choose import Choose
        from noc_tui.console.screens.suspension.screen import SuspensionScreen

        requests = self.session.requests
        if not requests:
            self.say(_("no plan waits for your agreement"))
            return
        chosen: str | None = requests[0].id
        if len(requests) > 1:
            choices = [
                (one.id, visible(f"{one.id} · {one.tenant_name} · {one.opened_by}"))
                for one in requests
            ]
            chosen = await self.push_screen_wait(Choose(_("Whose plan?"), choices))
        if chosen is not None:
            await self.push_screen(SuspensionScreen(chosen))

    @work
    async def open_scope(self, *, tenant: str = "", reference: str = "", subject: str = "") -> None:
        """Annexe 2, for a ticket of this tenant, incident or alert."""
        from noc_tui.console.screens.scope.screen import ScopeScreen
        from noc_tui.console.screens.scope.ticket import Opened

        await self.switch_mode("scope")
        if isinstance(self.screen, ScopeScreen):
            self.screen.open_with(Opened("", tenant, reference, subject))
