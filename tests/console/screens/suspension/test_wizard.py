"""The wizard keeps nothing itself: each answer is asked of `nocd`, and a console that goes leaves
nothing half-done. Nothing that a client is called can draw or order anything.
"""

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from noc_tui.console.app import NocApp
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.dialogs.compose import Compose
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.dialogs.page import PageDialog
from noc_tui.console.references import CaseRef
from noc_tui.console.screens.suspension.notice_questions import NoticeQuestions
from noc_tui.console.screens.suspension.screen import SuspensionScreen
from noc_tui.console.screens.suspension.standing_actions import STANDING_VERBS
from noc_tui.console.screens.suspension.wizard import WIZARD_VERBS
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.values import Approval, Case, Schedule, Tick, TickEvidence
from noc_tui.daemon.suspension import store
from noc_tui.queries.terms_archive import row_of
from storage.database import Writer
from storage.suspension import TERMS_TEXTS
from tests.console import estate
from tests.console.conftest import console, shown, shows, until
from tests.support.cases import (
    ANSWERS,
    NOW,
    OLGA,
    OMAR,
    TERMS,
    draft,
    filled,
    ordered,
    ready,
    suspended,
)
from tests.support.changes import recorded

pytestmark = pytest.mark.anyio
EVIL = "[bold]Acme[/]\x1b[2J\u202eevil"


async def kept(folder: Path, *cases: Case) -> None:
    config = estate.configuration(folder)
    await estate.write(config.database.path)
    writer = await Writer.open(config.database.path, clock_now=lambda: estate.NOW)
    async with recorded(writer) as change:
        await change.put(TERMS_TEXTS, [await row_of(change, TERMS)])
        for case in cases:
            await store.put(change, case, TERMS)
    await writer.close()


async def opened(app: NocApp, pilot: Pilot[int]) -> None:
    await pilot.press("6")
    await shows(pilot, "S-1")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, SuspensionScreen) and "annex 1" in shown(app))


def test_each_key_of_a_case_has_its_action_and_each_action_its_key() -> None:
    asked = [command.action for command in SuspensionScreen.OFFERS]
    verbs = {action[6:-2] for action in asked if action.startswith("talk('")}
    assert verbs == WIZARD_VERBS.keys()
    assert verbs > STANDING_VERBS.keys()


async def test_the_list_says_what_wants_somebody(tmp_path: Path) -> None:
    named = msgspec.structs.replace(filled("contract-breach", "tenant"), tenant_name=EVIL)
    wanting = msgspec.structs.replace(named, state="checked")
    await kept(tmp_path, wanting)
    async with console(tmp_path, size=(130, 30)) as (_app, pilot, _nocd):
        await pilot.press("6")
        text = await shows(pilot, "S-1")
        assert "approval" in text
        assert "[bold]Acme[/]" in text
        assert "\x1b" not in text
        assert "\u202e" not in text


async def test_what_was_observed_is_one_form_with_what_is_known(tmp_path: Path) -> None:
    await kept(tmp_path, draft("charte-breach"))
    async with console(tmp_path, size=(80, 24)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("enter")
        await shows(pilot, "From whom does it come?")
        await pilot.press("down", "enter")
        await shows(pilot, "What was observed?")
        lines = {one.id: one for one in app.screen.query(Input)}
        assert set(lines) == {"observed", "observed_at", "informed_at", "automated_means"}
        assert app.screen.focused is lines["observed"]
        assert all(line.value for key, line in lines.items() if key != "observed")
        assert app.screen.query_one("#ok").region.bottom < 24
        lines["observed"].value = "12 000 mails"
        lines["informed_at"].value = "2026-03-01 14:30"
        await pilot.press("enter", "enter", "enter", "enter")
        await until(pilot, lambda: nocd.orders)
        facts = json.loads(nocd.orders[0][1])["facts"]
        assert facts.pop("observed_at").startswith("20")
        assert facts == {
            "observed": "12 000 mails",
            "informed_at": "2026-03-01T14:30:00+01:00",
            "automated_means": "none",
            "source": "third-party",
        }


async def test_a_clause_is_ticked_with_what_proves_it(tmp_path: Path) -> None:
    await kept(tmp_path, draft("charte-breach"))
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("t")
        await shows(pilot, "Which clause was breached?")
        assert nocd.orders == []
        await pilot.press("enter")
        await shows(pilot, "what proves it?")
        app.screen.query_one(Input).value = "log line"
        await pilot.press("enter")
        await until(pilot, lambda: nocd.orders)
        path, body = nocd.orders[0]
        assert path == "/v1/suspensions/S-1/edit"
        assert json.loads(body)["ticks"][0]["target"] == "C3"


async def test_a_filter_asks_for_its_ports_and_the_clients_access_is_a_question(
    tmp_path: Path,
) -> None:
    plan = msgspec.structs.replace(filled().plan, means=(), barrier=())
    await kept(tmp_path, msgspec.structs.replace(filled(), plan=plan))
    async with console(tmp_path, size=(130, 50)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("m")
        await shows(pilot, "By which means?")
        choices = app.screen.query_one(OptionList)
        labels = [str(choices.get_option_at_index(n).prompt) for n in range(choices.option_count)]
        choices.highlighted = next(n for n, one in enumerate(labels) if "Filter ports" in one)
        await pilot.press("enter")
        await shows(pilot, "withdrawn as well?")
        assert nocd.orders == []
        await pilot.press("down", "enter")
        await shows(pilot, "What is filtered?")
        app.screen.query_one(Input).value = "out:tcp:6667 both:udp:*"
        nocd.refuses = True
        await pilot.press("enter")
        await shows(pilot, "vera is viewer")
        assert app.screen.query_one(Input).value == "out:tcp:6667 both:udp:*"
        nocd.refuses = False
        nocd.orders.clear()
        await pilot.press("enter")
        await until(pilot, lambda: nocd.orders)
        body = json.loads(nocd.orders[0][1])
        assert body["means"] == ["port_filter", "barrier"]
        assert body["ports"] == ["out:tcp:6667", "both:udp:*"]


async def test_means_are_listed_from_the_least_restrictive_the_cursor_on_the_proposed(
    tmp_path: Path,
) -> None:
    plan = msgspec.structs.replace(filled().plan, means=(), barrier=())
    await kept(tmp_path, msgspec.structs.replace(filled(), plan=plan))
    async with console(tmp_path, size=(130, 50)) as (app, pilot, _nocd):
        await opened(app, pilot)
        await pilot.press("m")
        await shows(pilot, "By which means?")
        choices = app.screen.query_one(OptionList)
        ids = [choices.get_option_at_index(n).id for n in range(choices.option_count)]
        order = [row.id for row in TERMS.means]
        order.insert(order.index("vm_stop") + 1, "vm_cut_network,vm_stop")
        assert ids == order
        assert ids.index("port_filter") < ids.index("vm_stop")
        assert choices.highlighted == ids.index("vm_cut_network")
        assert "Cut the network · proposed" in shown(app)


async def test_clusters_out_of_reach_are_decided_before_the_check(tmp_path: Path) -> None:
    case = filled("late-payment", "tenant")
    plan = msgspec.structs.replace(case.plan, unseen=("nantes",))
    await kept(tmp_path, msgspec.structs.replace(case, plan=plan))
    async with console(tmp_path, size=(130, 50)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("c")
        await shows(pilot, "Out of reach: nantes")
        await pilot.press("enter")
        await until(pilot, lambda: nocd.orders)
        assert json.loads(nocd.orders[0][1]) == {"out_of_reach": "later"}


async def test_the_mail_is_written_when_all_that_it_says_is_known(tmp_path: Path) -> None:
    blank = msgspec.structs.replace(filled(), facts={}, notice=draft().notice)
    await kept(tmp_path, blank)
    async with console(tmp_path, size=(130, 40)) as (app, pilot, _nocd):
        await opened(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Ask | Confirm | ChooseOne))
        assert not isinstance(app.screen, Compose)
        assert "☐ Notice to the client written" in shown(app)


async def test_an_order_carries_the_plan_that_was_read_and_the_typed_name(tmp_path: Path) -> None:
    case = ready()
    await kept(tmp_path, case)
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("o")
        await shows(pilot, "Type the tenant's name")
        app.screen.query_one(Input).value = "Acme"
        await pilot.press("enter")
        await until(pilot, lambda: nocd.orders)
        path, body = nocd.orders[0]
        assert path == "/v1/suspensions/S-1/order"
        asked = json.loads(body)
        assert (asked["seen"], asked["typed_name"]) == (digest(case), "Acme")
        assert asked["break_glass"] is False


async def test_a_viewer_reads_and_orders_nothing(tmp_path: Path) -> None:
    await kept(tmp_path, ready())
    async with console(tmp_path, size=(130, 40), play="vera") as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        for key in "oyrnxace":
            await pilot.press(key)
        await pilot.pause(0.2)
        assert isinstance(app.screen, SuspensionScreen)
        assert nocd.orders == []


async def test_no_notice_is_offered_once_the_case_is_over() -> None:
    said: list[str] = []
    screen: Any = SimpleNamespace(say=lambda text, **_how: said.append(text))
    read: Any = SimpleNamespace(case=msgspec.structs.replace(suspended(), state="closed"))
    await NoticeQuestions(screen, read, TERMS).settle_notice()
    assert said == ["The case is over: no notice is sent any more."]


async def test_progress_of_a_guest_is_seen_where_it_stands(tmp_path: Path) -> None:
    await kept(tmp_path, ordered())
    async with console(tmp_path, size=(130, 40)) as (app, pilot, _nocd):
        await pilot.press("6")
        await shows(pilot, "S-1")
        await pilot.press("enter")
        await shows(pilot, "rennes/101")
        assert "planned" in shown(app)


async def test_an_authoritys_delay_and_a_cited_ground_can_be_given(tmp_path: Path) -> None:
    await kept(tmp_path, filled("risk-abnormal-fraud"))
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("f")
        await shows(pilot, "Which step?")
        await pilot.press(*"cite")
        await shows(pilot, "cite article 8")
        await pilot.press("enter")
        await until(pilot, lambda: nocd.orders)
        assert json.loads(nocd.orders[0][1])["cites"] == ["service-threat"]


async def test_a_new_case_lists_the_tenants_at_once_and_letters_narrow_them(
    tmp_path: Path,
) -> None:
    await kept(tmp_path)
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await pilot.press("6", "n")
        await shows(pilot, "Which tenant?")
        await until(pilot, lambda: "(acme)" in shown(app) and "(globex)" in shown(app))
        await pilot.press(*"glob")
        await until(pilot, lambda: "(acme)" not in shown(app) and "/glob" in shown(app))
        await pilot.press("enter")
        await shows(pilot, "On which ground?")


async def test_a_plan_that_wants_me_is_told_on_any_screen_and_opens_with_a_key(
    tmp_path: Path,
) -> None:
    wanting = msgspec.structs.replace(filled("contract-breach", "tenant"), state="checked")
    await kept(tmp_path, wanting)
    async with console(tmp_path, size=(130, 40), play="olga") as (app, pilot, _nocd):
        await shows(pilot, "omar asks for your agreement: Acme (^r)")
        assert "▲ 1 to approve (^r)" in shown(app)
        await pilot.press("3", "ctrl+r")
        await until(
            pilot, lambda: isinstance(app.screen, SuspensionScreen) and "annex 1" in shown(app)
        )
        await pilot.press("ctrl+r")
        await pilot.pause()
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)  # it was opened once
    async with console(tmp_path, size=(130, 40)) as (app, pilot, _nocd):
        await opened(app, pilot)
        assert "to approve" not in shown(app)


async def test_a_file_that_proves_goes_along(tmp_path: Path) -> None:
    proof = tmp_path / "access.log"
    proof.write_bytes(b"seen\n")
    seen = ev.Edited(at=NOW, by=OMAR, facts=ANSWERS)
    await kept(tmp_path, apply_event(draft("attack"), seen, TERMS))
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("enter")
        await shows(pilot, "with the case.")
        app.screen.query_one(Input).value = str(proof)
        await pilot.press("enter")
        await until(pilot, lambda: nocd.orders)
        sent = json.loads(nocd.orders[0][1])
        (evidence,) = sent["ticks"][0]["evidence"]
        sha256 = hashlib.sha256(b"seen\n").hexdigest()
        assert (evidence["kind"], evidence["text"], evidence["sha256"]) == (
            "file", "access.log", sha256,
        )  # fmt: skip
        assert sent["files"] == [{"name": "access.log", "content": "c2Vlbgo="}]


async def test_a_proof_is_withdrawn_by_its_number_with_a_reason(tmp_path: Path) -> None:
    proof = TickEvidence(kind="text", text="seen at 02:10")
    ticks = (Tick(target="finding", evidence=(proof,)),)
    edit = ev.Edited(at=NOW, by=OMAR, ticks=ticks)
    await kept(tmp_path, apply_event(draft("attack"), edit, TERMS))
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await shows(pilot, "1. The finding, with its evidence")
        await pilot.press("u")
        await shows(pilot, "with its evidence · seen at 02:10")
        await pilot.press("enter")
        await shows(pilot, "Why?")
        app.screen.query_one(Input).value = "another VM's log"
        await pilot.press("enter")
        await until(pilot, lambda: nocd.orders)
        path, body = nocd.orders[0]
        assert path == "/v1/suspensions/S-1/withdraw"
        assert json.loads(body) == {"proof": 1, "reason": "another VM's log"}


async def test_what_the_client_answered_is_entered_with_a_key(tmp_path: Path) -> None:
    await kept(tmp_path, ready())
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("b")
        await shows(pilot, "What did the client answer?")
        app.screen.query_one(Input).value = "it was hacked"
        await pilot.press("enter")
        await until(pilot, lambda: nocd.orders)
        path, body = nocd.orders[0]
        assert (path, json.loads(body)) == ("/v1/suspensions/S-1/answer", {"text": "it was hacked"})


async def test_a_lead_records_the_letter(tmp_path: Path) -> None:
    await kept(tmp_path, ready())
    async with console(tmp_path, size=(130, 40), play="lea") as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("l")
        await shows(pilot, "Under which reference")
        app.screen.query_one(Input).value = "RAR 1"
        await pilot.press("enter")
        await until(pilot, lambda: nocd.orders)
        path, body = nocd.orders[0]
        assert (path, json.loads(body)) == ("/v1/suspensions/S-1/letter", {"text": "RAR 1"})


async def test_an_order_that_waits_is_moved_by_keys(tmp_path: Path) -> None:
    start = NOW + timedelta(days=3)
    plan = msgspec.structs.replace(filled().plan, schedule=Schedule(start=start))
    waits = msgspec.structs.replace(ordered(), state="scheduled", plan=plan)
    await kept(tmp_path, waits)
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(CaseRef("S-1"))
        await shows(pilot, "ordered for later")
        await pilot.press("enter")
        await shows(pilot, "nocd carries it out")
        await pilot.press("k")
        await shows(pilot, "Move the order")
        assert app.screen.focused is app.screen.query_one("#start", Input)
        app.screen.query_one("#start", Input).value = "2027-03-01 22:00"
        app.screen.query_one("#reason", Input).value = "asked by the client"
        await pilot.press("enter", "enter", "enter")
        await until(pilot, lambda: nocd.orders)
        path, body = nocd.orders[0]
        assert path == "/v1/suspensions/S-1/move"
        asked = {"start": "2027-03-01T22:00:00+01:00", "reason": "asked by the client"}
        assert json.loads(body) == asked


async def test_a_case_whose_terms_are_not_kept_says_so_and_is_not_judged(tmp_path: Path) -> None:
    lost = msgspec.structs.replace(filled(), terms_version="2019")
    await kept(tmp_path, lost)
    async with console(tmp_path, size=(130, 40)) as (_app, pilot, nocd):
        assert nocd is not None
        await pilot.press("6")
        await shows(pilot, "its terms")
        await pilot.press("enter")
        await shows(pilot, "judged by no others")
        await pilot.press("o")
        await shows(pilot, "Not done")
        await pilot.press("x")
        await shows(pilot, "Why is it dropped?")
        assert nocd.orders == []


async def test_a_planned_start_with_its_condition_is_given_by_keys(tmp_path: Path) -> None:
    await kept(tmp_path, filled("charte-breach"))
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("k")
        await shows(pilot, "When is it carried out?")
        await pilot.press("end", "enter")
        await shows(pilot, "What does the order rest on?")
        await pilot.press("end", "enter")
        await shows(pilot, "Planned start")
        app.screen.query(Input).first().value = "2027-03-01 22:00"
        await pilot.press("enter", "enter")
        await until(pilot, lambda: nocd.orders)
        path, body = nocd.orders[0]
        assert path == "/v1/suspensions/S-1/edit"
        assert json.loads(body) == {
            "start": "2027-03-01T22:00:00+01:00",
            "conditions": [{"kind": "unanswered", "by": None}],
            "short_notice": "",
        }


async def test_a_start_before_the_notice_has_matured_asks_for_the_reason(tmp_path: Path) -> None:
    case = filled("charte-breach")
    plan = msgspec.structs.replace(case.plan, schedule=Schedule())
    await kept(tmp_path, msgspec.structs.replace(case, plan=plan))
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("k")
        await shows(pilot, "When is it carried out?")
        await pilot.press("enter")
        await shows(pilot, "Why is the notice shorter?")
        app.screen.query_one(Input).value = "it scans others"
        await pilot.press("enter")
        await until(pilot, lambda: nocd.orders)
        body = json.loads(nocd.orders[0][1])
        assert body == {"at_once": True, "short_notice": "it scans others"}


async def test_enter_settles_the_time_before_the_notice_goes(tmp_path: Path) -> None:
    """The reason for a shorter notice changes the plan: given later, the client is sent two."""
    case = filled("charte-breach")
    plan = msgspec.structs.replace(case.plan, schedule=Schedule())
    await kept(tmp_path, msgspec.structs.replace(case, plan=plan))
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("enter")
        await shows(pilot, "When is it carried out?")
        await pilot.press("enter")
        await shows(pilot, "Why is the notice shorter?")
        app.screen.query_one(Input).value = "la VM envoie encore"
        await pilot.press("enter")
        await until(pilot, lambda: len(nocd.orders) > 1)
        (edit, body), (check, _) = nocd.orders
        assert (edit, check) == ("/v1/suspensions/S-1/edit", "/v1/suspensions/S-1/check")
        assert json.loads(body)["short_notice"] == "la VM envoie encore"


async def test_enter_settles_the_time_before_the_mail_is_written(tmp_path: Path) -> None:
    case = filled("charte-breach")
    plan = msgspec.structs.replace(case.plan, schedule=Schedule())
    await kept(tmp_path, msgspec.structs.replace(case, plan=plan, notice=draft().notice))
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("enter")
        await shows(pilot, "When is it carried out?")
        await pilot.press("enter")
        await shows(pilot, "Why is the notice shorter?")
        app.screen.query_one(Input).value = "la VM envoie encore"
        await pilot.press("enter")
        await until(pilot, lambda: len(nocd.orders) > 1)
        assert [path.rpartition("/")[2] for path, _body in nocd.orders[:2]] == ["edit", "notice"]


async def test_enter_sends_the_notice_again_where_the_plan_changed_since(tmp_path: Path) -> None:
    case = ready()
    told = msgspec.structs.replace(case.notice, mode="before", digest="another")
    await kept(tmp_path, msgspec.structs.replace(case, notice=told))
    async with console(tmp_path, size=(130, 40)) as (app, pilot, _nocd):
        await opened(app, pilot)
        await pilot.press("enter")
        await shows(pilot, "How is the client notified?")


async def test_no_name_is_asked_for_where_the_order_would_be_refused(tmp_path: Path) -> None:
    case = ready()
    told = msgspec.structs.replace(case.notice, mode="before", digest="another")
    await kept(tmp_path, msgspec.structs.replace(case, notice=told))
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("o")
        await shows(pilot, "the plan changed after")
        assert isinstance(app.screen, SuspensionScreen)
        assert nocd.orders == []


async def test_nothing_is_restored_before_anything_was_suspended(tmp_path: Path) -> None:
    await kept(tmp_path, draft("charte-breach"))
    async with console(tmp_path, size=(130, 40)) as (app, pilot, _nocd):
        await opened(app, pilot)
        await pilot.press("r")
        await shows(pilot, "there is nothing to restore")
        assert isinstance(app.screen, SuspensionScreen)


async def test_what_accounting_says_is_entered_by_keys(tmp_path: Path) -> None:
    await kept(tmp_path, filled("late-payment"))
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("i")
        await shows(pilot, "accounting say")
        await pilot.press("down", "enter")
        await until(pilot, lambda: nocd.orders)
        path, body = nocd.orders[0]
        assert (path, json.loads(body)) == ("/v1/suspensions/S-1/debt", {"paid": True})


async def test_a_judgment_is_entered_by_keys(tmp_path: Path) -> None:
    await kept(tmp_path, filled("late-payment"))
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("i")
        await shows(pilot, "accounting say")
        await pilot.press("end", "enter")
        await shows(pilot, "Judgment of")
        app.screen.query_one("#judgment", Input).value = "2026-03-09"
        await pilot.click("#ok")
        await until(pilot, lambda: nocd.orders)
        path, body = nocd.orders[0]
        assert path == "/v1/suspensions/S-1/insolvency"
        assert json.loads(body) == {"looked_on": "2026-03-10", "judgment": "2026-03-09"}


@pytest.mark.parametrize(("width", "words"), [(80, "◷ 02:13 S-1"), (130, "next order in 02:13")])
async def test_every_screen_counts_down_to_the_next_order(
    tmp_path: Path, width: int, words: str
) -> None:
    waits = planned(estate.NOW + timedelta(hours=2, minutes=13))
    await kept(tmp_path, waits)
    async with console(tmp_path, size=(width, 40)) as (_app, pilot, _nocd):
        for key in "123456780":
            await pilot.press(key)
            await shows(pilot, words)


async def test_a_held_case_says_why_and_wants_another_look(tmp_path: Path) -> None:
    held = apply_event(
        planned(estate.NOW), ev.StartHeld(at=estate.NOW, why="world", said="rennes/101"), TERMS
    )
    await kept(tmp_path, held)
    async with console(tmp_path, size=(130, 40)) as (app, pilot, _nocd):
        await pilot.press("6")
        await shows(pilot, "another look")
        await opened(app, pilot)
        await shows(pilot, "longer as it was approved (rennes/101)")


def planned(start: datetime) -> Case:
    """An order that waits until then."""
    case = ordered("charte-breach")
    plan = msgspec.structs.replace(case.plan, schedule=Schedule(start=start))
    return msgspec.structs.replace(case, plan=plan, state="scheduled")


async def test_the_formal_notice_is_read_then_sent(tmp_path: Path) -> None:
    case = filled("late-payment", "tenant")
    ticks = tuple(tick for tick in case.ticks if tick.target != "formal_notice_proof")
    await kept(tmp_path, msgspec.structs.replace(case, ticks=ticks))
    async with console(tmp_path, size=(130, 50)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("enter")
        await shows(pilot, "By nocd, to the account address")
        await pilot.press("enter")
        await shows(pilot, "Madame, Monsieur")
        await pilot.press("escape")
        await shows(pilot, "Send it? The client has until")
        await pilot.press("y")
        await until(pilot, lambda: len(nocd.orders) > 1)
        assert [json.loads(body).get("send", False) for _path, body in nocd.orders] == [False, True]


async def test_a_refused_answer_stays_in_its_dialog(tmp_path: Path) -> None:
    await kept(tmp_path, ready())
    async with console(tmp_path, size=(80, 24)) as (app, pilot, nocd):
        assert nocd is not None
        nocd.refuses = True
        await opened(app, pilot)
        await pilot.press("x")
        await shows(pilot, "Why is it dropped?")
        app.screen.query_one(Input).value = "opened by mistake"
        await pilot.press("enter")
        await shows(pilot, "vera is viewer")
        assert app.screen.query_one(Input).value == "opened by mistake"
        nocd.refuses = False
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SuspensionScreen))
        assert [path.rpartition("/")[2] for path, _body in nocd.orders] == ["cancel", "cancel"]


async def test_the_next_step_is_seen_at_80_by_24_and_english_is_doubted(tmp_path: Path) -> None:
    case = msgspec.structs.replace(filled(), facts={**ANSWERS, "remedy": ""})
    await kept(tmp_path, case)
    async with console(tmp_path, size=(80, 24)) as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        assert "Next: What the client must do" in shown(app)
        await until(pilot, lambda: "◂ ⏎" in shown(app))
        await pilot.press("enter")
        await shows(pilot, "typed, in French")
        app.screen.query_one(Input).value = "stop these mails and tell us what it was"
        await pilot.press("enter")
        await shows(pilot, "looks like English")
        assert nocd.orders == []
        await pilot.press("enter")
        await until(pilot, lambda: nocd.orders)
        assert json.loads(nocd.orders[0][1])["facts"]["remedy"].startswith("stop these mails")


async def test_a_key_above_the_role_says_why_it_does_nothing(tmp_path: Path) -> None:
    await kept(tmp_path, ready())
    async with console(tmp_path, size=(130, 40), play="vera") as (app, pilot, nocd):
        assert nocd is not None
        await opened(app, pilot)
        await pilot.press("l")
        await shows(pilot, "this needs the role lead; you are vera, viewer")
        assert nocd.orders == []


async def test_escape_leaves_at_once_where_a_question_was_given_up(tmp_path: Path) -> None:
    await kept(tmp_path, ordered())
    async with console(tmp_path, size=(80, 24)) as (app, pilot, _nocd):
        app.open(CaseRef("S-1"))
        await shows(pilot, "S-1")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert "nocd still works" not in shown(app)


async def test_an_approval_says_its_end_until_the_order_is_given(tmp_path: Path) -> None:
    given = Approval(OLGA, NOW, "", NOW + timedelta(hours=12))
    waits = msgspec.structs.replace(ordered(), state="scheduled", approval=given)
    asked = msgspec.structs.replace(waits, id="S-2", state="checked")
    await kept(tmp_path, waits, asked)
    async with console(tmp_path, size=(130, 40)) as (app, pilot, _nocd):
        app.open(CaseRef("S-2"))
        await shows(pilot, "given by olga; order before")
        app.open(CaseRef("S-1"))
        await until(
            pilot, lambda: "given by olga" in shown(app) and "order before" not in shown(app)
        )


async def test_every_sentence_that_names_a_key_follows_its_remapping(tmp_path: Path) -> None:
    keys = {
        "suspension.next": "f5", "suspension.time": "f6", "suspension.cancel": "f7",
        "suspension.restore": "f8", "app.requests": "f9", "suspensions.new": "f10",
        "suspensions.rehearse": "f11", "dialog.cancel": "f12", "dialog.yes": "f2",
    }  # fmt: skip
    await kept(tmp_path, draft("charte-breach"))
    async with console(tmp_path, size=(130, 50), keys=keys) as (app, pilot, _nocd):
        await pilot.press("6")
        await shows(pilot, "S-1")
        await pilot.press("enter")
        await shows(pilot, "F5 Next: ")
        assert " ◂ F5" in shown(app)
        assert "⏎ Next" not in shown(app)
        app.push_screen(Confirm("Sure?", "text"))
        await shows(pilot, "Yes (F2)")


async def test_the_mail_of_a_case_in_force_is_read_and_not_written(tmp_path: Path) -> None:
    case = suspended()
    text = msgspec.structs.replace(case.notice.text, subject="Suspension", body="What we wrote.")
    notice = msgspec.structs.replace(case.notice, text=text)
    await kept(tmp_path, msgspec.structs.replace(case, notice=notice))
    async with console(tmp_path, size=(130, 40)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(CaseRef("S-1"))
        await shows(pilot, "Next: restore")
        await pilot.press("e")
        await shows(pilot, "What we wrote.")
        assert isinstance(app.screen, PageDialog)
        assert nocd.orders == []
