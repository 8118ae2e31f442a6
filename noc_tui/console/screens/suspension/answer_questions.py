"""Asks the answers and the proofs of the checklist."""

from collections.abc import Mapping

from noc_tui.api import suspension as api
from noc_tui.api.endpoint import Request
from noc_tui.breach_evidence import file_evidence, text_evidence
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.base import never
from noc_tui.console.dialogs.form import Form
from noc_tui.console.screens.suspension.fact_fields import (
    ASPECT,
    CITE,
    IN_NOTICE,
    form_of,
    list_extras,
    reader_of,
    written_as_typed,
)
from noc_tui.console.screens.suspension.observation import (
    ASPECTS,
    SOURCE,
    is_asked_together,
    observation_fields,
    source_choices,
)
from noc_tui.console.screens.suspension.preparation import Preparation
from noc_tui.console.screens.suspension.standing_actions import load_file, names_file
from noc_tui.contract.suspension.answers import answer_kinds
from noc_tui.contract.suspension.checklist import CheckedStep
from noc_tui.contract.suspension.proofs import standing_proofs
from noc_tui.contract.suspension.values import Tick
from noc_tui.contract.terms import Ground
from noc_tui.i18n import N_, _, language
from noc_tui.labels.case_answers import BREACH_BY, label_of
from noc_tui.labels.cases import word_targets
from noc_tui.letters.proposals import propose_answer
from noc_tui.text import visible

CONFIRMED = frozenset(("history", "not_victim", "not_own_failure"))
"""Steps that are answered by yes."""
_STATES: Mapping[str, str] = {"done": N_("done"), "open": N_("open"), "waived": N_("set aside")}


class AnswerQuestions(Preparation):
    """Answers, proofs, waivers; each is saved at once."""

    async def choose_step(self) -> CheckedStep | None:
        """Let the operator choose a step of the checklist, or answer what stands beside it; None
        for the latter.
        """
        steps = self.read.steps(self.terms)
        choices = [
            (one.id, f"{one.label.in_(language())} · {_(_STATES[one.state])}") for one in steps
        ]
        asked = {one.id for one in steps}
        choices += [one for one in list_extras(self.case, self.terms) if one[0] not in asked]
        chosen = await self.choose(_("Which step?"), choices)
        step = next((one for one in steps if one.id == chosen), None)
        if step is None and chosen is not None:
            await self._answer_extra(chosen)
        return step

    async def _answer_extra(self, chosen: str) -> None:
        if chosen.startswith(CITE):
            cites = _toggle(self.case.cites, chosen.removeprefix(CITE))
            await self.edit(api.Edit(cites=cites))
        elif chosen.startswith(ASPECT):
            aspects = _toggle(self.case.aspects, chosen.removeprefix(ASPECT))
            await self.edit(api.Edit(aspects=aspects))
        else:
            await self.answer_fact(label_of(chosen, self.terms), chosen)

    async def answer(self, step: CheckedStep) -> None:
        """Ask for what a step of the checklist wants."""
        label = step.label.in_(language())
        if is_asked_together(self.terms.ground(self.case.ground), step.id):
            await self._answer_observation()
        elif step.id == "proportion":
            await self.edit_in(Ask(label), lambda text: api.Edit(statement=text))
        else:
            await self._answer_by_kind(step.id, label)

    async def _answer_by_kind(self, step: str, label: str) -> None:
        kind = {row.id: row.kind for row in self.terms.requirements}.get(step)
        if kind == "clause":
            await self.tick_clause()
        elif kind == "evidence":
            await self.add_evidence(step, label)
        elif step in CONFIRMED:
            asks = _("Is it so?")
            if step == "history":
                count = _("{label}: {value}").format(
                    label=_("Earlier breaches"), value=self.read.earlier
                )
                asks = f"{count}\n{asks}"
            if await self.confirm(label, asks):
                await self.edit(api.Edit(facts={step: "yes"}))
        else:
            await self.answer_fact(label, step)

    async def answer_fact(self, label: str, key: str) -> None:
        """Ask for one answer, in its form."""
        kind = answer_kinds(self.terms).get(key, "text")
        known = self.case.fact(key) or propose_answer(self.case, key, self.terms)
        if kind == "choice":
            await self._choose_fact(label, key)
            return
        told = key in IN_NOTICE
        text = self.language_hint() if told else form_of(kind)
        value, doubt = written_as_typed(known, kind), self.doubt_language if told else never
        dialog = Ask(label, text, value=value, read=reader_of(kind), doubt=doubt)
        await self.edit_in(dialog, lambda answer: api.Edit(facts={key: answer}))

    async def _choose_fact(self, label: str, key: str) -> None:
        choices = source_choices(self.case)
        if key != SOURCE:
            choices = [(one, _(text)) for one, text in BREACH_BY.items()]
        chosen = await self.choose(label, choices)
        if chosen is not None:
            await self.edit(api.Edit(facts={key: chosen}))

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
        fields = observation_fields(
            self.case, ground, source, self.screen.now(), self.doubt_language
        )
        dialog = Form(_("What was observed?"), self.language_hint(), fields)
        known = {SOURCE: source} if source else {}
        await self.edit_in(dialog, lambda filled: api.Edit(facts=filled | known))

    async def _choose_aspect(self, ground: Ground) -> bool:
        """Which of the rules of its article was breached: the letter says it."""
        choices = [(one, _(ASPECTS[one])) for one in ground.aspects if one in ASPECTS]
        chosen = await self.choose(_("Which rule was breached?"), choices)
        return chosen is not None and await self.edit(api.Edit(aspects=(chosen,)))

    async def tick_clause(self) -> None:
        """A clause of conduct, with what proves its breach."""
        clauses = [
            (row.id, f"{row.id} {row.label.in_(language())}")
            for row in self.terms.charte
            if row.tickable
        ]
        chosen = await self.choose(_("Which clause was breached?"), clauses)
        if chosen is not None:
            await self.add_evidence(
                chosen, _("{label}: ").format(label=chosen) + _("what proves it?")
            )

    async def add_evidence(self, target: str, label: str) -> None:
        """Ask for a proof: words, the id of a task, or a file, which is kept with the case."""
        how = _("Words, a task's id (UPID:…), or a file (/path): it is kept with the case.")

        async def request_of(text: str) -> Request[api.CaseDocument]:
            file = await load_file(text) if names_file(text) else None
            proof = text_evidence(text) if file is None else file_evidence(file)
            tick = Tick(target=target, evidence=(proof,))
            files = () if file is None else (file,)
            return api.EDIT(api.Edit(ticks=(tick,), files=files), id=self.case.id)

        await self.screen.ask_in(Ask(label, how), request_of)

    async def withdraw_proof(self) -> None:
        """Take a proof back, for a written reason; the case remembers it."""
        names = word_targets(self.terms)
        proofs = {
            str(one.number): f"{names.get(target, target)} · {visible(one.text)}"
            for target, one in standing_proofs(self.case)
        }
        if not proofs:
            self.say_not_done(_("There is no proof that could be withdrawn."))
            return
        chosen = await self.choose(_("Which proof is withdrawn?"), list(proofs.items()))
        if chosen is not None:
            await self.screen.ask_in(
                Ask(_("Why?")),
                lambda why: api.WITHDRAW(api.Withdrawal(int(chosen), why), id=self.case.id),
            )

    async def waive_step(self) -> None:
        """Set an open step aside for a written reason."""
        steps = [one for one in self.read.steps(self.terms) if one.state == "open" and one.waivable]
        if not steps:
            self.say_not_done(_("No open step may be set aside."))
            return
        choices = [(one.id, one.label.in_(language())) for one in steps]
        chosen = await self.choose(_("Which step is set aside?"), choices)
        if chosen is not None:
            await self.screen.ask_in(
                Ask(_("Why?")),
                lambda why: api.WAIVE(api.Waiver(chosen, why), id=self.case.id),
            )


def _toggle(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The names with that one put in, or taken out where it was in."""
    return tuple(one for one in names if one != name) if name in names else (*names, name)
