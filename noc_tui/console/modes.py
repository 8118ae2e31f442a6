"""The table of modes: where each part of the product adds its screens to the console.

To add one: write `noc_tui/console/screens/<name>/screen.py` with a subclass of `NocScreen` (see
`noc_tui/console/screen.py` for what it gives and has), a `.tcss` beside it if it needs style
(`CSS_PATH = "<name>.tcss"`), and a line in `MODES`. The module is imported when the mode is first
opened, so that it costs nothing at start. Title, key, palette and help follow from the line; its
French stands in `noc_tui/locale/fr/<part>.po`.

From a mode, open further screens with `self.app.push_screen(Detail(...))`; they are `NocScreen`s
too. Dialogs are typed and awaited from an `@work` method:

    if await self.app.push_screen_wait(Confirm(_("Stop web-1?"), _("It is switched off at once."))):
        answer = await self.ask_nocd("/v1/guests/rennes/101/power", Answer, {"action": "stop"})

To bring the operator to a guest, a tenant or a node: `self.noc.open_guest(cluster, vmid)`,
`self.noc.open_tenant(id)`, `self.noc.guests_of(tenant=…)`, `self.noc.guests_of(node=…)`: `ways.py`.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

import msgspec

from noc_tui.i18n import N_

if TYPE_CHECKING:  # screens import this table through the header
    from noc_tui.console.screen import NocScreen


class Mode(msgspec.Struct, frozen=True):
    """One mode: its key, its title, and the screen, imported when it is first opened.

    `short` is its title where the terminal is narrow; all of them together fit 80 columns.
    """

    id: str
    key: str
    title: str
    short: str
    module: str
    screen: str

    @property
    def binding_id(self) -> str:
        """The stable id of its key."""
        return f"mode.{self.id}"

    def open(self) -> "NocScreen[object]":
        """A new screen of this mode."""
        made: NocScreen[object] = getattr(import_module(self.module), self.screen)()
        return made


_SCREENS = "noc_tui.console.screens"

MODES: tuple[Mode, ...] = (
    Mode("overview", "1", N_("Overview"), N_("Over"), f"{_SCREENS}.overview.screen", "Overview"),
    Mode("tenants", "2", N_("Tenants"), N_("Tenants"), f"{_SCREENS}.tenants.screen", "Tenants"),
    Mode("guests", "3", N_("Guests"), N_("Guests"), f"{_SCREENS}.guests.screen", "Guests"),
    Mode(
        "timeline",
        "4",
        N_("Timeline"),
        N_("Times"),
        f"{_SCREENS}.timeline.screen",
        "TimelineScreen",
    ),
    Mode("sla", "5", N_("SLA"), N_("SLA"), f"{_SCREENS}.sla.screen", "Sla"),
    Mode(
        "suspensions",
        "6",
        N_("Suspensions"),
        N_("Susp"),
        f"{_SCREENS}.suspension.list",
        "Suspensions",
    ),
    Mode("triage", "7", N_("Triage"), N_("Triage"), f"{_SCREENS}.triage.screen", "Triage"),
    Mode(
        "handover", "8", N_("Handover"), N_("Hand"), f"{_SCREENS}.handover.screen", "HandoverScreen"
    ),
    Mode(
        "evidence", "9", N_("Evidence"), N_("Evid"), f"{_SCREENS}.evidence.screen", "EvidenceScreen"
    ),
    Mode("scope", "0", N_("Annexe 2"), N_("Ann2"), f"{_SCREENS}.scope.screen", "ScopeScreen"),
)


def factories() -> dict[str, Callable[[], "NocScreen[object]"]]:
    """What Textual wants as `App.MODES`."""
    return {mode.id: mode.open for mode in MODES}
