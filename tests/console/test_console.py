"""What the console does: hostile names, age and silence, filter, orders, keys, places to go."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from noc_tui import i18n
from noc_tui.console.app import NocApp
from noc_tui.console.data_freshness import Daemon
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.modes import MODES
from noc_tui.console.references import GuestList, GuestRef, TenantRef
from noc_tui.console.screens.overview.screen import Overview
from noc_tui.console.session import Session
from noc_tui.console.shell.palette import Palette
from noc_tui.labels import formats
from storage.database import Writer
from storage.resources import GUEST_INSIDES, GuestInside
from tests.console import busy_estate, estate
from tests.console.conftest import console, cursor_to, lines, overview_is_whole, shown, shows, until
from tests.support.changes import recorded

pytestmark = pytest.mark.anyio
HOSTILE = (
    "[bold]x[/]",
    "[@click=app.quit]x[/]",
    "\x1b[2J\x1b]0;owned\x07",
    "abc\u202egpj.exe",
    "n" * 500,
    "a\nb\r\tc",
    "zero\u200bwidth\u0301",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "{name} %s",
)


async def guests_mode(app: NocApp, pilot: Pilot[int]) -> None:
    await pilot.press("3")
    await until(pilot, lambda: "acme-db-1" in shown(app))


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_name_changes_nothing_but_its_own_cell(tmp_path: Path, name: str) -> None:
    async with console(tmp_path, size=(100, 24)) as (app, pilot, nocd):
        assert nocd is not None
        await guests_mode(app, pilot)
        before = lines(app)
        row = next(number for number, line in enumerate(before) if "acme-batch" in line)
        start = before[row].index("acme-batch")
        end = before[row].index("○")
        path = app.session.config.database.path
        await estate.change(path, replace(estate.GUESTS[2], name=name))
        nocd.tell(99)
        await until(pilot, lambda: "acme-batch" not in shown(app))
        after = lines(app)
        assert [line for n, line in enumerate(after) if n != row] == [
            line for n, line in enumerate(before) if n != row
        ]
        assert after[row].startswith(before[row][:start])
        assert after[row].endswith(before[row][end:])
        assert all(char.isprintable() for char in after[row])


async def test_a_hostile_name_is_harmless_in_detail_question_and_notice(tmp_path: Path) -> None:
    config = estate.configuration(tmp_path)
    await estate.write(
        config.database.path, [estate.guest("rennes", 101, "[bold]x[/]\x1b[2J\u202e")]
    )
    async with console(tmp_path, size=(100, 24)) as (app, pilot, _nocd):
        app.open(GuestRef("rennes", 101))
        await until(pilot, lambda: "[bold]x[/]␛[2J⇄" in shown(app))
        await pilot.press("x")
        await until(pilot, lambda: "Stop [bold]x[/]␛[2J⇄ (rennes/101)?" in shown(app))
        app.say("[bold]y[/]", title="[red]z[/]")
        await until(pilot, lambda: "[bold]y[/]" in shown(app))


async def test_what_is_old_is_said_to_be_old(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, _pilot, _nocd):
        header = lines(app)[1]
        assert "▲ stale 3 min: nantes" in header
        assert "omar · operator" in header


async def test_growing_old_is_seen_without_any_news(tmp_path: Path) -> None:
    async with console(tmp_path, size=(110, 44)) as (app, pilot, _nocd):
        assert "rennes" not in lines(app)[1]
        origin = app.session.clock.now() + timedelta(seconds=100)
        app.session.clock = replace(app.session.clock, origin=origin)  # type: ignore[type-var] # the estate's scaled clock
        await until(pilot, lambda: "nantes, rennes" in lines(app)[1])
        assert "nothing seen for too long" in shown(app)


async def test_a_restore_that_waits_for_a_lead_is_said_on_every_screen(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot, nocd):
        assert nocd is not None
        await estate.hold(app.session.config.database.path)
        nocd.tell(99)
        await until(pilot, lambda: "held since a restore: nocd resume" in lines(app)[1])
        await guests_mode(app, pilot)
        assert "held since a restore: nocd resume" in lines(app)[1]


async def test_without_nocd_the_console_reads_on_and_says_so(tmp_path: Path) -> None:
    async with console(tmp_path, nocd=False) as (app, pilot, _nocd):
        assert "nocd down: read-only" in lines(app)[1]
        await guests_mode(app, pilot)
        path = app.session.config.database.path
        await estate.change(path, replace(estate.GUESTS[0], name="acme-renamed"))
        await until(pilot, lambda: "acme-renamed" in shown(app))
        await pilot.press("x")
        await pilot.pause()
        assert len(app.screen_stack) == 1  # no question: nobody would carry it out


async def test_without_a_database_the_console_says_what_is_missing(tmp_path: Path) -> None:
    app = NocApp(Session.of(estate.configuration(tmp_path)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.session.sight.daemon is Daemon.DOWN)
        assert "no database" in lines(app)[1]
        await estate.write(app.session.config.database.path)
        await until(pilot, lambda: "rennes" in shown(app))


async def test_unknown_is_neither_good_nor_zero(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 24)) as (app, pilot, _nocd):
        await guests_mode(app, pilot)
        row = next(line for line in lines(app) if " 130 " in line)
        assert "? unknown" in row
        assert "0 %" not in row
        assert "●" not in row


async def test_the_filter_narrows_with_each_key(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot, _nocd):
        await guests_mode(app, pilot)
        await pilot.press("slash", *"globex")
        await until(pilot, lambda: "2/8" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: "All guests · 8━" in shown(app))


async def test_keys_typed_in_a_burst_reach_what_they_were_meant_for(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot, nocd):
        assert nocd is not None
        for key in ("3", "slash", "s", "x", "1"):  # at once, as one packet brings them
            app.post_message(events.Key(key, "/" if key == "slash" else key))
        await until(pilot, lambda: "/sx1" in shown(app))
        assert app.current_mode == "guests"
        assert len(app.screen_stack) == 1
        assert nocd.orders == []


async def test_keys_after_a_colon_in_one_burst_belong_to_the_palette(tmp_path: Path) -> None:
    async with console(tmp_path, size=(100, 30)) as (app, pilot, nocd):
        assert nocd is not None
        for key in (":", *"globex3x"):
            app.post_message(events.Key("colon" if key == ":" else key, key))
        await until(pilot, lambda: isinstance(app.screen, Palette))
        await until(pilot, lambda: app.screen.query_one(Input).value == "globex3x")
        assert app.current_mode == "overview"
        assert nocd.orders == []


async def test_a_search_that_is_typed_over_keeps_the_palette_from_nothing(tmp_path: Path) -> None:
    async with console(tmp_path, size=(100, 30)) as (app, pilot, _nocd):
        app.post_message(events.Key("colon", ":"))
        await until(pilot, lambda: isinstance(app.screen, Palette))
        for key in "globex-db":  # each letter gives the search of the one before up
            app.post_message(events.Key(key, key))
            await asyncio.sleep(0)
        await until(pilot, lambda: "globex-db-1 111 rennes" in shown(app))


async def test_enter_in_the_burst_opens_what_was_typed_last(tmp_path: Path) -> None:
    async with console(tmp_path, size=(100, 30)) as (app, pilot, _nocd):
        for key in (":", *"guests", " ", *"globex"):
            app.post_message(events.Key("colon" if key == ":" else key, key))
        app.post_message(events.Key("enter", None))
        await until(pilot, lambda: app.current_mode == "guests" and "2/8" in shown(app))


async def test_a_colon_in_a_field_is_text_and_ctrl_p_finds(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot, _nocd):
        await guests_mode(app, pilot)
        await pilot.press("slash", "colon")
        await until(pilot, lambda: "/:" in shown(app) or app.screen.query_one(Input).value == ":")
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette))


async def test_from_a_tenant_to_its_guests_and_back_to_all(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot, _nocd):
        app.open(GuestList(tenant="globex"))
        await until(pilot, lambda: "Guests of tenant globex" in shown(app))
        assert "acme-web-1" not in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: "acme-web-1" in shown(app))


async def test_an_order_is_confirmed_and_asked_of_nocd(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot, nocd):
        assert nocd is not None
        await guests_mode(app, pilot)
        await pilot.press("down", "x")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("enter")  # the safe answer has the focus
        await until(pilot, lambda: not isinstance(app.screen, Confirm))
        assert nocd.orders == []
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: nocd.orders)
        assert nocd.orders == [("/v1/guests/nantes/130/power", b'{"action":"stop"}')]
        await until(pilot, lambda: "Sent to the cluster" in shown(app))


async def test_what_nocd_refuses_is_shown_in_its_words(tmp_path: Path) -> None:
    async with console(tmp_path, size=(110, 30)) as (app, pilot, nocd):
        assert nocd is not None
        nocd.refuses = True
        await guests_mode(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: "It is running, as last seen" in shown(app))
        await pilot.press("y")
        await until(pilot, lambda: "vera is viewer" in shown(app))


async def test_a_viewer_is_offered_no_order(tmp_path: Path) -> None:
    async with console(tmp_path, play="vera") as (app, pilot, nocd):
        assert nocd is not None
        await guests_mode(app, pilot)
        for key in "sdrx":
            await pilot.press(key)
        await pilot.pause()
        assert len(app.screen_stack) == 1
        assert nocd.orders == []
        assert "vera · viewer" in lines(app)[1]


async def test_keys_can_be_remapped_by_their_ids(tmp_path: Path) -> None:
    async with console(tmp_path, keys={"mode.guests": "f7"}) as (app, pilot, _nocd):
        assert "F7 Guests" in lines(app)[0]
        await pilot.press("3")
        assert app.current_mode == "overview"
        await pilot.press("f7")
        await until(pilot, lambda: app.current_mode == "guests")


async def test_the_palette_finds_guests_tenants_and_commands(tmp_path: Path) -> None:
    async with console(tmp_path, size=(100, 30)) as (app, pilot, _nocd):
        await pilot.press("ctrl+p", *"globex-db")
        await until(pilot, lambda: "globex-db-1 111 rennes" in shown(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "globex-db-1 (rennes/111)" in shown(app))


async def test_the_palette_finds_a_guest_by_an_address_that_its_agent_tells(
    tmp_path: Path,
) -> None:
    config = estate.configuration(tmp_path)
    await estate.write(config.database.path)
    writer = await Writer.open(config.database.path, clock_now=lambda: estate.NOW)
    inside = GuestInside("rennes", 111, estate.NOW, "l26", "answers", addresses=("203.0.113.77",))
    async with recorded(writer) as change:
        await change.put(GUEST_INSIDES, [inside])
    await writer.close()
    async with console(tmp_path, size=(100, 30)) as (app, pilot, _nocd):
        await pilot.press("ctrl+p", *"203.0.113.77")
        await until(pilot, lambda: "globex-db-1 111 rennes" in shown(app))
        assert "203.0.113.77" in shown(app).partition("globex-db-1 111 rennes")[2]
        await pilot.press("down", "enter")
        await until(pilot, lambda: "globex-db-1 (rennes/111)" in shown(app))


async def test_the_palette_says_that_a_tenant_is_out(tmp_path: Path) -> None:
    await busy_estate.write(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(100, 30)) as (app, pilot, _nocd):
        await pilot.press("ctrl+p", *"Globex globex")
        await until(pilot, lambda: "tenant · ✖ OUT 52 min" in shown(app))


async def test_the_palette_finds_screens_and_says_when_nothing_is_called_so(
    tmp_path: Path,
) -> None:
    async with console(tmp_path, size=(100, 30)) as (app, pilot, _nocd):
        await pilot.press("ctrl+p", *"handov")
        await until(pilot, lambda: "Handover" in shown(app) and "screen" in shown(app))
        await pilot.press(*"zzz")
        await until(pilot, lambda: "Nothing has that name." in shown(app))


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_the_names_of_all_screens_fit_eighty_columns(
    tmp_path: Path, language: i18n.Language
) -> None:
    i18n.use(language)
    async with console(tmp_path) as (app, _pilot, _nocd):
        assert all(f"{mode.key} {i18n._(mode.short)}" in lines(app)[0] for mode in MODES)


async def test_the_theme_can_be_changed(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot, _nocd):
        for expected in ("noc-light", "noc-contrast", "noc-dark"):
            await pilot.press("ctrl+t")
            assert app.theme == expected


@pytest.mark.parametrize(
    "theme", ["noc-dark", "noc-light", "noc-contrast", "ansi-dark", "ansi-light"]
)
@pytest.mark.parametrize("colour", [True, False])
async def test_the_cursor_is_seen_in_every_theme_and_without_colour(
    tmp_path: Path, theme: str, colour: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not colour:
        monkeypatch.setenv("NO_COLOR", "1")
    async with console(tmp_path, theme=theme) as (app, pilot, _nocd):
        await guests_mode(app, pilot)
        strips = app.screen._compositor.render_strips()
        cursor = next(strip for strip in strips if "▸" in strip.text)
        other = next(strip for strip in strips if "acme-web-1" in strip.text)
        assert cursor._segments[0].style != other._segments[0].style
        style = cursor._segments[0].style
        assert style is not None
        assert style.reverse or style.bgcolor != (other._segments[0].style or style).bgcolor
        assert style.color != style.bgcolor or style.reverse


async def test_modes_and_keys_can_be_clicked(tmp_path: Path) -> None:
    async with console(tmp_path, size=(140, 24)) as (app, pilot, _nocd):
        await pilot.click("Header", offset=(lines(app)[0].index("Guests"), 0))
        await until(pilot, lambda: app.current_mode == "guests" and "acme-db-1" in shown(app))
        await pilot.click("Footer", offset=(lines(app)[-1].index("Filter"), 0))
        await until(pilot, lambda: "words, or field:value" in shown(app))


async def test_every_mode_opens_at_the_smallest_size(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot, _nocd):
        for mode in MODES:
            await app.switch_mode(mode.id)
            await pilot.pause()
            assert len(lines(app)) == 24
            assert "omar" in lines(app)[1], mode.id


async def test_every_command_that_is_offered_can_be_remapped(tmp_path: Path) -> None:
    i18n.use("fr")
    async with console(tmp_path) as (app, pilot, _nocd):
        for mode in MODES:
            await app.switch_mode(mode.id)
            await pilot.pause()
            offered = [one.binding for one in app.screen.active_bindings.values()]
            assert all(binding.id for binding in offered if binding.show), mode.id


async def test_ask_refuses_an_empty_answer_where_one_is_needed() -> None:
    answers: list[str | None] = []

    class Host(App[None]):
        def on_mount(self) -> None:
            self.push_screen(Ask("Why?"), answers.append)

    host = Host()
    async with host.run_test() as pilot:
        await pilot.press("enter")
        assert answers == []
        await pilot.press(*"spam", "enter")
        await pilot.pause()
    assert answers == ["spam"]


async def test_a_narrow_terminal_shows_storages_in_the_place_of_nodes(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as (app, pilot, _nocd):
        await until(pilot, lambda: overview_is_whole(app))
        assert "Used" not in shown(app)
        await pilot.press("v")
        await until(pilot, lambda: "Used" in shown(app) and "Clusters" not in shown(app))
        await pilot.press("v")
        await until(pilot, lambda: "Used" not in shown(app) and "Clusters" in shown(app))


async def test_a_terminal_that_grows_or_shrinks_shows_what_fits_it(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as (app, pilot, _nocd):
        await until(pilot, lambda: overview_is_whole(app))
        await pilot.resize_terminal(132, 40)
        await until(pilot, lambda: "0 Annexe 2" in lines(app)[0] and "Used" in shown(app))
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "0 Ann2" in lines(app)[0] and "Used" not in shown(app))


async def test_the_filter_looks_for_states_as_they_are_read(tmp_path: Path) -> None:
    i18n.use("fr")
    async with console(tmp_path) as (app, pilot, _nocd):
        await guests_mode(app, pilot)
        await pilot.press("slash", *"acme", "space", *"arrete", "enter")
        await until(pilot, lambda: "1/8" in shown(app))
        assert "acme-batch" in shown(app)
        app.open(GuestList(cluster="rennes", node="ren-pve1"))
        await until(pilot, lambda: "acme-db-1" in shown(app) and "/acme arrete" not in shown(app))


async def test_what_is_wrong_with_guests_opens_those_guests(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot, _nocd):
        await until(pilot, lambda: overview_is_whole(app))
        overview = app.screen
        assert isinstance(overview, Overview)
        await cursor_to(pilot, overview.wrong, "unknown:nantes")
        await pilot.press("enter")
        await until(pilot, lambda: "nantes, guests in an unknown state" in shown(app))
        assert all("?" in line for line in lines(app)[4:] if "globex" in line or "acme" in line)


async def test_a_guest_that_changes_has_its_tasks_fetched_again(tmp_path: Path) -> None:
    async with console(tmp_path, size=(110, 30)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(GuestRef("rennes", 101))
        await until(pilot, lambda: "qmstart" in shown(app))
        nocd.tasks[0]["type"] = "qmreboot"
        path = app.session.config.database.path
        await estate.change(path, replace(estate.GUESTS[0], booted_at=estate.NOW))
        nocd.tell(99)
        await until(pilot, lambda: "qmreboot" in shown(app))


async def test_without_nocd_no_list_of_alerts_says_that_all_is_well(tmp_path: Path) -> None:
    async with console(tmp_path, nocd=False) as (app, pilot, _nocd):
        await pilot.press("7")
        await until(pilot, lambda: "last state from nocd" in shown(app))
        assert "Nothing is wrong" not in shown(app)


async def test_who_else_looks_at_the_same_case_is_told(tmp_path: Path) -> None:
    async with console(tmp_path, size=(130, 30)) as (app, pilot, nocd):
        assert nocd is not None
        path = app.session.config.database.path
        await estate.attend(path, "olga", "tenant:acme")
        nocd.tell(99)
        await until(pilot, lambda: "omar +1 · operator" in shown(app))
        assert "is here" not in shown(app)
        app.open(TenantRef("acme"))
        await until(pilot, lambda: "◉ olga is here" in shown(app))
        await until(pilot, lambda: nocd.present[-1] == "tenant:acme")
        await pilot.press("escape")
        await until(pilot, lambda: nocd.present[-1] == "" and "is here" not in shown(app))


@pytest.mark.parametrize("width", [60, 80, 100])
async def test_the_time_is_never_cut_however_much_else_is_told(tmp_path: Path, width: int) -> None:
    async with console(tmp_path, size=(width, 30)) as (app, pilot, nocd):
        assert nocd is not None
        path = app.session.config.database.path
        await estate.attend(path, "olga-with-a-long-name", "tenant:acme")
        nocd.tell(99)
        app.open(TenantRef("acme"))
        await until(pilot, lambda: "◉ olga" in shown(app))
        clock = formats.clock_time(app.session.clock.now())[:5]
        state = next(line for line in shown(app).splitlines() if "●" in line)
        assert state.split()[-1].startswith(clock)
        assert len(state.split()[-1]) == len("10:00:00")


async def test_a_guest_is_copied_in_one_line(tmp_path: Path) -> None:
    async with console(tmp_path, size=(110, 30)) as (app, pilot, _nocd):
        app.open(GuestRef("rennes", 101))
        await shows(pilot, "acme-web-1 (rennes/101)")
        await pilot.press("y")
        await until(pilot, lambda: "Copied" in shown(app))
        assert app.clipboard == "acme-web-1 (rennes/101, ren-pve1)"


async def test_what_a_narrow_row_cuts_is_told_whole_below(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot, _nocd):
        await until(pilot, lambda: overview_is_whole(app))
        overview = app.screen
        assert isinstance(overview, Overview)
        await cursor_to(pilot, overview.wrong, "backup:rennes/missing")
        await until(
            pilot,
            lambda: "guests without any backup on the second site: 1 · rennes" in shown(app),
        )


async def test_quitting_before_the_overview_is_whole_is_no_error(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot, _nocd):
        overview = app.screen
        assert isinstance(overview, Overview)
        await until(pilot, lambda: overview._whole)
        app.exit()
        await overview._complete()
    assert app.return_code == 0
