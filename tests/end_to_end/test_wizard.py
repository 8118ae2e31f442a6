"""The console dies at every step of the wizard, by SIGKILL and by a cut line: the draft is there.

The steps are those that the wizard itself comes to: each dialog that it opens, whatever the ground
asks for. Whoever comes back finds what was confirmed, and a mail as far as it was written.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from noc_tui.api import suspension as api
from noc_tui.api.messages import MESSAGES
from noc_tui.console.nocd.client import Nocd
from noc_tui.console.screens.suspension.observation import ASKED_TOGETHER, LABELS, SOURCE
from tests.end_to_end.consoles import Console, Consoles
from tests.end_to_end.programs import ROOT, Scene, scene, until
from tests.end_to_end.sshd import sshd
from tests.support.cases import TERMS
from tests.widgets.terminal.pty_session import Session

Document = dict[str, Any]
ENTER, SAVE, DOWN = "\r", "\x13", "\x1b[B"
KEPT = (" ", "zz")
"""What is kept while it is chosen and written: guests, and a mail."""
BLANK = ("usage", "observed", "who_informed_us")
"""The lines of the form of an observation that begin empty."""
DATES = {"date": "2026-01-05", "instant": "2026-03-12T22:00:00+01:00", "amount": "12.50"}
KINDS = {row.id: row.kind for row in TERMS.requirements}
Open = Callable[[], Session]
Die = Callable[[Session], None]


def killed(console: Session) -> None:
    """SIGKILL, to a console or to the SSH client that shows it: no last words."""
    os.kill(console.pid, signal.SIGKILL)
    assert console.gone() == -signal.SIGKILL


def cut(console: Session) -> None:
    """The terminal goes away, as with an SSH link."""
    console.hang_up()
    console.gone()


def text(console: Session) -> str:
    return "\n".join(console.screen.lines())


def dialog(console: Session) -> str:
    """What the dialog on the screen says; empty when there is none."""
    lines = console.screen.lines()
    top = next((number for number, line in enumerate(lines) if "╭" in line), None)
    if top is None:
        return ""
    left, right = lines[top].index("╭"), lines[top].index("╮")
    rows = [line.ljust(right)[left + 1 : right].strip(" │") for line in lines[top + 1 :]]
    return "\n".join(rows[: next(i for i, row in enumerate(rows) if row.startswith("─"))])


def title(console: Session) -> str:
    """What the dialog asks; empty when there is none."""
    return next(filter(None, dialog(console).splitlines()), "")


def keys(console: Session, step: str) -> tuple[str, str]:
    """What is typed into the dialog before it dies, and what answers it."""
    says = dialog(console)
    if "Space toggles" in says:
        return KEPT[0], KEPT[0] + ENTER
    if "(^s)" in says:
        return KEPT[1], SAVE
    if "(y)" in says:
        return "", "y"
    if "What was observed?" in says:
        return "half", "".join(_lines(says))
    if "OK" in says:
        answer = DATES.get(KINDS.get(step, ""), "vu dans le journal")
        return "half", answer + ENTER
    return DOWN, ENTER


def _lines(says: str) -> Iterator[str]:
    """What fills the form line by line: those that are blank get words, the others stay."""
    for key in ASKED_TOGETHER:
        if LABELS[key] in says:
            yield ("vu dans le journal" if key in BLANK else "") + ENTER


def settled(console: Session, shows: Callable[[], object]) -> None:
    """Wait until it shows that, and is quiet."""
    console.settle(lambda _screen: bool(shows()), quiet=0.05)


class Wizard:
    """One case that is walked through, by one console after another.

    In each dialog a console dies of each cause.
    """

    def __init__(self, played: Scene, opened: Open, case: str) -> None:
        self._nocd = Nocd(played.estate.socket, "omar")
        self._open = opened
        self.case = case

    def open(self, ground: str, *, dying: bool) -> None:
        """A draft for the first tenant in the list; perhaps consoles die on the way to it."""
        at = [row.id for row in TERMS.grounds].index(ground)
        for answers in ((), (ENTER,)) if dying else ():
            for die in (killed, cut):
                console = self._new(*answers)
                assert "Suspensions: 0" in text(console)
                console.send(DOWN)
                die(console)
        console = self._new(ENTER, DOWN * at + ENTER)
        settled(console, lambda: "Checklist" in text(console))
        killed(console)

    def _new(self, *answers: str) -> Session:
        console = self.listed()
        for key in ("n", *answers):
            before = title(console)
            console.send(key)
            settled(console, lambda said=before: title(console) != said)  # type: ignore[misc]  # bound now
        return console

    def document(self) -> Document:
        """The case as it is kept, and what was mailed about it; until a notice is sent, when it
        matures moves with the clock.
        """
        case = self._nocd.ask_blocking(api.SHOW(id=self.case))
        mails = self._nocd.ask_blocking(MESSAGES(about=f"suspension:{self.case}"))
        return {**msgspec.to_builtins(case), "mails": len(mails), "matures_at": None}

    def drop(self) -> None:
        """The case is over: the list has it last."""
        self._nocd.ask_blocking(api.CANCEL(api.Remark("a test"), id=self.case))

    def put_back(self, before: Document) -> None:
        """Forget what was kept of a step that is to be walked once more."""
        plan, words = before["plan"], before["notice"]["text"]
        refs = tuple(f"{row['ref']['cluster']}/{row['ref']['vmid']}" for row in plan["guests"])
        edit = api.Edit(
            scope=plan["scope"], guests=refs, subject=words["subject"], body=words["body"]
        )
        self._nocd.ask_blocking(api.EDIT(edit, id=self.case))

    def listed(self) -> Session:
        """A console that shows the list of cases."""
        console = self._open()
        settled(console, lambda: "live" in text(console))
        console.send("6")
        settled(console, lambda: "Suspensions:" in text(console))
        return console

    def back(self) -> Session:
        """A console that shows the case, with every step that is done."""
        console = self.listed()
        settled(console, lambda: self.case in text(console))
        console.send(ENTER)
        done = sum(step["state"] == "done" for step in self.document()["checklist"])
        settled(console, lambda: text(console).count("☑") == done and "Checklist" in text(console))
        return console

    def asked(self, console: Session) -> str:
        """Enter, and on until there is a dialog: what it says; empty when nothing comes next."""
        for _press in range(2):
            before = self.document()
            console.send(ENTER)
            until(partial(self._moved, console, before, ""), "what comes next")
            if said := title(console):
                return said
        return ""

    def answered(self, console: Session, step: str) -> str:
        """The dialog's answer: what the next one says; empty when it was the last of its step."""
        before, said = self.document(), title(console)
        answer = keys(console, step)[1]
        for line in answer.splitlines(keepends=True):
            console.send(line)
            settled(console, lambda: True)  # a form goes on to its next line
        until(lambda: answer == SAVE or self._moved(console, before, said), "an answer")
        settled(console, lambda: title(console) != said)
        return title(console)

    def _moved(self, console: Session, before: Document, said: str) -> bool:
        """Whether there is another dialog than that, or another case."""
        console.settle(lambda _screen: True, quiet=0.05)
        return title(console) not in ("", said) or self.document() != before

    def dies(self, console: Session, step: str, die: Die) -> None:
        """In the middle of a dialog; the case is what it was, with what is kept while written."""
        before = self.document()
        half = keys(console, step)[0]
        console.send(half)
        if half in KEPT:
            until(lambda: self.document() != before, f"{half!r} kept")
        kept = self.document()
        die(console)
        assert self.document() == kept
        for key in ("state", "facts", "ticks", "waivers", "approval", "ordered_at", "mails"):
            assert kept[key] == before[key], key

    def upcoming(self) -> str:
        """What comes next: a step of the checklist, `checked` for the notice, or `order`."""
        case = self.document()
        still = [one["id"] for one in case["checklist"] if one["state"] == "open"]
        told = case["notice"]["mode"] != "none"
        return str(next(iter([*still, "order" if told else "checked"])))

    def step(self, console: Session, step: str) -> Session:
        """Walk a step, dying twice in each of its dialogs."""
        before, depth = self.document(), 0
        said = self.asked(console)
        while said:
            for die in (killed, cut):
                self.dies(console, step, die)
                self.put_back(before)
                console = self.back()
                self.asked(console)
                for _dialog in range(depth):
                    self.answered(console, step)
                assert title(console) == said
            if "to order" in said:  # it stays with the question
                return console
            said, depth = self.answered(console, step), depth + 1
        return console


def kind_of(step: str) -> str:
    """Steps of a kind are asked for in the same way; those of the procedure each in its own."""
    if step in (*ASKED_TOGETHER, SOURCE):
        return "observation"
    kind = KINDS.get(step, step)
    return "line" if kind in ("text", *DATES) else kind


def grounds() -> Iterator[tuple[str, set[str]]]:
    """Grounds until every kind of requirement was asked for, with the kinds that each adds."""
    left = set(map(kind_of, KINDS))
    while left:
        asked = {row.id: set(map(kind_of, row.requires)) & left for row in TERMS.grounds}
        best = max(asked, key=lambda key: len(asked[key]))
        yield best, asked[best]
        left -= asked[best]


@contextmanager
def consoles(played: Scene) -> Iterator[Open]:
    """Opens consoles of that scene, one at a time; all are gone in the end."""
    source = Consoles()
    made: list[Console] = []

    def opened() -> Session:
        made.append(Console(source, ["--config", str(played.config), "--lang", "en"]))
        return made[-1]

    try:
        yield opened
    finally:
        for console in made:
            console.close()
        source.close()


@pytest.mark.long
def test_a_console_that_dies_at_any_step_of_the_wizard_leaves_the_draft(tmp_path: Path) -> None:
    """A whole case, and what other grounds ask for, until each kind was asked for."""
    walked: set[str] = set()
    with scene(tmp_path, speed=1, guests=12, tenants=2) as played, consoles(played) as opened:
        for number, (ground, kinds) in enumerate(grounds(), 1):
            wizard = Wizard(played, opened, f"S-{number:04}")
            wizard.open(ground, dying=number == 1)
            # The first case is walked to its order, the others as far as they bring something new.
            walk(wizard, walked, {*kinds, "order"} if number == 1 else kinds)
            wizard.drop()
    procedure = {"scope", "milder", "notice_text", "remedy", "data_access", "checked", "order"}
    assert walked == {*map(kind_of, KINDS), *procedure}


def walk(wizard: Wizard, walked: set[str], until_walked: set[str]) -> None:
    """Step by step, until those kinds were walked; the console dies where the kind is new."""
    console = wizard.back()
    while until_walked - walked:
        step = wizard.upcoming()
        if kind_of(step) not in walked:
            console = wizard.step(console, step)
            walked.add(kind_of(step))
            continue
        said = wizard.asked(console)
        while said:
            said = wizard.answered(console, step)
    killed(console)


@pytest.mark.needs_sshd
def test_a_link_that_is_cut_leaves_the_mail_as_far_as_it_was_written(tmp_path: Path) -> None:
    with sshd(tmp_path) as login, scene(tmp_path, speed=1, guests=12, tenants=2) as played:
        command = f"cd {ROOT} && {sys.executable} -m noc_tui --config {played.config} --lang en"
        links: list[Session] = []

        def opened() -> Session:
            links.append(Session([*login, command], rows=40, cols=110))
            return links[-1]

        wizard = Wizard(played, opened, "S-0001")
        wizard.open("service-threat", dying=False)
        console = wizard.back()
        console.send("e")
        settled(console, lambda: "(^s)" in dialog(console))
        wizard.dies(console, "notice_text", killed)
        console = wizard.back()
        console.send("e")
        settled(console, lambda: KEPT[1] in dialog(console))
        for link in links:
            link.close()
