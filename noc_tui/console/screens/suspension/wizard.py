"""The wizard: takes a case from draft to order, by the terms of the case."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import UNSET
from msgspec.structs import replace

from noc_tui.api import suspension as api
from noc_tui.breach_evidence import file_evidence, text_evidence
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.choose_many import ChooseMany
from noc_tui.console.dialogs.compose import Compose, Mail
from noc_tui.console.dialogs.form import Field, Form
from noc_tui.console.dialogs.page import PageDialog
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.suspension.data import CaseData
from noc_tui.console.screens.suspension.observation import (
    ASPECTS,
    SOURCE,
    is_asked_together,
    observation_fields,
    source_choices,
)
from noc_tui.console.screens.suspension.standing_actions import STANDING_VERBS, Standing
from noc_tui.console.typed_instants import read_instant, write_instant
from noc_tui.contract.suspension.approval import digest, may_break_glass, rule_for
from noc_tui.contract.suspension.checklist import CheckedStep
from noc_tui.contract.suspension.clock import PARIS
from noc_tui.contract.suspension.facts import a_date
from noc_tui.contract.suspension.maturity import matures_at
from noc_tui.contract.suspension.maturity import order_problems as immature_reasons
from noc_tui.contract.suspension.notice import draft_problems, notice_rule
from noc_tui.contract.suspension.notice import order_problems as notice_problems
from noc_tui.contract.suspension.ports import takes_ports
from noc_tui.contract.suspension.preparing import unready_reasons
from noc_tui.contract.suspension.proofs import standing_proofs
from noc_tui.contract.suspension.proportion import propose_means
from noc_tui.contract.suspension.reasons import NOTICE_MISSING, NOTICE_OTHER_PLAN, Reason
from noc_tui.contract.suspension.schedule import planned_start, window_of
from noc_tui.contract.suspension.values import (
    BARRIER,
    PLANNED,
    PREPARING,
    Case,
    Condition,
    ConditionKind,
    Plan,
    Tick,
    TickEvidence,
)
from noc_tui.contract.terms import Ground, Terms
from noc_tui.i18n import N_, _, language
from noc_tui.labels import formats
from noc_tui.labels.approval_page import approval_lines
from noc_tui.labels.cases import word_targets
from noc_tui.labels.measures import word_means
from noc_tui.letters.proposals import propose_answer
from noc_tui.text import visible, visible_lines

_CONFIRMED = frozenset(("history", "not_victim", "not_own_failure"))
"""Steps that are answered by yes."""
_FACTS = {
    "order_days": N_("The authority's own delay, in days"),
    "order_until": N_("The authority's own end (time with its offset)"),
    "dispute_raised_on": N_("The client disputed the invoice on (YYYY-MM-DD)"),
    "dispute_reason": N_("Why the client disputes it, in its words"),
    "dispute_answer": N_("How the dispute was answered (a lead decides)"),
    "formal_notice_at": N_("Formal notice sent on (YYYY-MM-DD)"),
    "formal_notice_until": N_("Last day to pay after it (YYYY-MM-DD)"),
    "formal_notice_shorter": N_("Why it leaves fewer days than the terms ask"),
    "court_time_until": N_("A court gave time until (YYYY-MM-DD)"),
    "insolvency_judgment_on": N_("Insolvency judgment of (YYYY-MM-DD)"),
    "administrator_told_on": N_("The administrator was notified on (YYYY-MM-DD)"),
    "announced_at": N_("When the window was announced (time with its offset)"),
    "milder": N_("Why a milder measure is not enough"),
    "breach_by": N_("Whose breach it is (client, guest-user)"),
    "order_redress": N_("Where and how the order is contested, as it says"),
}
_NOTICE_FACTS = {
    "observed": N_("What was observed, in the words of the notice"),
    "observed_at": N_("When it was observed (time with its offset)"),
    "source": N_("From whom it came (own, third-party, authority, client)"),
    "informed_at": N_("When we were told of it (time with its offset)"),
    "automated_means": N_("Automated means (none, detection, or which)"),
    "remedy_by": N_("By when the client must act (time with its offset)"),
    "expected_end": N_("Expected end (time with its offset)"),
}
_CITE, _ASPECT = "cite:", "aspect:"
_MAIL = "notice_text"
"""The step of the mail: the last one."""
_BY_TERMINATION = ("order_days", "order_until", "order_redress")
_BY_GROUND = {
    "late-payment": (
        "formal_notice_at",
        "formal_notice_until",
        "formal_notice_shorter",
        "dispute_raised_on",
        "dispute_reason",
        "dispute_answer",
        "court_time_until",
        "insolvency_judgment_on",
        "administrator_told_on",
    ),
    "maintenance": ("announced_at",),
    "contract-breach": ("breach_by",),
}


class Wizard(Standing):
    """The actions from draft to order, and the next step in any state."""

    def __init__(self, screen: NocScreen[CaseData], read: CaseData, terms: Terms) -> None:
        super().__init__(screen, read)
        self.terms = terms

    async def do_next(self) -> None:
        """Do the next step by the state of the case."""
        case = self.case
        if case.state in ("draft", "held"):
            step = next((one for one in self.read.steps(self.terms) if one.state == "open"), None)
            if (step is None or step.id == _MAIL) and not await self._settle_time():
                return
            await (self.check() if step is None else self._answer_step(step))
        elif case.state in PREPARING:
            await self._do_next_of_plan()
        else:
            await super().do_next()

    async def _settle_time(self) -> bool:
        """Settle when the plan is carried out before the mail says it, where a notice would not
        have matured: a reason that is given later changes the plan, and the client is sent two.
        Return False where the operator leaves.
        """
        too_soon = immature_reasons(self.case, self.terms, self.screen.now())
        return self.case.notice.mode != "none" or not too_soon or await self.choose_time()

    async def _do_next_of_plan(self) -> None:
        case = self.case
        told = {one.text for one in notice_problems(case, self.terms)}
        if told & {NOTICE_MISSING, NOTICE_OTHER_PLAN}:
            await self.settle_notice()
        elif case.approval is None and rule_for(case, self.terms) != "none":
            mine = case.opened_by.name == self.screen.session.who.name
            await (self.order() if mine else self.approve())
        elif too_soon := immature_reasons(case, self.terms, self.screen.now()):
            self._say_unready(too_soon)
            await self.choose_time()
        else:
            await self.order()

    def _say_unready(self, problems: Iterable[Reason]) -> None:
        """Say what an order would be refused for."""
        said = (visible(one.cited(_(one.text), language())) for one in problems)
        self.say_not_done("\n".join(said))

    async def choose_guests(self) -> None:
        """Choose all services or some guests; each change is saved at once."""
        whole = ("tenant", _("All services: every guest of the tenant"))
        some = ("guests", _("Some guests"))
        natural = self.terms.ground(self.case.ground).natural_scope
        choices = [whole, some] if natural == "tenant" else [some, whole]
        scope = await self.choose(_("What is suspended?"), choices)
        if scope == "tenant":
            made = await self.send(api.EDIT(api.Edit(scope="tenant"), id=self.case.id))
            if made is not None:
                await self._decide_unseen(made.plan)
        elif scope is not None:
            await self._choose_some_guests()

    async def _decide_unseen(self, plan: Plan) -> None:
        """Ask what becomes of clusters that are out of reach, where all services are meant."""
        if not plan.unseen or plan.unseen_is:
            return
        title = _("Out of reach: {clusters}. What becomes of the guests there?").format(
            clusters=visible(", ".join(plan.unseen))
        )
        later = _("Carried out there later, once the cluster answers")
        left = _("Left out: nothing is done there")
        answer = await self.choose(title, [("later", later), ("left", left)])
        if answer is not None:
            decided: Literal["later", "left"] = "left" if answer == "left" else "later"
            await self.edit(api.Edit(out_of_reach=decided))

    async def _choose_some_guests(self) -> None:
        choices = [
            (f"{one.cluster}/{one.vmid}", f"{one.cluster}/{one.vmid} {visible(one.name or '?')}")
            for one in self.read.members
        ]
        planned = {str(row.ref) for row in self.case.plan.guests}

        async def keep(refs: list[str]) -> None:
            await self.edit(api.Edit(scope="guests", guests=tuple(refs)))

        title = _("Which guests are suspended?")
        await self.screen.app.push_screen_wait(ChooseMany(title, choices, planned, keep))

    async def choose_means(self) -> None:
        """Choose among the means, those that are proposed first and mildest first; stopping after
        cutting is a second entry. A filter asks for its ports. The client's access to the platform
        is asked for by itself: no other means implies that it is withdrawn.
        """
        choices = [
            (",".join(way), " → ".join(self.terms.means_of(k).label.in_(language()) for k in way))
            for way in self._ways()
        ]
        chosen = await self.choose(_("By which means? The mildest that works comes first"), choices)
        if chosen is None:
            return
        means = tuple(chosen.split(","))
        ports: tuple[str, ...] | None = None
        if any(takes_ports(self.terms.means_of(key)) for key in means):
            text = await self._ask_ports()
            if text is None:
                return
            ports = tuple(text.split())
        if BARRIER not in means and self._knows_barrier() and await self._withdraws_access():
            means = (*means, BARRIER)
        await self.edit(api.Edit(means=means, ports=ports))

    def _ways(self) -> list[tuple[str, ...]]:
        offered = propose_means(self.case, self.terms).means
        ways: list[tuple[str, ...]] = [(key,) for key in offered]
        if {"vm_cut_network", "vm_stop"} <= set(offered):
            ways.append(("vm_cut_network", "vm_stop"))
        return ways + [(row.id,) for row in self.terms.means if row.id not in offered]

    async def _ask_ports(self) -> str | None:
        return await self.ask(
            _("What is filtered?"),
            " ".join(self.case.plan.ports),
            text=_("direction:protocol:port, apart by spaces: out:tcp:6667 both:udp:*"),
        )

    async def choose_time(self) -> bool:
        """Choose when the plan is carried out, what it rests on until then, and the reason where
        the client is told too late for that; return whether it was settled.
        """
        if self.case.state in PLANNED:
            return await self.move_order()
        now, later = ("now", _("As soon as it is ordered")), ("later", _("At a planned time"))
        chosen = await self.choose(_("When is it carried out?"), [now, later])
        if chosen is None:
            return False
        matures = matures_at(self.case, self.terms, self.screen.now())
        if chosen == "now":
            reason = "" if matures is None else await self._ask_short_notice(matures)
            if reason is None:
                return False
            return await self.edit(api.Edit(at_once=True, short_notice=reason))
        start = await self._ask_start(matures)
        conditions = None if start is None else await self._ask_conditions()
        if start is None or conditions is None:
            return False
        soon = matures is not None and start < matures
        reason = await self._ask_short_notice(matures) if soon else ""
        if reason is None:
            return False
        return await self.edit(api.Edit(start=start, conditions=conditions, short_notice=reason))

    async def move_order(self) -> bool:
        """Give an order that waits another start, for a written reason; return whether it was."""
        start, end = planned_start(self.case) or self.screen.now(), window_of(self.case)[1]
        fields = [Field("start", _("Not before"), write_instant(start), read_instant)]
        if end is not None:
            fields.append(Field("end", _("Until"), write_instant(end), read_instant))
        fields.append(Field("reason", _("Why?")))
        text = _(
            "It must be approved, notified to the client and ordered again;"
            " until then nothing is done."
        )
        filled = await self.screen.app.push_screen_wait(Form(_("Move the order"), text, fields))
        if filled is None:
            return False
        move = api.Move(
            start=datetime.fromisoformat(filled["start"]),
            reason=filled["reason"],
            window_end=datetime.fromisoformat(filled["end"]) if end is not None else None,
        )
        matures = matures_at(self.case, self.terms, self.screen.now())
        if matures is not None and move.start < min(matures, start):
            reason = await self._ask_short_notice(matures)
            if reason is None:
                return False
            move = replace(move, short_notice=reason)
        return await self.send(api.MOVE(move, id=self.case.id)) is not None

    async def _ask_start(self, matures: datetime | None) -> datetime | None:
        """A time that the operator types: proposed is the one planned, else the first full hour at
        which the notice has matured.
        """
        first = (matures or self.screen.now()) + timedelta(minutes=59, seconds=59)
        proposed = planned_start(self.case) or first.replace(minute=0, second=0, microsecond=0)
        field = Field("start", _("Not before"), write_instant(proposed), read_instant)
        filled = await self.screen.app.push_screen_wait(Form(_("Planned start"), "", [field]))
        return None if filled is None else datetime.fromisoformat(filled["start"])

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

    async def _ask_short_notice(self, matures: datetime | None) -> str | None:
        """The reason for a notice that will not have matured; empty for none."""
        text = _("The notice matures at {at}. Until then, an order needs a reason.")
        return await self.screen.app.push_screen_wait(
            Ask(
                _("Why is the notice shorter? Leave empty if it is not"),
                text.format(at=formats.instant(matures)),
                value=self.case.plan.schedule.short_notice,
                needed=False,
            )
        )

    async def enter_debt(self) -> None:
        """What accounting says of the debt of the case, as of now."""
        choices = [
            ("unpaid", _("Not paid")),
            ("paid", _("Paid")),
            ("insolvency", _("An insolvency judgment was looked for")),
        ]
        answer = await self.choose(_("What does accounting say of the debt, now?"), choices)
        if answer == "insolvency":
            await self._enter_insolvency()
        elif answer is not None:
            await self.send(api.DEBT(api.Debt(answer == "paid"), id=self.case.id))

    async def _enter_insolvency(self) -> None:
        """The look into the register of insolvencies, and the judgment that it found."""
        today = self.screen.now().astimezone(PARIS).date().isoformat()
        judgment = self.case.fact("insolvency_judgment_on")
        fields = [
            Field("looked_on", _("Looked for on (YYYY-MM-DD)"), today, _read_day),
            Field(
                "judgment",
                _("Judgment of (YYYY-MM-DD); nothing for none"),
                judgment,
                _no_day,
            ),
        ]
        text = _("A judgment after the debt ends the suspension (C. com. L. 622-13).")
        filled = await self.screen.app.push_screen_wait(Form(_("Insolvency"), text, fields))
        if filled is not None:
            looked, judged = a_date(filled["looked_on"]), a_date(filled["judgment"])
            if looked is not None:
                asked = api.InsolvencyLook(looked, judged)
                await self.send(api.INSOLVENCY(asked, id=self.case.id))

    def _knows_barrier(self) -> bool:
        """Whether the terms of the case have that means, and the register someone to bar."""
        return self.read.has_accounts and any(row.id == BARRIER for row in self.terms.means)

    async def _withdraws_access(self) -> bool:
        """Whether the client's access to the platform is withdrawn too; no by default."""
        keep = _("No: the client keeps it, and may start a stopped guest again")
        answer = await self.choose(
            _("Is the client's access to the platform withdrawn as well?"),
            [
                ("keep", keep),
                ("withdraw", _("Yes: it is withdrawn, and the client is notified of it")),
            ],
        )
        return answer == "withdraw"

    async def answer_any_step(self) -> None:
        """Answer a step of the checklist that the operator chooses."""
        steps = self.read.steps(self.terms)
        choices = [(one.id, f"{one.label.in_(language())} · {one.state}") for one in steps]
        choices += _extras(self.case, self.terms)
        chosen = await self.choose(_("Which step?"), choices)
        step = next((one for one in steps if one.id == chosen), None)
        if step is not None:
            await self._answer_step(step)
        elif chosen is not None:
            await self._answer_extra(chosen)

    async def _answer_extra(self, chosen: str) -> None:
        if chosen.startswith(_CITE):
            cites = _toggle(self.case.cites, chosen.removeprefix(_CITE))
            await self.edit(api.Edit(cites=cites))
        elif chosen.startswith(_ASPECT):
            aspects = _toggle(self.case.aspects, chosen.removeprefix(_ASPECT))
            await self.edit(api.Edit(aspects=aspects))
        else:
            await self._answer_fact(_((_FACTS | _NOTICE_FACTS)[chosen]), chosen)

    async def _answer_observation(self) -> None:
        """What was observed, when, from whom and by which means: one form, with what is known."""
        ground, source = self.terms.ground(self.case.ground), ""
        if SOURCE in ground.requires:
            chosen = await self.choose(_("From whom does it come?"), source_choices(self.case))
            if chosen is None:
                return
            source = chosen
        if ground.aspects and not self.case.aspects and not await self._choose_aspect(ground):
            return
        fields = observation_fields(self.case, ground, source, self.screen.now())
        filled = await self.screen.app.push_screen_wait(Form(_("What was observed?"), "", fields))
        if filled is not None:
            await self.edit(api.Edit(facts=filled | ({SOURCE: source} if source else {})))

    async def _choose_aspect(self, ground: Ground) -> bool:
        """Which of the rules of its article was breached: the letter says it."""
        choices = [(one, _(ASPECTS[one])) for one in ground.aspects if one in ASPECTS]
        chosen = await self.choose(_("Which rule was breached?"), choices)
        return chosen is not None and await self.edit(api.Edit(aspects=(chosen,)))

    async def _answer_fact(self, label: str, fact: str) -> None:
        text = await self.ask(label, self.case.fact(fact) or propose_answer(self.case, fact))
        if text is not None:
            await self.edit(api.Edit(facts={fact: text}))

    async def _answer_step(self, step: CheckedStep) -> None:
        label = step.label.in_(language())
        if is_asked_together(self.terms.ground(self.case.ground), step.id):
            await self._answer_observation()
        elif step.id == "scope":
            await (self.choose_means() if self.case.plan.guests else self.choose_guests())
        elif step.id == "proportion":
            text = await self.ask(label)
            if text is not None:
                await self.edit(api.Edit(statement=text))
        elif step.id == _MAIL:
            await self.write_mail()
        elif step.id == "formal_notice":
            await self._settle_formal_notice(label)
        else:
            await self._answer_by_kind(step.id, label)

    async def _answer_by_kind(self, step: str, label: str) -> None:
        kind = {row.id: row.kind for row in self.terms.requirements}.get(step)
        if kind == "clause":
            await self.tick_clause()
        elif kind == "evidence":
            await self._add_evidence(step, label)
        elif step in _CONFIRMED:
            if await self.confirm(label, _("Is it so?")):
                await self.edit(api.Edit(facts={step: "yes"}))
        else:
            await self._answer_fact(label, step)

    async def _settle_formal_notice(self, label: str) -> None:
        """Send the formal notice to pay, after reading it; or enter one that went otherwise."""
        ways = [
            ("mail", _("By nocd, to the account address: read it first")),
            ("otherwise", _("It went otherwise: enter its days, then its proof")),
        ]
        way = await self.choose(label, ways)
        if way == "otherwise":
            for key in ("formal_notice_at", "formal_notice_until"):
                await self._answer_fact(_(_FACTS[key]), key)
            await self._add_evidence("formal_notice_proof", label)
            return
        asked = api.FormalNotice(language=self.case.notice.text.language)
        drawn = None
        if way == "mail":
            drawn = await self.screen.ask_nocd(api.FORMAL_NOTICE(asked, id=self.case.id))
        if drawn is None:
            return
        text = visible_lines(f"{drawn.subject}\n\n{drawn.text}")
        await self.screen.app.push_screen_wait(PageDialog(label, text))
        question = _("Send it? The client has until {day} to pay.")
        if await self.confirm(label, question.format(day=formats.day(drawn.until))):
            sent = replace(asked, send=True)
            await self.screen.ask_nocd(api.FORMAL_NOTICE(sent, id=self.case.id))

    async def tick_clause(self) -> None:
        """A clause of conduct, with what proves its breach."""
        clauses = [
            (row.id, f"{row.id} {row.label.in_(language())}")
            for row in self.terms.charte
            if row.tickable
        ]
        chosen = await self.choose(_("Which clause was breached?"), clauses)
        if chosen is not None:
            await self._add_evidence(
                chosen, _("{label}: ").format(label=chosen) + _("what proves it?")
            )

    async def _add_evidence(self, target: str, label: str) -> None:
        how = _("Words, a task's id (UPID:…), or a file (/path): it is kept with the case.")
        text = await self.ask(label, text=how)
        if text is None:
            return
        if not text.startswith(("/", "~/")):
            await self._add_proof(target, text_evidence(text))
        elif (file := await self.read_file(text)) is not None:
            await self._add_proof(target, file_evidence(file), file)

    async def _add_proof(self, target: str, proof: TickEvidence, *files: api.FileContent) -> None:
        tick = Tick(target=target, evidence=(proof,))
        await self.edit(api.Edit(ticks=(tick,), files=files))

    async def withdraw_proof(self) -> None:
        """Take a proof back, for a written reason; the case remembers it."""
        names = word_targets(self.terms)
        proofs = {
            str(one.number): f"{names.get(target, target)} · {visible(one.text)}"
            for target, one in standing_proofs(self.case)
        }
        chosen = await self.choose(_("Which proof is withdrawn?"), list(proofs.items()))
        if chosen is not None and (reason := await self.ask(_("Why?"))):
            await self.send(api.WITHDRAW(api.Withdrawal(int(chosen), reason), id=self.case.id))

    async def waive_step(self) -> None:
        """Set an open step aside for a written reason."""
        steps = [one for one in self.read.steps(self.terms) if one.state == "open" and one.waivable]
        choices = [(one.id, one.label.in_(language())) for one in steps]
        chosen = await self.choose(_("Which step is set aside?"), choices)
        if chosen is not None and (reason := await self.ask(_("Why?"))):
            await self.send(api.WAIVE(api.Waiver(chosen, reason), id=self.case.id))

    async def write_mail(self) -> None:
        """Draw the notice from the facts and let the operator edit it.

        Words that were edited for another plan or another moment are drawn anew.
        """
        text = self.case.notice.text
        subject, body = text.subject, text.body
        stale = draft_problems(self.case, self.terms)
        if stale:
            self.screen.say(_("The plan or the moment has changed: the notice is drawn anew."))
        if not body or stale:
            made = await self._act_on_notice(api.NoticeAction("draft"))
            if made is None:
                return
            subject, body = made.notice.text.subject, made.notice.text.body
        to = _("To the account address of {tenant}").format(tenant=visible(self.case.tenant_name))

        async def keep(mail: Mail) -> None:
            await self.edit(api.Edit(subject=mail[0], body=mail[1]))

        await self.screen.app.push_screen_wait(Compose(to, subject, body, keep))

    async def settle_notice(self) -> None:
        """Send the notice, postpone it, or record why it is not sent."""
        rule = notice_rule(self.case, self.terms)
        choices: list[tuple[api.NoticeVerb, str]] = [("send", _("Send the mail now"))]
        if rule.when == "after":
            # First where the mail says that it was done: sent before, it would not be true.
            at = len(choices) if rule.prefer_before else 0
            choices.insert(at, ("after", _("Suspend at once, notify as soon as possible after")))
        choices.append(("waive", _("Not before, for a written reason; it stays owed")))
        if rule.withholdable and self.read.secret:
            choices.append(("withhold", _("Not at all: an authority forbids it")))
        asked = await self.choose(_("How is the client notified?"), [*choices])
        action = next((verb for verb, _text in choices if verb == asked), None)
        if action is None:
            return
        reason: str | None = ""
        if action in ("waive", "withhold"):
            reason = await self.ask(_("Why?"))
        if reason is not None:
            await self._act_on_notice(api.NoticeAction(action, reason))

    async def _act_on_notice(self, action: api.NoticeAction) -> api.CaseDocument | None:
        return await self.send(api.NOTICE(action, id=self.case.id))

    async def show_preview(self) -> None:
        """Show each guest's present state and what would be done to it."""
        preview = await self.screen.ask_nocd(api.PREVIEW(id=self.case.id))
        if preview is not None:
            text = visible_lines("\n".join(_preview_lines(preview)))
            await self.screen.app.push_screen_wait(PageDialog(_("What would be done"), text))

    async def check(self) -> None:
        """Ask `nocd` to mark the case as checked, once it is decided what becomes of clusters that
        are out of reach.
        """
        await self._decide_unseen(self.case.plan)
        await self.send(api.CHECK(id=self.case.id))

    async def approve(self) -> None:
        """Approve the plan as it is shown, after reading all that it rests on and does."""
        known = await self.send(api.SHOW(id=self.case.id))
        if known is None:
            return
        page = "\n".join(approval_lines(self.case, self.terms, known.effect))
        await self.screen.app.push_screen_wait(PageDialog(_("What is to be approved"), page))
        plan = self.case.plan
        guests = [f"{row.ref} {row.name}" for row in plan.guests]
        means = [word_means(plan, key, self.terms) for key in plan.means]
        text = _(
            "{tenant}\nGuests: {guests}\nMeans: {means}\nThe approval holds for this very plan."
        ).format(
            tenant=visible(self.case.tenant_name),
            guests=visible(", ".join(guests)),
            means=", ".join(means),
        )
        if await self.confirm(_("Approve?"), text):
            await self.send(api.APPROVE(api.Approval(digest(self.case)), id=self.case.id))

    async def order(self) -> None:
        """Order the suspension; the operator types the tenant's name, unless the case is not ready
        for any order.
        """
        unready = unready_reasons(self.case, self.terms, self.screen.now(), self.read.earlier)
        if unready:
            self._say_unready(unready)
            return
        alone = False
        needs = rule_for(self.case, self.terms) != "none" and self.case.approval is None
        if needs and may_break_glass(self.case, self.terms):
            text = _(
                "Nobody has approved it. You order alone; a second person reviews it within 24 h."
            )
            alone = await self.confirm(_("Order without approval?"), text, danger=True)
        name = visible(self.case.tenant_name)
        typed = await self.ask(_("Type the tenant's name to order: {name}").format(name=name))
        if typed is None:
            return
        if typed == name:
            typed = self.case.tenant_name
        order = api.Order(typed, digest(self.case), alone)
        await self.send(api.ORDER(order, id=self.case.id))


def _read_day(text: str) -> str:
    if a_date(text.strip()) is None:
        raise ValueError(_("not a date (YYYY-MM-DD)"))
    return text.strip()


def _no_day(text: str) -> str:
    return _read_day(text) if text.strip() else ""


def _preview_lines(preview: api.Preview) -> Iterator[str]:
    for words in preview.clusters.values():
        yield from (f"▲ {word}" for word in words)
    for row in preview.guests:
        yield f"{row.guest} {row.name}"
        if row.error is not UNSET:
            yield f"  ✖ {row.error}"
        for step in () if row.steps is UNSET else row.steps:
            yield from (f"  {call}" for call in step.calls)
            yield from (f"  ~ {note}" for note in step.notes)
            yield from (f"  ✖ {obstacle}" for obstacle in step.obstacles)


def _extras(case: Case, terms: Terms) -> Iterator[tuple[str, str]]:
    """Yield what a ground may hold beside its checklist: (key, text) of each choice.

    A key is one of `_FACTS`, `cite:GROUND` or `aspect:NAME`.
    """
    ground = terms.ground(case.ground)
    keys = _BY_TERMINATION if ground.termination == "order" else _BY_GROUND.get(ground.id, ())
    for key in keys:
        yield key, f"{_(_FACTS[key])} · {case.fact(key) or '—'}"
    for key, label in _NOTICE_FACTS.items():
        if key in ground.requires:
            continue
        yield key, f"{_(label)} · {case.fact(key) or '—'}"
    yield from _cites(case, ground, terms)
    for aspect in ground.aspects:
        mark = "☑" if aspect in case.aspects else "☐"
        yield f"{_ASPECT}{aspect}", f"{mark} {_(ASPECTS[aspect]) if aspect in ASPECTS else aspect}"


def _cites(case: Case, ground: Ground, terms: Terms) -> Iterator[tuple[str, str]]:
    if ground.immediate_cites:
        cited = terms.ground(ground.immediate_cites)
        mark = "☑" if cited.id in case.cites else "☐"
        text = _("The danger is immediate: cite article {article} too").format(
            article=cited.article
        )
        yield f"{_CITE}{cited.id}", f"{mark} {text} · {cited.label.in_(language())}"


def _first(choices: list[tuple[str, str]], chosen: set[ConditionKind]) -> list[tuple[str, str]]:
    """The choices, that which stands first."""
    stands = "both" if len(chosen) > 1 else next(iter(chosen), "")
    return sorted(choices, key=lambda one: one[0] != stands)


def _toggle(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The names with that one put in, or taken out where it was in."""
    return tuple(one for one in names if one != name) if name in names else (*names, name)


WIZARD_VERBS: Mapping[str, Callable[[Wizard], Awaitable[object]]] = {
    **STANDING_VERBS,
    "next": Wizard.do_next,
    "guests": Wizard.choose_guests,
    "means": Wizard.choose_means,
    "time": Wizard.choose_time,
    "debt": Wizard.enter_debt,
    "answer": Wizard.answer_any_step,
    "tick": Wizard.tick_clause,
    "withdraw": Wizard.withdraw_proof,
    "waive": Wizard.waive_step,
    "mail": Wizard.write_mail,
    "notice": Wizard.settle_notice,
    "preview": Wizard.show_preview,
    "check": Wizard.check,
    "approve": Wizard.approve,
    "order": Wizard.order,
}
"""What each verb of the screen does, where the terms of the case are kept."""
