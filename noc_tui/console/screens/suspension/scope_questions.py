"""Asks what is suspended, and by which means."""

from collections.abc import Sequence
from typing import Literal

from noc_tui.api import suspension as api
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.choose_many import ChooseMany
from noc_tui.console.screens.suspension.preparation import Preparation
from noc_tui.contract.suspension.ports import BadPortsError, normalise_ports, takes_ports
from noc_tui.contract.suspension.proportion import propose_means
from noc_tui.contract.suspension.reasons import BAD_PORTS
from noc_tui.contract.suspension.values import BARRIER, Plan
from noc_tui.i18n import _, language
from noc_tui.labels import states
from noc_tui.labels.stopped_guests import list_stopped, word_stopped
from noc_tui.text import visible
from storage.guests import Guest


class ScopeQuestions(Preparation):
    """Guests and means; each answer is saved at once."""

    async def choose_guests(self) -> None:
        """Choose all services or some guests."""
        whole = ("tenant", _("All services: every guest of the tenant"))
        some = ("guests", _("Some guests"))
        natural = self.terms.ground(self.case.ground).natural_scope
        chosen = bool(self.case.plan.guests) and self.case.plan.scope == "guests"
        first_whole = natural == "tenant" and not chosen
        choices = [whole, some] if first_whole else [some, whole]
        scope = await self.choose(_("What is suspended?"), choices)
        if scope == "tenant":
            made = await self.send(api.EDIT(api.Edit(scope="tenant"), id=self.case.id))
            if made is not None:
                await self.decide_unseen(made.plan)
                self._say_stopped(made.plan)
        elif scope is not None:
            await self._choose_some_guests()

    async def decide_unseen(self, plan: Plan) -> None:
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
            (f"{one.cluster}/{one.vmid}", self._word_guest(one)) for one in self.read.members
        ]
        planned = {str(row.ref) for row in self.case.plan.guests}
        plan = self.case.plan

        async def keep(refs: list[str]) -> None:
            nonlocal plan
            edit = api.Edit(scope="guests", guests=tuple(refs))
            made = await self.send(api.EDIT(edit, id=self.case.id))
            plan = plan if made is None else made.plan

        title = _("Which guests are suspended?")
        await self.screen.app.push_screen_wait(ChooseMany(title, choices, planned, keep))
        self._say_stopped(plan)

    def _word_guest(self, guest: Guest) -> str:
        """A VM by its number, name, state and addresses, those last: they are the longest."""
        number = f"{guest.cluster}/{guest.vmid}"
        told = [number, guest.name or "?", states.label_text(states.GUEST, guest.status)]
        return visible("  ".join([*told, *self.read.addresses.get(number, ())]))

    def _say_stopped(self, plan: Plan) -> None:
        """A VM that is stopped sends nothing: whoever suspends it for what it sends has perhaps
        chosen another than the one that did.
        """
        if stopped := list_stopped(plan, self.read.members):
            self.screen.say(word_stopped(stopped), severity="warning")

    async def choose_means(self) -> None:
        """Choose among the means, the least restrictive first, the cursor on the mildest that is
        proposed; stopping after cutting is an entry of its own. A filter asks for its ports. The
        client's access to the platform is asked for by itself: no other means implies that it is
        withdrawn.
        """
        offered = propose_means(self.case, self.terms).means
        choices = [(",".join(way), self._word_way(way, offered)) for way in self._ways()]
        title = _("By which means? The least restrictive first")
        chosen = await self.choose(title, choices, offered[0] if offered else "")
        if chosen is None:
            return
        means = tuple(chosen.split(","))
        filters = any(takes_ports(self.terms.means_of(key)) for key in means)
        if BARRIER not in means and self._knows_barrier() and await self._withdraws_access():
            means = (*means, BARRIER)
        if filters:
            await self.edit_in(
                self._ports_dialog(),
                lambda ports: api.Edit(means=means, ports=tuple(ports.split())),
            )
        else:
            await self.edit(api.Edit(means=means))

    def _ways(self) -> list[tuple[str, ...]]:
        """The means in the order of the terms, which is from the least restrictive to the most;
        what stops after cutting stands behind what only stops.
        """
        ways: list[tuple[str, ...]] = [(row.id,) for row in self.terms.means]
        if {("vm_cut_network",), ("vm_stop",)} <= set(ways):
            ways.insert(ways.index(("vm_stop",)) + 1, ("vm_cut_network", "vm_stop"))
        return ways

    def _word_way(self, way: tuple[str, ...], offered: Sequence[str]) -> str:
        words = " → ".join(self.terms.means_of(key).label.in_(language()) for key in way)
        if not set(way) <= set(offered):
            return words
        return _("{means} · proposed").format(means=words)

    def _ports_dialog(self) -> Ask:
        return Ask(
            _("What is filtered?"),
            _("direction:protocol:port, apart by spaces: out:tcp:6667 both:udp:*"),
            value=" ".join(self.case.plan.ports),
            read=_read_ports,
        )

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


def _read_ports(text: str) -> str:
    """The text, if every part of it is a `direction:protocol:port`. Raises ValueError."""
    try:
        normalise_ports(text.split())
    except BadPortsError as error:
        raise ValueError(_(BAD_PORTS).format(ports=visible(str(error)))) from error
    return text
