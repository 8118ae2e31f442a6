"""Lays out the detail of a guest."""

from collections.abc import Callable

from rich.console import Group
from rich.table import Table
from rich.text import Text

from noc_tui.api.guests import GuestConfig, GuestFacts, GuestTask, Sample
from noc_tui.console.fact_lines import facts, graph
from noc_tui.console.screens.guests.data import GuestRecord
from noc_tui.guest_addresses import list_addresses
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.labels.backups import describe_backup, name_site
from noc_tui.labels.ha import service_words
from noc_tui.labels.nodes import word_rule
from noc_tui.labels.promises import AGENTS
from noc_tui.text import visible
from storage.guests import Guest
from storage.resources import GuestInside

VALUE_WIDTH = 400
FULL = 100


def describe_guest(guest: Guest, data: GuestRecord) -> Table:
    """Return what was last seen of the guest."""
    lines = [
        (_("State"), _describe_state(guest, data.case)),
        (_("Tenant"), visible(data.tenant) or "—"),
        (_("Node"), visible(guest.node)),
        (_("Kind"), visible(guest.kind)),
        (_("vCPU"), formats.UNKNOWN if guest.cpus is None else f"{guest.cpus:g}"),
        (_("CPU"), formats.load(guest.status, guest.cpu_percent)),
        (_("Memory"), _describe_memory(guest)),
        (_("Disk"), formats.size(guest.disk)),
        (_("Disk in use"), _describe_disk_use(guest, data.inside)),
        (_("Started"), formats.instant(guest.booted_at)),
        (_("Pool"), visible(guest.pool or "—")),
        (_("High availability"), service_words(guest.ha_state)),
        *((_("HA rule"), f"{visible(one.name)} {word_rule(one)}") for one in data.rules),
        (_("Lock"), visible(guest.lock or "—")),
        (_("Tags"), visible(", ".join(guest.tags)) or "—"),
    ]
    if guest.status == "unknown" and guest.last_status:
        last = states.label_text(states.GUEST, guest.last_status)
        lines.insert(1, (_("Last known"), last))
    backups = [(name_site(backup), describe_backup(backup)) for backup in data.backups]
    return facts([*lines, *backups])


def _describe_state(guest: Guest, case: str) -> str:
    """Its state; under a suspension of ours that comes first, with its case."""
    return (
        states.word_held(guest.status, case)
        if case
        else states.label_text(states.GUEST, guest.status)
    )


def _describe_memory(guest: Guest) -> str:
    used = formats.load(guest.status, guest.memory_percent)
    return f"{formats.size(guest.memory)} · {used}"


def _describe_disk_use(guest: Guest, inside: GuestInside | None) -> str:
    """A container's own share; of a virtual machine what its agent told and when, or why not."""
    if guest.kind != "qemu":
        return formats.percent(guest.disk_percent)
    if inside is None:
        return f"{formats.UNKNOWN} · {_('not asked yet')}"
    why = _(AGENTS[inside.agent])
    if inside.disk_percent is None:
        return f"{formats.UNKNOWN} · {why}"
    figure = f"{formats.percent(inside.disk_percent)} · {inside.mount}"
    since = formats.instant(inside.read_at)
    return visible(" · ".join([figure, since, *([] if inside.agent == "answers" else [why])]))


def describe_config(found: GuestConfig) -> Group:
    """The configuration, first what waits for the next start."""
    addresses = ", ".join(list_addresses(found.values))
    unknown = _("none in its configuration")
    lines = [(_("IP addresses"), visible(addresses) or unknown)]
    lines += [(visible(key), _value(found.values[key])) for key in sorted(found.values)]
    waiting = [
        (_("waits: {key}").format(key=visible(key)), _value(value))
        for key, value in sorted(found.pending.items())
    ]
    return Group(facts([*waiting, *lines]))


def _value(value: object) -> str:
    text = visible(str(value))
    return text if len(text) <= VALUE_WIDTH else text[:VALUE_WIDTH] + "…"


def describe_facts(found: GuestFacts) -> Group:
    """File systems and addresses, or why there are none."""
    if found.agent != "answers":
        return Group(Text(_(AGENTS[found.agent])))
    disks = [
        (visible(one.mount or formats.UNKNOWN), _describe_fill(one.used, one.total))
        for one in found.file_systems
    ]
    nets = [
        (visible(one.name), visible(", ".join(one.addresses)) or "—") for one in found.interfaces
    ]
    return Group(facts([*nets, *disks]))


def _describe_fill(used: int | None, total: int | None) -> str:
    if used is None or not total:
        return formats.UNKNOWN
    share = formats.percent(min(FULL, used * FULL // total))
    return f"{share} · {formats.size(total)}"


def describe_tasks(rows: list[GuestTask]) -> Group:
    """A line a task, and of one that failed what was said."""
    if not rows:
        return Group(Text(_("no task")))
    return Group(
        *(
            Text(
                f"{formats.from_epoch(row.starttime)}"
                f"  {states.label_text(states.TASK, row.outcome)}"
                f"  {visible(row.type)}  {visible(row.user)}"
                + (f"\n    {visible(row.status)}" if row.outcome == "error" and row.status else ""),
            )
            for row in rows
        )
    )


def describe_load(samples: list[Sample], width: int, *, highest: bool) -> Group:
    """A line of bars a figure, with its last and, on demand, its highest value."""
    lines: list[tuple[str, str, Callable[[float], str]]] = [
        (_("CPU"), "cpu", lambda share: formats.percent(round(share * 100))),
        (_("Memory"), "mem", lambda octets: formats.size(round(octets))),
        (_("Network in"), "netin", lambda rate: f"{formats.size(round(rate))}/s"),
        (_("Network out"), "netout", lambda rate: f"{formats.size(round(rate))}/s"),
    ]
    return Group(
        facts(
            [_curve(label, samples, key, say, width, highest=highest) for label, key, say in lines]
        )
    )


def _curve(
    label: str,
    samples: list[Sample],
    key: str,
    say: Callable[[float], str],
    width: int,
    *,
    highest: bool,
) -> tuple[str, str]:
    values = [sample.get(key) for sample in samples]
    known = [value for value in values if value is not None]
    if not known:
        return label, formats.UNKNOWN
    top = 1.0 if key == "cpu" else None
    told = say(known[-1])
    if highest:
        told = _("{now}, at most {top}").format(now=told, top=say(max(known)))
    return label, f"{graph(values, width, top)}  {told}"
