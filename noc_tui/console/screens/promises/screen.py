"""A tenant's promises of annexe 2: how they are now, and how the month went."""

import math
import time
from datetime import datetime
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.getters import query_one
from textual.widgets import Label, Static

from noc_tui.api import promises as api
from noc_tui.console.commands import Command
from noc_tui.console.dialogs.form import Field, Form
from noc_tui.console.fact_lines import facts
from noc_tui.console.page_pane import page_pane
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.promises.data import PromiseData, read_promises
from noc_tui.console.typed_instants import read_instant, write_instant
from noc_tui.contract.calendar import Month, instant, micros
from noc_tui.contract.instants import parse_instant
from noc_tui.i18n import N_, _
from noc_tui.labels.promises import describe_present, list_sections
from noc_tui.queries.kept_heads import read_kept_heads
from noc_tui.queries.record_check import INTACT_RECORD, check_promise_rows
from noc_tui.roles import Role
from noc_tui.text import visible
from noc_tui.threads import in_thread
from noc_tui.views.promise_sheet import PresentPromises
from storage.connection import Readable
from widgets.pane import Pane

SECTIONS = 4
"""As many as a sheet has."""
CHECK_SECONDS = 60
"""From one comparison of the rows with the record to the next."""
SHOWN_PROBLEMS = 3
"""So many rows that are not as recorded are named."""


def read_place(text: str) -> str:
    """A guest as `cluster/vmid`; raises ValueError for anything else."""
    cluster, slash, vmid = text.strip().rpartition("/")
    if not (cluster and slash and vmid.isascii() and vmid.isdecimal()):
        raise ValueError(_("This is no guest: write cluster/number."))
    return text.strip()


def read_place_or_none(text: str) -> str:
    """The same, or nothing."""
    return read_place(text) if text.strip() else ""


def read_percent(text: str) -> str:
    """A limit in percent, or nothing; raises ValueError for anything else."""
    value = text.strip()
    if value and not (value.isascii() and value.isdecimal() and 1 <= int(value) <= 100):
        raise ValueError(_("This is no percentage from 1 to 100."))
    return value


class TenantPromises(NocScreen[PromiseData]):
    """The sheet of a month, and what is entered about it."""

    CSS_PATH = "../../detail.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("promises.close", "escape", "app.pop_screen", N_("Back")),
        Command("promises.before", "left_square_bracket", "month(-1)", N_("Month before")),
        Command("promises.after", "right_square_bracket", "month(1)", N_("Month after")),
        Command(
            "promises.test", "r", "note_test", N_("Restore test"),
            N_("Note that a backup was restored for a test"), role=Role.OPERATOR, needs_nocd=True,
        ),
        Command(
            "promises.limit", "l", "set_limits", N_("Limits"),
            N_("Other limits for this tenant’s guests, or for one"), role=Role.OPERATOR,
            needs_nocd=True,
        ),
    )  # fmt: skip

    heading = query_one("#title", Label)
    present = query_one("#present", Static)
    problems = query_one("#problems", Static)

    def __init__(self, tenant: str) -> None:
        super().__init__()
        self.tenant = tenant
        self._month: Month | None = None
        self._data = PromiseData(None, PresentPromises(tenant))
        self._check = INTACT_RECORD
        self._checked_at = -math.inf

    @property
    def subject(self) -> str:
        return f"tenant:{self.tenant}"

    @property
    def month(self) -> Month:
        """The month that is shown: the present one until another is chosen."""
        return self._month or Month.of(micros(self.now()))

    def body(self) -> ComposeResult:
        yield Label(visible(self.tenant), id="title", classes="detail--title", markup=False)
        with VerticalScroll():
            yield page_pane(_("Now"), Static(_("reading …"), id="present"))
            problems = Static(id="problems", classes="detail")
            problems.display = False
            yield problems
            for number in range(SECTIONS):
                yield page_pane("", Static(id=f"section-{number}"), id=f"pane-{number}")

    async def read(self, db: Readable, since: int) -> PromiseData:
        config = self.session.config.promises
        return await read_promises(db, config, self.tenant, self.month, self.now())

    def show(self, data: PromiseData) -> None:
        self._data, sheet = data, data.sheet
        if sheet is None:
            self.heading.update(_("{tenant} is not in the register").format(tenant=self.tenant))
            return
        self.heading.update(visible(f"{sheet.name} ({sheet.tenant}) · {sheet.month}"))
        self.present.update(facts(describe_present(data.present, self.now())))
        problems = self._check.problems(self.tenant)
        said = [(_("Not as recorded"), visible(one)) for one in problems[:SHOWN_PROBLEMS]]
        self.problems.display = bool(problems)
        self.problems.update(facts(said))
        for number, section in enumerate(list_sections(sheet)):
            self.query_one(f"#pane-{number}", Pane).entitle(section.heading)
            self.query_one(f"#section-{number}", Static).update(
                facts(() if problems else section.lines)
            )
        if time.monotonic() - self._checked_at >= CHECK_SECONDS:
            self._checked_at = time.monotonic()
            self._compare()

    @work(group="check", exclusive=True)
    async def _compare(self) -> None:
        """Compare the rows with the record: the screen does not wait for it."""
        config, before = self.session.config, self._check
        heads = await in_thread(read_kept_heads, config)
        self._check = await in_thread(check_promise_rows, config.database.path, heads)
        if self._check.problems(self.tenant) != before.problems(self.tenant):
            self.show(self._data)

    def tick(self, now: datetime) -> None:
        """The ages of what is now."""
        if self._data.sheet is not None:
            self.present.update(facts(describe_present(self._data.present, now)))

    def action_month(self, step: int) -> None:
        """Another month."""
        self._month = self.month.next if step > 0 else self.month.previous
        self.renew(anew=True)

    @work
    async def action_note_test(self) -> None:
        """Ask what came of a restore test, and note it."""
        fields = (
            Field("guest", _("Guest (cluster/number)"), "", read_place),
            Field("tested_at", _("When"), write_instant(self.now()), read_instant),
            Field("outcome", _("Outcome: ok or failed"), "ok", _read_outcome),
            Field("note", _("What was seen")),
        )
        title = _("Restore test of {tenant}").format(tenant=visible(self.tenant))
        text = _("A backup was restored beside the others and looked at.")

        def test_of(filled: dict[str, str]) -> api.RestoreTest:
            return api.RestoreTest(
                tenant=self.tenant,
                guest=filled["guest"],
                tested_at=instant(parse_instant(filled["tested_at"])),
                outcome="ok" if filled["outcome"] == "ok" else "failed",
                note=filled["note"],
            )

        form = Form(title, text, fields)
        await self.ask_in(form, lambda filled: api.NOTE_RESTORE_TEST(test_of(filled)))

    @work
    async def action_set_limits(self) -> None:
        """Ask for limits, and put them in force."""
        fields = (
            Field("guest", _("Guest (cluster/number); empty: all of the tenant"), "",
                  read_place_or_none),
            Field("cpu", _("CPU, in percent"), "", read_percent),
            Field("memory", _("Memory, in percent"), "", read_percent),
            Field("disk", _("Disk, in percent"), "", read_percent),
            Field("reason", _("Why?")),
        )  # fmt: skip
        title = _("Limits of {tenant}").format(tenant=visible(self.tenant))
        text = _("Empty: the wider limit, the tenant’s or the configuration’s.")

        def limits_of(filled: dict[str, str]) -> api.Limits:
            return api.Limits(
                tenant=self.tenant,
                reason=filled["reason"],
                guest=filled["guest"] or None,
                cpu=_percent(filled["cpu"]),
                memory=_percent(filled["memory"]),
                disk=_percent(filled["disk"]),
            )

        form = Form(title, text, fields)
        await self.ask_in(form, lambda filled: api.SET_LIMITS(limits_of(filled)))


def _read_outcome(text: str) -> str:
    value = text.strip().casefold()
    if value not in ("ok", "failed"):
        raise ValueError(_("Write ok or failed."))
    return value


def _percent(text: str) -> int | None:
    return int(text) if text else None
