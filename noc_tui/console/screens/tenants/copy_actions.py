"""Asks for the next step of the copy owed at the end of a contract, and has it noted."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from noc_tui.api import reversibility as api
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.dialogs.form import Field, Form
from noc_tui.console.screen import NocScreen
from noc_tui.console.typed_instants import read_instant, write_instant
from noc_tui.contract.calendar import instant
from noc_tui.contract.instants import parse_instant
from noc_tui.contract.reversibility import CopyState, CopyStep, possible_steps
from noc_tui.i18n import _
from noc_tui.labels.reversibility import STEPS
from noc_tui.text import visible
from storage.data_copies import DataCopy
from storage.licences import guest_systems

Screen = NocScreen[Any]
DIGEST_LENGTH = 64


async def take_next_step(screen: Screen, tenant: str, copies: tuple[DataCopy, ...]) -> bool:
    """Ask what happened and note it; whether something was noted."""
    copy = next((one for one in reversed(copies) if one.is_open), None)
    if copy is None:
        return await _request(screen, tenant)
    steps = possible_steps(CopyState(copy.state))
    title = _("Copy {number}: what happened?").format(number=copy.id)
    choices = [(step.value, _(STEPS[step])) for step in steps]
    chosen = await screen.app.push_screen_wait(ChooseOne(title, choices))
    if chosen is None:
        return False
    return await _ASKED[CopyStep(chosen)](screen, copy)


async def _request(screen: Screen, tenant: str) -> bool:
    fields = (
        Field("by", _("Who asks, for the client")),
        Field("at", _("Asked on"), write_instant(screen.now()), read_instant),
        Field("channel", _("Channel")),
        Field("reference", _("Reference"), "", str.strip),
    )
    title = _("{tenant} asks for its copy (art. 16.2)").format(tenant=visible(tenant))
    text = _("Nothing of the tenant may be deleted until it has been received.")

    def asked_of(filled: dict[str, str]) -> api.CopyRequest:
        return api.CopyRequest(
            tenant=tenant,
            requested_at=_at(filled["at"]),
            requested_by=filled["by"],
            channel=filled["channel"],
            reference=filled["reference"],
        )

    form = Form(title, text, fields)
    made = await screen.ask_in(form, lambda filled: api.REQUEST_COPY(asked_of(filled)))
    return made is not None


async def _make(screen: Screen, copy: DataCopy) -> bool:
    guests = ""
    if screen.session.reader is not None:
        async with screen.session.reader.snapshot() as db:
            guests = " ".join(one.place for one in await guest_systems(db, copy.tenant))
    fields = (
        Field("at", _("Made on"), write_instant(screen.now()), read_instant),
        Field("guests", _("Guests in it (cluster/number, by spaces)"), guests),
        Field("left_out", _("Why others are left out; empty: none is"), "", str.strip),
        Field("medium", _("Medium")),
        Field("digest", "SHA-256", "", _read_digest),
    )
    text = _("The digest is of what is handed over, or of the list of its files’ digests.")

    def made_of(filled: dict[str, str]) -> api.CopyMade:
        return api.CopyMade(
            made_at=_at(filled["at"]),
            guests=tuple(filled["guests"].split()),
            medium=filled["medium"],
            digest=filled["digest"],
            left_out=filled["left_out"],
        )

    form = _form(copy, CopyStep.MAKE, text, fields)
    made = await screen.ask_in(form, lambda got: api.MAKE_COPY(made_of(got), number=copy.id))
    return made is not None


async def _hand_over(screen: Screen, copy: DataCopy) -> bool:
    fields = (
        Field("at", _("Handed over on"), write_instant(screen.now()), read_instant),
        Field("to", _("To whom")),
        Field("proof", _("What proves it")),
    )
    text = _("A tracking number, a slip, a line of the log.")

    def handed_of(filled: dict[str, str]) -> api.CopyHandedOver:
        return api.CopyHandedOver(_at(filled["at"]), filled["to"], filled["proof"])

    form = _form(copy, CopyStep.HAND_OVER, text, fields)
    made = await screen.ask_in(form, lambda got: api.HAND_OVER_COPY(handed_of(got), number=copy.id))
    return made is not None


async def _receive(screen: Screen, copy: DataCopy) -> bool:
    fields = (
        Field("at", _("Received on"), write_instant(screen.now()), read_instant),
        Field("proof", _("What proves it")),
    )
    text = _(
        "The client’s mail, a signed receipt. That it has all its data (art. 16.1) is another word:"
        " it goes into the register."
    )

    def received_of(filled: dict[str, str]) -> api.CopyReceived:
        return api.CopyReceived(_at(filled["at"]), filled["proof"])

    form = _form(copy, CopyStep.RECEIVE, text, fields)
    made = await screen.ask_in(form, lambda got: api.RECEIVE_COPY(received_of(got), number=copy.id))
    return made is not None


async def _reject(screen: Screen, copy: DataCopy) -> bool:
    text = _("Another copy is then to be made.")
    form = _form(copy, CopyStep.REJECT, text, (Field("reason", _("Why?")),))
    made = await screen.ask_in(form, lambda got: api.REJECT_COPY(_reason_of(got), number=copy.id))
    return made is not None


async def _waive(screen: Screen, copy: DataCopy) -> bool:
    text = _("In writing: say in which letter or mail.")
    form = _form(copy, CopyStep.WAIVE, text, (Field("reason", _("How?")),))
    made = await screen.ask_in(form, lambda got: api.WAIVE_COPY(_reason_of(got), number=copy.id))
    return made is not None


def _reason_of(filled: Mapping[str, str]) -> api.CopyReason:
    return api.CopyReason(filled["reason"])


def _form(copy: DataCopy, step: CopyStep, text: str, fields: tuple[Field, ...]) -> Form:
    title = _("Copy {number}: {step}").format(number=copy.id, step=_(STEPS[step]))
    return Form(title, text, fields)


def _at(text: str) -> datetime:
    return instant(parse_instant(text))


def _read_digest(text: str) -> str:
    value = text.strip().lower()
    if len(value) != DIGEST_LENGTH or set(value) - set("0123456789abcdef"):
        raise ValueError(_("This is no SHA-256: 64 hexadecimal digits."))
    return value


_ASKED: Mapping[CopyStep, Callable[[Screen, DataCopy], Awaitable[bool]]] = {
    CopyStep.MAKE: _make,
    CopyStep.HAND_OVER: _hand_over,
    CopyStep.RECEIVE: _receive,
    CopyStep.REJECT: _reject,
    CopyStep.WAIVE: _waive,
}
