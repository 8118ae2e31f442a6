"""The questions of the wizard: each asks the operator, then `nocd`, and keeps nothing itself."""

from typing import TYPE_CHECKING, Any

from noc_tui.console.choose import Choose
from noc_tui.console.compose import Compose
from noc_tui.console.dialogs import Ask, Confirm
from noc_tui.console.page import Page
from noc_tui.console.screens.suspension_data import Read
from noc_tui.console.screens.suspension_extras import ASPECT, CITE, FACTS, extras, toggled
from noc_tui.contract.suspension.approval import digest, may_break_glass, rule_for
from noc_tui.contract.suspension.checklist import Step
from noc_tui.contract.suspension.notice import notice_rule
from noc_tui.contract.suspension.proportion import proposed
from noc_tui.contract.suspension.values import PREPARING, STANDING, Case
from noc_tui.contract.terms import Terms
from noc_tui.i18n import _, language
from noc_tui.text import visible, visible_lines

if TYPE_CHECKING:  # the screen imports this module
    from noc_tui.console.screens.suspension import SuspensionScreen

_CONFIRMED = frozenset(("history", "not_victim", "not_own_failure"))


class Talk:
    """One talk with the operator about one case, as it was read."""

    def __init__(self, screen: "SuspensionScreen", read: Read, terms: Terms) -> None:
        self.screen = screen
        self.read = read
        self.terms = terms

    @property
    def case(self) -> Case:
        """The case as it was last shown."""
        return self.read.case

    async def next(self) -> None:
        """Whatever comes next, by the state of the case."""
        case = self.case
        if case.state == "draft":
            step = next((one for one in self.read.steps(self.terms) if one.state == "open"), None)
            await (self.check() if step is None else self._step(step))
        elif case.state in PREPARING:
            await self._agreed()
        elif case.drift:
            await self.reapply()
        elif case.state in STANDING or case.state == "remedied":
            await self.restore()

    async def _agreed(self) -> None:
        case = self.case
        if case.notice.mode == "none":
            await self.notice()
        elif case.approval is None and rule_for(case, self.terms) != "none":
            mine = case.opened_by.name == self.screen.session.who.name
            await (self.order() if mine else self.approve())
        else:
            await self.order()

    async def guests(self) -> None:
        """All services, or one guest after another in and out of the plan."""
        planned = {(row.ref.cluster, row.ref.vmid) for row in self.case.plan.guests}
        while True:
            choices = [("ok", _("That is all"))]
            choices.append(("*", _("All services: every guest of the tenant")))
            choices += [
                (f"{one.cluster}/{one.vmid}", self._guest(one.cluster, one.vmid, one.name, planned))
                for one in self.read.members
            ]
            chosen = await self._choose(_("What is suspended?"), choices)
            if chosen is None:
                return
            if chosen == "*":
                await self._edit(scope="tenant")
                return
            if chosen == "ok":
                break
            cluster, _slash, vmid = chosen.partition("/")
            planned ^= {(cluster, int(vmid))}
        refs = [f"{cluster}/{vmid}" for cluster, vmid in sorted(planned)]
        await self._edit(scope="guests", guests=refs)

    def _guest(
        self, cluster: str, vmid: int, name: str | None, planned: set[tuple[str, int]]
    ) -> str:
        mark = "☑" if (cluster, vmid) in planned else "☐"
        return f"{mark} {cluster}/{vmid} {visible(name or '?')}"

    async def means(self) -> None:
        """The proposed means, mildest first; stopping follows cutting as an entry of its own."""
        offered = proposed(self.case, self.terms).means
        ways: list[tuple[str, ...]] = [(key,) for key in offered]
        if {"vm_cut_network", "vm_stop"} <= set(offered):
            ways.append(("vm_cut_network", "vm_stop"))
        choices = [
            (",".join(way), " → ".join(self.terms.means_of(k).label.in_(language()) for k in way))
            for way in ways
        ]
        chosen = await self._choose(
            _("By which means? The mildest that works comes first"), choices
        )
        if chosen is not None:
            await self._edit(means=chosen.split(","))

    async def answer(self) -> None:
        """Any step of the checklist."""
        steps = self.read.steps(self.terms)
        choices = [(one.id, f"{one.label.in_(language())} · {one.state}") for one in steps]
        choices += extras(self.case, self.terms)
        chosen = await self._choose(_("Which step?"), choices)
        step = next((one for one in steps if one.id == chosen), None)
        if step is not None:
            await self._step(step)
        elif chosen is not None:
            await self._extra(chosen)

    async def _extra(self, chosen: str) -> None:
        if chosen.startswith(CITE):
            await self._edit(cites=toggled(self.case.cites, chosen.removeprefix(CITE)))
        elif chosen.startswith(ASPECT):
            await self._edit(aspects=toggled(self.case.aspects, chosen.removeprefix(ASPECT)))
        else:
            text = await self._ask(_(FACTS[chosen]), self.case.fact(chosen))
            await self._edit_if(text, facts={chosen: text})

    async def _step(self, step: Step) -> None:
        kinds = {row.id: row.kind for row in self.terms.requirements}
        label = step.label.in_(language())
        if step.id == "scope":
            await (self.means() if self.case.plan.guests else self.guests())
        elif step.id == "proportion":
            text = await self._ask(label)
            await self._edit_if(text, statement=text)
        elif step.id == "notice_text":
            await self.mail()
        elif kinds.get(step.id) == "clause":
            await self.tick()
        elif kinds.get(step.id) == "evidence":
            await self._evidence(step.id, label)
        elif step.id in _CONFIRMED:
            if await self.screen.app.push_screen_wait(Confirm(label, _("Is it so?"))):
                await self._edit(facts={step.id: "yes"})
        else:
            text = await self._ask(label, self.case.fact(step.id))
            await self._edit_if(text, facts={step.id: text})

    async def tick(self) -> None:
        """A clause of conduct, with what proves its breach."""
        clauses = [
            (row.id, f"{row.id} {row.label.in_(language())}")
            for row in self.terms.charte
            if row.tickable
        ]
        chosen = await self._choose(_("Which clause was breached?"), clauses)
        if chosen is not None:
            await self._evidence(chosen, f"{chosen}: " + _("what proves it?"))

    async def _evidence(self, target: str, label: str) -> None:
        text = await self._ask(label)
        if text is None:
            return
        kept = [
            {"target": tick.target, "evidence": [_plain(one) for one in tick.evidence]}
            for tick in self.case.ticks
        ]
        found = next((tick for tick in kept if tick["target"] == target), None)
        proof: dict[str, Any] = {"kind": "text", "text": text}
        if text.startswith("UPID:"):
            proof["kind"] = "task"
        if found is None:
            kept.append({"target": target, "evidence": [proof]})
        else:
            found["evidence"] = [*found["evidence"], proof]
        await self._edit(ticks=kept)

    async def waive(self) -> None:
        """Set an open step aside for a written reason."""
        steps = [one for one in self.read.steps(self.terms) if one.state == "open" and one.waivable]
        choices = [(one.id, one.label.in_(language())) for one in steps]
        chosen = await self._choose(_("Which step is set aside?"), choices)
        if chosen is not None and (reason := await self._ask(_("Why?"))):
            await self._post("waive", {"step": chosen, "reason": reason})

    async def mail(self) -> None:
        """From the ground's template, then as the operator leaves it."""
        text = self.case.notice.text
        subject, body = text.subject, text.body
        if not body:
            made = await self._post("notice", {"action": "draft"})
            if made is None:
                return
            subject = made["notice"]["text"]["subject"]
            body = made["notice"]["text"]["body"]
        to = _("To the account address of {tenant}").format(tenant=visible(self.case.tenant_name))
        kept = await self.screen.app.push_screen_wait(Compose(to, subject, body))
        if kept is not None:
            await self._edit(subject=kept[0], body=kept[1])

    async def notice(self) -> None:
        """Send it, tell later, or say why not."""
        rule = notice_rule(self.case, self.terms)
        choices = [("send", _("Send the mail now"))]
        if rule.when == "after":
            choices.append(("after", _("Suspend at once, tell as soon as possible after")))
        choices.append(("waive", _("Not before, for a written reason; it stays owed")))
        if rule.withholdable:
            choices.append(("withhold", _("Not at all: an authority forbids it")))
        action = await self._choose(_("How is the client told?"), choices)
        if action is None:
            return
        reason: str | None = ""
        if action in ("waive", "withhold"):
            reason = await self._ask(_("Why?"))
        if reason is not None:
            await self._post("notice", {"action": action, "reason": reason})

    async def preview(self) -> None:
        """What is and what would be done, read from the guests now."""
        path = f"/v1/suspensions/{self.case.id}/preview"
        document = await self.screen.ask_nocd(path, dict)
        if document is not None:
            text = visible_lines("\n".join(_preview(document)))
            await self.screen.app.push_screen_wait(Page(_("What would be done"), text))

    async def check(self) -> None:
        """Is everything there?"""
        await self._post("check", {})

    async def approve(self) -> None:
        """Agree to the plan as it is shown."""
        plan = self.case.plan
        text = _("{tenant}: {n} guests, {means}. The approval holds for this very plan.").format(
            tenant=visible(self.case.tenant_name), n=len(plan.guests), means=", ".join(plan.means)
        )
        if await self.screen.app.push_screen_wait(Confirm(_("Approve?"), text)):
            await self._post("approve", {"seen": digest(self.case)})

    async def order(self) -> None:
        """Carry it out: the tenant's name is typed."""
        alone = False
        needs = rule_for(self.case, self.terms) != "none" and self.case.approval is None
        if needs and may_break_glass(self.case, self.terms):
            text = _("Nobody approved it. You order alone; a second person reviews within 24 h.")
            alone = await self.screen.app.push_screen_wait(
                Confirm(_("Break the glass?"), text, danger=True)
            )
        name = visible(self.case.tenant_name)
        typed = await self._ask(_("Type the tenant's name to order: {name}").format(name=name))
        if typed is None:
            return
        if typed == name:
            typed = self.case.tenant_name
        await self._post(
            "order", {"seen": digest(self.case), "typed_name": typed, "break_glass": alone}
        )

    async def reapply(self) -> None:
        """The same plan again, where it no longer holds."""
        text = "\n".join(f"{row.guest}: {visible(row.what)}" for row in self.case.drift)
        if await self.screen.app.push_screen_wait(Confirm(_("Apply it again?"), text)):
            await self._post("reapply", {})

    async def review(self) -> None:
        """The second look that a lone order owes."""
        text = await self._ask(_("What did you find?"))
        await self._post_if(text, "review", {"text": text})

    async def access(self) -> None:
        """Open or close the client's supervised way to its data."""
        opened = not self.case.data_access
        title = _("Open the client's access?") if opened else _("Close the client's access?")
        text = _("Only the barrier of its own accounts is concerned; the means stay in force.")
        if await self.screen.app.push_screen_wait(Confirm(title, text)):
            await self._post("data-access", {"open": opened})

    async def restore(self) -> None:
        """Everything once the cause is remedied, or some guests."""
        case = self.case
        if case.remedy is not None:
            await self._post("restore", {})
            return
        choices = [("*", _("Everything: the cause is remedied"))]
        choices += [(str(ref), str(ref)) for ref in case.held]
        chosen = await self._choose(_("What is restored?"), choices)
        found = None if chosen is None else await self._ask(_("What was found?"))
        if chosen is None or found is None:
            return
        if chosen == "*":
            if await self._post("remedy", {"text": found}) is not None:
                await self._post("restore", {})
        else:
            await self._post("restore", {"guests": [chosen], "found": found})

    async def cancel(self) -> None:
        """Drop the case, before anything was changed."""
        text = await self._ask(_("Why is it dropped?"))
        await self._post_if(text, "cancel", {"text": text})

    async def _choose(self, title: str, choices: list[tuple[str, str]]) -> str | None:
        return await self.screen.app.push_screen_wait(Choose(title, choices))

    async def _ask(self, title: str, value: str = "") -> str | None:
        return await self.screen.app.push_screen_wait(Ask(title, value=value))

    async def _edit(self, **changes: Any) -> None:
        await self._post("edit", changes)

    async def _edit_if(self, text: str | None, **changes: Any) -> None:
        if text is not None:
            await self._edit(**changes)

    async def _post_if(self, text: str | None, verb: str, body: dict[str, Any]) -> None:
        if text is not None:
            await self._post(verb, body)

    async def _post(self, verb: str, body: dict[str, Any]) -> dict[str, Any] | None:
        path = f"/v1/suspensions/{self.case.id}/{verb}"
        return await self.screen.ask_nocd(path, dict[str, Any], body)


def _plain(evidence: Any) -> dict[str, str]:
    return {"kind": evidence.kind, "text": evidence.text, "sha256": evidence.sha256}


def _preview(document: dict[str, Any]) -> list[str]:
    lines = [f"▲ {word}" for words in document["clusters"].values() for word in words]
    for row in document["guests"]:
        lines.append(f"{row['guest']} {row['name']}")
        if "error" in row:
            lines.append(f"  ✖ {row['error']}")
        for step in row.get("steps", ()):
            lines += [f"  {call}" for call in step["calls"]]
            lines += [f"  ~ {note}" for note in step["notes"]]
            lines += [f"  ✖ {obstacle}" for obstacle in step["obstacles"]]
    return lines
