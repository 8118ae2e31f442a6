"""Orders and reports of authorities in the console: the register, a new one, what is done with one.

The list is asked for when it is opened: what is secret is in no file that a console reads.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from noc_tui.api import authority as api
from noc_tui.api.endpoint import Request
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.choose_many import ChooseMany
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.dialogs.form import Field, Form
from noc_tui.console.dialogs.page import PageDialog
from noc_tui.console.references import CaseRef, NewLetter
from noc_tui.console.screen import NocScreen
from noc_tui.console.typed_instants import read_instant, write_instant
from noc_tui.contract.authority.kinds import load_order_kinds
from noc_tui.contract.authority.values import Category, Secrecy
from noc_tui.i18n import N_, _, language
from noc_tui.labels.authority import (
    CATEGORIES,
    SECRECY,
    order_lines,
    word_deadline,
    word_next_step,
)
from noc_tui.roles import Role
from noc_tui.text import visible
from storage.register import TENANTS

NEW, READ, CASES, SUSPEND, STOP, PRESERVE, DISCLOSE, KEEP, PUBLISH = (
    "new", "read", "cases", "suspend", "stop", "preserve", "disclose", "keep-secret", "publish",
)  # fmt: skip
_WORDED: Mapping[str, tuple[Callable[..., Request[api.OrderDocument]], str, str]] = {
    "resume": (api.RESUME, N_("Resume: the authority answered"), N_("What did it answer?")),
    "execute": (api.EXECUTE, N_("It was carried out"), N_("What was done?")),
    "review": (api.REVIEW, N_("Review it"), N_("What did you find?")),
    "confirm": (api.CONFIRM, N_("Confirm it to the authority"), N_("How was it confirmed?")),
    "withdraw": (api.WITHDRAW, N_("The authority withdrew it"), N_("Why?")),
}
"""The verbs that take a sentence: their endpoint, their choice, their question."""


NOTHING_READ = NewLetter("")


@dataclass(frozen=True, slots=True)
class OrderDesk:
    """The register of orders, as dialogs over a screen."""

    screen: NocScreen[Any]

    async def open(self) -> None:
        """Show the register until the operator leaves it."""
        while True:
            found = await self.screen.ask_nocd(api.LIST())
            if found is None:
                return
            chosen = await self._choose(_("Orders of authorities"), self._lines(found.orders))
            if chosen is None:
                return
            if chosen == NEW:
                await self.record()
                continue
            order = next(one for one in found.orders if one.id == chosen)
            if await self._act(order):
                return

    def _lines(self, orders: Sequence[api.OrderDocument]) -> list[tuple[str, str]]:
        lines = [(order.id, order_line(order)) for order in orders]
        may = self.screen.host.session.who.may(Role.OPERATOR)
        return [*lines, (NEW, _("Record a new order"))] if may else lines

    async def record(self, letter: NewLetter = NOTHING_READ) -> None:
        """Record an order; what could be read of a letter stands in the form already."""
        kinds = sorted(load_order_kinds().kind, key=lambda one: one.id != letter.kind)
        kind = await self._choose(
            _("What kind of order?"), [(one.id, one.label.in_(language())) for one in kinds]
        )
        if kind is None:
            return
        secrecy = await self._choose(
            _("May the client be told?"), [(key, _(text)) for key, text in SECRECY.items()]
        )
        if secrecy is None:
            return
        of_kind, kept = kind, cast(Secrecy, secrecy)

        def order_of(filled: dict[str, str]) -> api.NewOrder:
            return api.NewOrder(
                kind=of_kind,
                authority=filled["authority"],
                reference=filled["reference"],
                scope=filled["scope"],
                authenticity=filled["authenticity"],
                received_at=datetime.fromisoformat(filled["received"]),
                secrecy=kept,
                secrecy_basis=filled.get("basis", ""),
                silent_until=_instant(filled.get("until", "")),
                term=_instant(filled["term"]),
                tenant=filled["tenant"],
            )

        made = await self.screen.ask_in(
            Form(_("New order"), "", self._fields(secrecy, letter)),
            lambda filled: api.RECORD(order_of(filled)),
        )
        if made is not None:
            await self._read(made)

    def _fields(self, secrecy: str, letter: NewLetter) -> list[Field]:
        now = write_instant(self.screen.now())
        fields = [
            Field("authority", _("Which authority?"), letter.authority),
            Field("reference", _("Its reference"), letter.reference),
            Field("scope", _("What it asks for, in its own words"), letter.scope),
            Field("authenticity", _("How was it checked that it is genuine?")),
            Field("received", _("Received at"), now, read_instant),
            Field("term", _("Its own deadline, empty without one"), "", _maybe_instant),
            Field("tenant", _("Tenant, empty if it names none"), letter.tenant, str.strip),
        ]
        if secrecy == "forbidden":
            fields += [
                Field("basis", _("Which words or which law forbid it?")),
                Field("until", _("Secret until, empty without a date"), "", _maybe_instant),
            ]
        return fields

    async def _act(self, order: api.OrderDocument) -> bool:
        """Do what is chosen with an order; return whether that led to another screen."""
        chosen = await self._choose(order_line(order), self._choices(order))
        if chosen is None:
            return False
        if chosen == SUSPEND:
            return await self._suspend(order)
        if chosen.startswith(CASES):
            self.screen.host.open(CaseRef(chosen.partition(" ")[2]))
            return True
        if chosen == READ:
            await self._read(order)
        elif (after := await self._ask(order, chosen)) is not None:
            await self._read(after)
        return False

    def _choices(self, order: api.OrderDocument) -> list[tuple[str, str]]:
        choices = [(READ, _("Read it"))]
        choices += [(f"{CASES} {case}", _("Open {case}").format(case=case)) for case in order.cases]
        if not self.screen.host.session.who.may(Role.OPERATOR):
            return choices
        offered = {
            "open": (SUSPEND, "execute", STOP, "withdraw"),
            "stopped": ("resume", SUSPEND, "execute", "withdraw"),
            "carried-out": ("review", "confirm"),
            "withdrawn": (),
        }[order.state]
        named = {
            SUSPEND: _("Suspend what it asks for: open the case"),
            STOP: _("Stop the deadline: it cannot be carried out, or is unclear"),
            PRESERVE: _("Note what is kept apart"),
            DISCLOSE: _("Note what was given to the authority"),
            KEEP: _("Keep it secret until a date"),
            PUBLISH: _("End its secrecy"),
        }
        verbs = [*offered, PRESERVE, DISCLOSE]
        if order.secret and self.screen.host.session.who.may(Role.LEAD):
            verbs += [KEEP, PUBLISH]
        return choices + [(verb, named.get(verb) or _(_WORDED[verb][1])) for verb in verbs]

    async def _suspend(self, order: api.OrderDocument) -> bool:
        """Open the case that carries the order out, where the order stands; return whether it was
        opened.
        """
        tenant: str | None = order.tenant
        if not tenant:
            rows = await self.screen.rows(TENANTS)
            choices = [(one.id, visible(f"{one.name} ({one.id})")) for one in rows]
            tenant = await self._choose(_("Which tenant?"), choices)
        if tenant is None:
            return False
        made = await self.screen.ask_nocd(api.CASE(api.Execution(tenant), id=order.id))
        if made is None:
            return False
        self.screen.host.open(CaseRef(made.id))
        return True

    async def _ask(self, order: api.OrderDocument, verb: str) -> api.OrderDocument | None:
        """Ask for what a verb needs, and `nocd` to do it; None when the operator leaves."""
        if verb in _WORDED:
            endpoint, choice, question = _WORDED[verb]
            return await self.screen.ask_in(
                Ask(_(choice), _(question)),
                lambda text: endpoint(api.Note(text), id=order.id),
            )
        if verb == DISCLOSE:
            return await self._disclose(order)
        titles = {
            STOP: (_("Stop the deadline"), [
                Field("why", _("Why?")), Field("told", _("How was the authority told so?")),
            ]),
            PRESERVE: (_("What is kept apart"), [
                Field("what", _("What?")), Field("where", _("Where?")),
                Field("until", _("Until (YYYY-MM-DD HH:MM, Paris time)"), "", read_instant),
            ]),
            KEEP: (_("Keep it secret"), [
                Field("until", _("Secret until, empty without a date"), "", _maybe_instant),
                Field("reason", _("Which decision of the authority says so?")),
            ]),
            PUBLISH: (_("End its secrecy"), [
                Field("reason", _("Which decision of the authority says so?")),
            ]),
        }  # fmt: skip
        title, fields = titles[verb]
        return await self.screen.ask_in(
            Form(title, "", fields), lambda filled: _request_of(order, verb, filled)
        )

    async def _disclose(self, order: api.OrderDocument) -> api.OrderDocument | None:
        categories = await self.screen.app.push_screen_wait(
            ChooseMany(_("Which data?"), [(key, _(text)) for key, text in CATEGORIES.items()])
        )
        if not categories:
            return None
        fields = [Field("to", _("To whom?")), Field("what", _("What exactly?"))]
        chosen = tuple(cast(Category, one) for one in categories)
        return await self.screen.ask_in(
            Form(_("Data given"), "", fields),
            lambda filled: api.DISCLOSE(
                api.Given(filled["to"], chosen, filled["what"]), id=order.id
            ),
        )

    async def _choose(self, title: str, choices: list[tuple[str, str]]) -> str | None:
        return await self.screen.app.push_screen_wait(ChooseOne(title, choices))

    async def _read(self, order: api.OrderDocument) -> None:
        page = PageDialog(order_line(order), "\n".join(order_lines(order)))
        await self.screen.app.push_screen_wait(page)


def _request_of(
    order: api.OrderDocument, verb: str, filled: Mapping[str, str]
) -> Request[api.OrderDocument]:
    """The request of a verb that has a form."""
    if verb == STOP:
        return api.STOP(api.Stop(filled["why"], filled["told"]), id=order.id)
    if verb == PRESERVE:
        until = datetime.fromisoformat(filled["until"])
        return api.PRESERVE(api.Kept(filled["what"], filled["where"], until), id=order.id)
    if verb == KEEP:
        silence = api.Silence(filled["reason"], _instant(filled["until"]))
        return api.KEEP_SECRET(silence, id=order.id)
    early = not order.secrecy_over
    return api.PUBLISH(api.Publication(filled["reason"], early), id=order.id)


def order_line(order: api.OrderDocument) -> str:
    """Return an order in one line: its name, the time left, what it needs next."""
    parts = [order.id, order.kind_label.in_(language()), word_deadline(order)]
    if order.secret:
        parts.append(_("secret"))
    if step := word_next_step(order):
        parts.append(step)
    return " · ".join(visible(part) for part in parts)


def _maybe_instant(text: str) -> str:
    return read_instant(text) if text.strip() else ""


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
