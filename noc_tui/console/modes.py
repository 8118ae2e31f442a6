"""The table of modes: where each part of the product adds its screen to the console.

To add one: write `noc_tui/console/screens/<name>/screen.py` with a subclass of `NocScreen` (see
`noc_tui/console/screen.py` for what it gives and has), a `.tcss` beside it if it needs style
(`CSS_PATH = "<name>.tcss"`), and an entry in `MODES`. `noc_tui.console.navigation` imports the
module when the mode is first opened, so that it costs nothing at start. Title, key, palette and
help follow from the entry; its French stands in `noc_tui/locale/fr/<part>.po`.

Dialogs are typed and awaited from an `@work` method:

    if await self.app.push_screen_wait(Confirm(_("Stop web-1?"), _("It is switched off at once."))):
        order = PowerOrder("stop")
        answer = await self.ask_nocd(guests.POWER(order, cluster="rennes", vmid=101))

To bring the operator to another screen: `self.host.open(GuestRef("rennes", 101))`, or another
reference of `noc_tui.console.references`.
"""

import msgspec

from noc_tui.i18n import N_

_SCREENS = "noc_tui.console.screens"


class Mode(msgspec.Struct, frozen=True, kw_only=True):
    """One mode: its id, key and title, and the module and class of its screen.

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


MODES: tuple[Mode, ...] = (
    Mode(
        id="overview", key="1", title=N_("Overview"), short=N_("Over"),
        module=f"{_SCREENS}.overview.screen", screen="Overview",
    ),
    Mode(
        id="tenants", key="2", title=N_("Tenants"), short=N_("Tenants"),
        module=f"{_SCREENS}.tenants.screen", screen="Tenants",
    ),
    Mode(
        id="guests", key="3", title=N_("Guests"), short=N_("Guests"),
        module=f"{_SCREENS}.guests.screen", screen="Guests",
    ),
    Mode(
        id="timeline", key="4", title=N_("Timeline"), short=N_("Times"),
        module=f"{_SCREENS}.timeline.screen", screen="TimelineScreen",
    ),
    Mode(
        id="sla", key="5", title=N_("SLA"), short=N_("SLA"),
        module=f"{_SCREENS}.sla.screen", screen="Sla",
    ),
    Mode(
        id="suspensions", key="6", title=N_("Suspensions"), short=N_("Susp"),
        module=f"{_SCREENS}.suspension.list", screen="Suspensions",
    ),
    Mode(
        id="triage", key="7", title=N_("Triage"), short=N_("Triage"),
        module=f"{_SCREENS}.triage.screen", screen="Triage",
    ),
    Mode(
        id="handover", key="8", title=N_("Handover"), short=N_("Hand"),
        module=f"{_SCREENS}.handover.screen", screen="HandoverScreen",
    ),
    Mode(
        id="evidence", key="9", title=N_("Evidence"), short=N_("Evid"),
        module=f"{_SCREENS}.evidence.screen", screen="EvidenceScreen",
    ),
    Mode(
        id="scope", key="0", title=N_("Annexe 2"), short=N_("Ann2"),
        module=f"{_SCREENS}.scope.screen", screen="ScopeScreen",
    ),
)  # fmt: skip
