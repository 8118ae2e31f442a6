"""The daily acts on guests from the console: asked for, their effect shown, ordered, followed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from noc_tui.api import acts as api
from noc_tui.api.endpoint import Request
from noc_tui.console.commands import Command
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.dialogs.form import Field, Form
from noc_tui.console.dialogs.page import PageDialog
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.guests.power import PowerTarget
from noc_tui.contract.calendar import PARIS
from noc_tui.i18n import N_, _, ngettext
from noc_tui.labels import formats
from noc_tui.labels.acts import describe_preview
from noc_tui.roles import Role
from noc_tui.text import visible

KEY = "a"
ACTS_TITLE = N_("Acts …")
ACTS_HELP = N_("Snapshot, backup, restore test, migration")
_CHOICES = {
    "snapshot": N_("Take a snapshot"),
    "rollback": N_("Go back to a snapshot"),
    "delete-snapshot": N_("Delete a snapshot"),
    "delete-old": N_("Delete old snapshots"),
    "backup": N_("Back up now"),
    "restore-test": N_("Restore a backup for a test"),
    "delete-test": N_("Delete a restored test"),
    "migrate": N_("Move to another node"),
    "unlock": N_("Unlock"),
}
_OF_ONE = frozenset({"rollback", "delete-snapshot", "unlock"})
"""What is asked of one guest alone."""
_GRAVE = (api.RollBack, api.DeleteSnapshot, api.DeleteTest)


def acts_command(*, show: bool) -> Command:
    """The command that opens the list of acts."""
    return Command(
        "guest.acts", KEY, "acts", ACTS_TITLE, ACTS_HELP, show=show, role=Role.OPERATOR,
        needs_nocd=True,
    )  # fmt: skip


async def act_on(screen: NocScreen[Any], guests: Sequence[PowerTarget], *, kind: str = "") -> bool:
    """Ask what is to be done with these guests, show what that does, and order it. `kind` is that
    of a single guest, where it is known: without it unlocking is not offered.

    True when `nocd` took the order; what becomes of it is told by `noc_tui.console.orders`.
    """
    if not guests:
        return False
    choices = [
        (key, _(text))
        for key, text in _CHOICES.items()
        if (len(guests) == 1 or key not in _OF_ONE) and (kind or key != "unlock")
    ]
    chosen = await screen.app.push_screen_wait(ChooseOne(_title(guests), choices))
    if chosen is None:
        return False
    if chosen == "unlock":
        await _show_unlock(screen, guests[0], kind)
        return False
    asked = await _ASKED[chosen](screen, guests[0])
    names = tuple(f"{guest.cluster}/{guest.vmid}" for guest in guests)
    previewed = None if asked is None else await _preview(screen, asked, names)
    if previewed is None:
        return False
    return await _order(screen, *previewed, _(_CHOICES[chosen]))


async def _preview(
    screen: NocScreen[Any], asked: "ActQuestion | api.Act", names: tuple[str, ...]
) -> tuple[api.ActOrder, api.ActPreview] | None:
    """Ask what is left to ask; return the order and what it would do. What was typed stays on the
    screen while it is refused.
    """
    if not isinstance(asked, ActQuestion):
        order = api.ActOrder(asked, names)
        preview = await screen.ask_nocd(api.PREVIEW(order))
        return None if preview is None else (order, preview)
    question, orders = asked, list[api.ActOrder]()

    def request_of(filled: dict[str, str]) -> Request[api.ActPreview]:
        orders.append(api.ActOrder(question.act_of(filled), names))
        return api.PREVIEW(orders[-1])

    preview = await screen.ask_in(question.form, request_of)
    return None if preview is None else (orders[-1], preview)


async def _order(
    screen: NocScreen[Any], order: api.ActOrder, preview: api.ActPreview, title: str
) -> bool:
    text = "\n".join(describe_preview(preview))
    if any(guest.refused for guest in preview.guests):
        await screen.app.push_screen_wait(PageDialog(_("This cannot be done"), text))
        return False
    danger = isinstance(order.act, _GRAVE) or bool(preview.interrupted)
    if not await screen.app.push_screen_wait(Confirm(f"{title}?", text, danger=danger)):
        return False
    ordered = await screen.ask_nocd(api.ORDER(order))
    if ordered is None:
        return False
    for number in ordered.intents:
        screen.host.orders.follow(number, title)
    screen.say(_("Sent to the cluster; the result will appear here."), title=title)
    return True


@dataclass(frozen=True, slots=True)
class ActQuestion:
    """What an act still needs to be told, and the act that the answers make."""

    form: Form
    act_of: Callable[[Mapping[str, str]], api.Act]


async def _take(screen: NocScreen[Any], _guest: PowerTarget) -> ActQuestion:
    text = _("Disks are kept as they are. Memory: y keeps it too, where a VM runs.")
    fields = (
        Field("name", _("Name"), f"{screen.now().astimezone(PARIS):noc-%Y%m%d-%H%M}"),
        Field("description", _("Description"), "", str.strip),
        Field("memory", _("Memory (y/n)"), "n"),
    )

    def act_of(filled: Mapping[str, str]) -> api.Act:
        memory = filled["memory"].casefold() in ("y", "o", "yes", "oui")
        return api.TakeSnapshot(filled["name"], filled["description"], memory)

    return ActQuestion(Form(_("Take a snapshot"), text, fields), act_of)


async def _roll_back(screen: NocScreen[Any], guest: PowerTarget) -> ActQuestion | None:
    name = await _choose_snapshot(screen, guest, _("Go back to which snapshot?"))
    if name is None:
        return None
    text = _("What was written since is lost. The reason is kept on record.")
    form = Form(_("Go back to a snapshot"), text, (Field("reason", _("Why?")),))
    return ActQuestion(form, lambda filled: api.RollBack(name, filled["reason"]))


async def _delete(screen: NocScreen[Any], guest: PowerTarget) -> api.Act | None:
    name = await _choose_snapshot(screen, guest, _("Delete which snapshot?"))
    return None if name is None else api.DeleteSnapshot(name)


async def _delete_old(_screen: NocScreen[Any], _guest: PowerTarget) -> ActQuestion:
    fields = (Field("days", _("Older than so many days"), "30", _read_days),)
    return ActQuestion(
        Form(_("Delete old snapshots"), "", fields),
        lambda filled: api.DeleteSnapshot(older_than_days=int(filled["days"])),
    )


def _read_days(text: str) -> str:
    if not text.strip().isdecimal() or int(text) < 1:
        raise ValueError(_("A number of days, from 1."))
    return text.strip()


async def _back_up(_screen: NocScreen[Any], _guest: PowerTarget) -> ActQuestion:
    text = _("Left empty: the storage of the guest's own backup job.")
    fields = (
        Field("storage", _("Storage"), "", str.strip),
        Field("note", _("Note"), "", str.strip),
    )
    return ActQuestion(
        Form(_("Back up now"), text, fields),
        lambda filled: api.BackUp(filled["storage"], filled["note"]),
    )


async def _test_restore(_screen: NocScreen[Any], _guest: PowerTarget) -> ActQuestion:
    text = _("The newest backup as another guest, off and without network.")
    fields = (Field("storage", _("Storage (empty: its own)"), "", str.strip),)
    form = Form(_("Restore a backup for a test"), text, fields)
    return ActQuestion(form, lambda filled: api.TestRestore(storage=filled["storage"]))


async def _delete_test(_screen: NocScreen[Any], _guest: PowerTarget) -> api.Act | None:
    return api.DeleteTest()


async def _migrate(_screen: NocScreen[Any], _guest: PowerTarget) -> ActQuestion:
    text = _("Left empty: the node with most memory left.")
    fields = (Field("target", _("Target node"), "", str.strip),)
    form = Form(_("Move to another node"), text, fields)
    return ActQuestion(form, lambda filled: api.Migrate(filled["target"]))


async def _choose_snapshot(screen: NocScreen[Any], guest: PowerTarget, title: str) -> str | None:
    found = await screen.ask_nocd(api.SNAPSHOTS(cluster=guest.cluster, vmid=guest.vmid))
    if not found:
        if found is not None:
            screen.say(_("no snapshot"))
        return None
    choices = [(one.name, _word_snapshot(one)) for one in reversed(found)]
    return await screen.app.push_screen_wait(ChooseOne(title, choices))


def _word_snapshot(snapshot: api.Snapshot) -> str:
    at = formats.UNKNOWN if snapshot.taken_at is None else formats.from_epoch(snapshot.taken_at)
    words = [at, visible(snapshot.name), visible(snapshot.description.strip())]
    return " · ".join(word for word in words if word)


async def _show_unlock(screen: NocScreen[Any], guest: PowerTarget, kind: str) -> None:
    """What only root may do: the command, and when it may be typed."""
    program = "pct" if kind == "lxc" else "qm"
    lines = (
        _("Only root may take a lock away, on the guest's own node:"),
        f"  {program} unlock {guest.vmid}",
        "",
        _("Node: {node}").format(node=visible(guest.node)),
        _("A lock belongs to a task. Before it is taken away:"),
        _("  ▸ no task of this guest is under way (see its tasks)"),
        _("  ▸ no backup of it is being written, and no migration goes on"),
        _("  ▸ after a broken migration, the guest runs on one node only"),
    )
    title = _("Unlock {guest}").format(guest=f"{visible(guest.cluster)}/{guest.vmid}")
    await screen.app.push_screen_wait(PageDialog(title, "\n".join(lines)))


def _title(guests: Sequence[PowerTarget]) -> str:
    if len(guests) > 1:
        return ngettext("{n} guest", "{n} guests", len(guests)).format(n=len(guests))
    guest = guests[0]
    return f"{visible(guest.name or '?')} ({visible(guest.cluster)}/{guest.vmid})"


Asked = Callable[[NocScreen[Any], PowerTarget], Awaitable[ActQuestion | api.Act | None]]
_ASKED: Mapping[str, Asked] = {
    "snapshot": _take,
    "rollback": _roll_back,
    "delete-snapshot": _delete,
    "delete-old": _delete_old,
    "backup": _back_up,
    "restore-test": _test_restore,
    "delete-test": _delete_test,
    "migrate": _migrate,
}
