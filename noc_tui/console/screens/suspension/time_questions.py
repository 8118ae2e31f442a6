"""Asks when a plan is carried out, what it rests on until then, and moves an order that waits."""

from datetime import datetime, timedelta

from noc_tui.api import suspension as api
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.form import Field, Form
from noc_tui.console.screens.suspension.preparation import Preparation
from noc_tui.console.typed_instants import read_instant, write_instant
from noc_tui.contract.suspension.maturity import matures_at
from noc_tui.contract.suspension.schedule import planned_start, window_of
from noc_tui.contract.suspension.values import PLANNED, PREPARING, Condition, ConditionKind
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.labels.next_order import word_left


class TimeQuestions(Preparation):
    """From when, on which conditions, with how long a notice."""

    async def choose_time(self) -> bool:
        """Choose when the plan is carried out, what it rests on until then, and the reason where
        the client is told too late for that; return whether it was settled.
        """
        if self.case.state in PLANNED:
            return await self.move_order()
        if self.case.state not in PREPARING:
            state = states.label_text(states.CASE, self.case.state)
            self.say_not_done(
                _("{state}: its time is over, nothing waits that could be moved.").format(
                    state=state
                )
            )
            return False
        now, later = ("now", _("As soon as it is ordered")), ("later", _("At a planned time"))
        chosen = await self.choose(_("When is it carried out?"), [now, later])
        if chosen is None:
            return False
        matures = matures_at(self.case, self.terms, self.screen.now())
        if chosen == "later":
            return await self._plan_start(matures)
        if matures is None:
            return await self.edit(api.Edit(at_once=True, short_notice=""))
        dialog = self._short_notice_dialog(matures)
        return await self.edit_in(
            dialog, lambda reason: api.Edit(at_once=True, short_notice=reason)
        )

    async def _plan_start(self, matures: datetime | None) -> bool:
        """Ask what the order rests on, then when it is carried out: that answer may be refused,
        and stays on the screen with its reason.
        """
        conditions = await self._ask_conditions()
        if conditions is None:
            return False

        def edit_of(filled: dict[str, str]) -> api.Edit:
            start, short = _start_of(filled, matures)
            return api.Edit(start=start, conditions=conditions, short_notice=short)

        return await self.edit_in(self._start_form(matures), edit_of)

    async def move_order(self) -> bool:
        """Give an order that waits another start, for a written reason; return whether it was."""
        start, end = planned_start(self.case) or self.screen.now(), window_of(self.case)[1]
        matures = matures_at(self.case, self.terms, self.screen.now())
        fields = [Field("start", _start_label(), write_instant(start), read_instant)]
        if end is not None:
            label = _("Until (YYYY-MM-DD HH:MM, Paris time)")
            fields.append(Field("end", label, write_instant(end), read_instant))
        fields.append(Field("reason", _("Why is it moved? It stays on record")))
        bound = None if matures is None else min(matures, start)
        if bound is not None:
            fields.append(self._short_notice_field(bound))
        text = _(
            "Now: {at}, in {left}. Moved, it must be approved, notified to the client and ordered"
            " again; until then nothing is done."
        ).format(at=formats.instant(start), left=word_left(start, self.screen.now()))

        made = await self.screen.ask_in(
            Form(_("Move the order"), text, fields, first="start"),
            lambda filled: api.MOVE(_move_of(filled, bound), id=self.case.id),
        )
        if made is not None:
            self.screen.say(_("Moved: nothing is done before it is ordered again."))
        return made is not None

    def _start_form(self, matures: datetime | None) -> Form:
        """Asks for the start: proposed is the one planned, else the first full hour at which the
        notice has matured; an earlier one needs a reason.
        """
        first = (matures or self.screen.now()) + timedelta(minutes=59, seconds=59)
        proposed = planned_start(self.case) or first.replace(minute=0, second=0, microsecond=0)
        fields = [Field("start", _start_label(), write_instant(proposed), read_instant)]
        text = ""
        if matures is not None:
            text = _("The notice allows it from {at} on; sooner needs a written reason.").format(
                at=formats.instant(matures)
            )
            fields.append(self._short_notice_field(matures))
        return Form(_("Planned start"), text, fields, first="start")

    def _short_notice_field(self, bound: datetime) -> Field:
        """Asks for the reason of a start before that instant; empty where it is not."""
        label = _("Why is the notice shorter? Only for a start before {at}").format(
            at=formats.instant(bound)
        )
        reason = self.case.plan.schedule.short_notice
        return Field("short", label, reason, str.strip, self.doubt_language)

    async def _ask_conditions(self) -> tuple[Condition, ...] | None:
        """What the order rests on until its start; None when the operator leaves."""
        kinds: list[tuple[ConditionKind, str]] = [
            ("unanswered", _("Only if the client has not answered by then"))
        ]
        if self.case.ground == "late-payment":
            kinds.append(("unpaid", _("Only if the debt is not paid by then")))
        texts = dict(kinds)
        chosen = {one.kind for one in self.case.plan.schedule.conditions}
        free = [("", _("Whatever happens until then")), *kinds]
        if len(kinds) > 1:
            free.append(("both", _("Only if it is neither answered nor paid")))
        answer = await self.choose(_("What does the order rest on?"), _first(free, chosen))
        if answer is None:
            return None
        asked = [kind for kind in texts if answer in (kind, "both")]
        return tuple(Condition(kind=kind) for kind in asked)

    def _short_notice_dialog(self, matures: datetime) -> Ask:
        """Asks for the reason for a notice that will not have matured; empty for none."""
        text = _("The notice matures at {at}. Until then, an order needs a reason.").format(
            at=formats.instant(matures)
        )
        return Ask(
            _("Why is the notice shorter? Leave empty if it is not"),
            f"{text} {self.language_hint()}",
            value=self.case.plan.schedule.short_notice,
            needed=False,
            doubt=self.doubt_language,
        )


def _start_label() -> str:
    return _("Not before (YYYY-MM-DD HH:MM, Paris time)")


def _start_of(filled: dict[str, str], bound: datetime | None) -> tuple[datetime, str]:
    """The start of a filled form, and the reason for a shorter notice where one is needed."""
    start = datetime.fromisoformat(filled["start"])
    return start, filled.get("short", "") if bound is not None and start < bound else ""


def _move_of(filled: dict[str, str], bound: datetime | None) -> api.Move:
    """The move of a filled form; without its reason for a shorter notice where none is needed."""
    start, short = _start_of(filled, bound)
    return api.Move(
        start=start,
        reason=filled["reason"],
        window_end=datetime.fromisoformat(filled["end"]) if "end" in filled else None,
        short_notice=short or None,
    )


def _first(choices: list[tuple[str, str]], chosen: set[ConditionKind]) -> list[tuple[str, str]]:
    """The choices, that which stands first."""
    stands = "both" if len(chosen) > 1 else next(iter(chosen), "")
    return sorted(choices, key=lambda one: one[0] != stands)
