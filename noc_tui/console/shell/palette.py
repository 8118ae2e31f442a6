"""The palette: find a guest, a node, a tenant, a mode or a command by a few letters."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from noc_tui.console.host import host_of
from noc_tui.console.modes import MODES
from noc_tui.console.references import GuestList, GuestRef, ModeRef, Reference, TenantRef
from noc_tui.i18n import _
from noc_tui.labels.tenant_now import word_out
from noc_tui.queries.tenants_now import read_lasting_outages
from noc_tui.text import visible
from storage.guests import GUESTS
from storage.inventory import NODES
from storage.register import TENANTS
from widgets.folding import fold
from widgets.terminal_size import TerminalSized

LIMIT = 40
NOT_HERE = ("table.", "mode.")
"""Moving about in a table is not worth a line of the palette, and modes have theirs."""


@dataclass(frozen=True, slots=True)
class Place:
    """Something to go to: what is shown, what is searched, and what is opened."""

    shown: str
    words: str
    help: str
    opens: Reference


class Places(Provider):
    """What can be done here, from the declarations of its keys; modes, tenants, nodes, guests."""

    async def startup(self) -> None:
        """Read names once, when the palette opens."""
        self._places = [place async for place in self._read()]

    async def _read(self) -> AsyncIterator[Place]:
        for mode in MODES:
            title = _(mode.title)
            yield Place(title, fold(title), _("screen"), ModeRef(mode.id))
        reader = host_of(self.app).session.reader
        if reader is None:
            return
        async with reader.snapshot() as db:
            tenants, nodes, guests = (
                await TENANTS.read(db),
                await NODES.read(db),
                await GUESTS.read(db),
            )
            out = await read_lasting_outages(db)
        now = host_of(self.app).session.clock.now()
        for tenant in tenants:
            words = f"{tenant.name} {tenant.id}"
            outage = out.get(tenant.id)
            told = _("tenant") if outage is None else f"{_('tenant')} · {word_out(outage, now)}"
            yield Place(words, fold(words), told, TenantRef(tenant.id))
        for node in nodes:
            guests_there = GuestList(cluster=node.cluster, node=node.name)
            words = f"{node.name} {node.cluster}"
            yield Place(node.name, fold(words), _("node"), guests_there)
        for guest in guests:
            words = f"{guest.name or '?'} {guest.vmid} {guest.cluster}"
            reference = GuestRef(guest.cluster, guest.vmid)
            yield Place(words, fold(words), _("guest"), reference)

    async def discover(self) -> Hits:
        for words, go in self._offered_commands():
            yield DiscoveryHit(words, go)

    async def search(self, query: str) -> Hits:
        terms = fold(query).split()
        nothing = True
        for words, go in self._offered_commands():
            if all(term in fold(words) for term in terms):
                nothing = False
                yield Hit(2, Content(words), go)
        found = (place for place in self._places if all(term in place.words for term in terms))
        for number, place in zip(range(LIMIT), found, strict=False):
            nothing = False
            go = partial(host_of(self.app).open, place.opens)
            yield Hit(1 - number / 1000, Content(visible(place.shown)), go, help=place.help)
        if nothing:
            yield Hit(0.001, Content(_("Nothing is called so.")), lambda: None)

    def _offered_commands(self) -> Iterator[tuple[str, Callable[[], object]]]:
        seen: set[str] = set()
        for node, binding, enabled, _tooltip in self.screen.active_bindings.values():
            if not enabled or not binding.description or binding.id in seen or binding.id is None:
                continue
            if binding.id.startswith(NOT_HERE):
                continue
            seen.add(binding.id)
            run = partial(self.app.run_action, binding.action, node)
            yield _(binding.description), run


class Palette(TerminalSized, CommandPalette):
    """Textual's palette, of the terminal's size."""


def palette() -> Palette:
    """The palette, ready to be opened."""
    return Palette(providers=[Places], placeholder=_("a guest, a node, a tenant, a command …"))
