"""What a node's page says, in words: topics, facts, ages, and why something is not known."""

from datetime import datetime

from noc_tui.i18n import N_, _, ngettext
from noc_tui.labels import formats
from noc_tui.labels.formats import UNKNOWN
from noc_tui.labels.ha import MANAGERS, manager_words
from noc_tui.text import visible
from storage.estate_facts import EstateFact, EstateLook
from storage.guest_counts import NodeGuests
from storage.inventory import Storage, Zone

TOPICS = {
    "subscription": N_("Subscription"),
    "updates": N_("Updates"),
    "zfs": N_("ZFS pools"),
    "disk": N_("Disks (SMART)"),
    "certificate": N_("Certificates"),
}
_SUBSCRIPTIONS = {
    "active": N_("active"),
    "new": N_("not checked yet"),
    "notfound": N_("none"),
    "invalid": N_("invalid"),
    "expired": N_("expired"),
    "suspended": N_("suspended"),
}
_MANAGER_STATES = {
    "active": N_("active"),
    "idle": N_("idle"),
    "wait_for_agent_lock": N_("waits for its lock"),
    "lost_agent_lock": N_("lost its lock"),
    "maintenance": N_("maintenance"),
    "restart": N_("restarts: its services are frozen"),
    "shutdown": N_("shuts down"),
    "reboot": N_("reboots"),
    "disarmed": N_("disarmed"),
    "drift": N_("its clock differs"),
    "dead": N_("silent"),
    "unread": N_("cannot be read"),
    "armed": N_("armed"),
    "standby": N_("armed once there is a service"),
    "disarming": N_("being disarmed"),
}
_MANAGER_NAMES = {"crm": N_("HA manager (CRM)"), "lrm": N_("HA agent (LRM)"), "fencing": N_("HA")}
_RULES = {"enabled": "●", "disabled": "○", "invalid": "✖"}


def word_age(look: EstateLook | None, now: datetime) -> str:
    """Return how old what is shown of a topic is, and why it is no younger."""
    if look is None:
        return _("never asked")
    if look.seen_at is None:
        return _("unknown: {reason}").format(reason=visible(look.error))
    age = _("read {age} ago").format(age=formats.age(now - look.seen_at))
    if not look.error:
        return age
    return _("{age}; since then: {reason}").format(age=age, reason=visible(look.error))


def word_fact(fact: EstateFact) -> str:
    """Return one fact of a node, with a glyph for what it means."""
    name, state, said = visible(fact.name), visible(fact.state), visible(fact.said)
    if fact.topic == "subscription":
        return _word_subscription(fact)
    if fact.topic == "updates":
        if not fact.number:
            return f"● {_('up to date')}"
        count = ngettext("{n} package waits", "{n} packages wait", fact.number)
        return f"▲ {count.format(n=fact.number)}: {said}"
    if fact.topic == "zfs":
        glyph = {"ONLINE": "●", "DEGRADED": "▲", "UNKNOWN": "?"}.get(fact.state, "✖")
        return f"{glyph} {name} {state} · {formats.percent(fact.number)}"
    if fact.topic == "disk":
        fails = fact.state.upper().startswith("FAIL")
        glyph = "✖" if fails else "?" if fact.state == "UNKNOWN" else "●"
        left = UNKNOWN if fact.number is None else formats.percent(fact.number)
        return f"{glyph} {name} {state} · {_('life left: {n}').format(n=left)} · {said}"
    ends = UNKNOWN if fact.at is None else formats.instant(fact.at)
    return _("{name} until {day}").format(name=name, day=ends)


def _word_subscription(fact: EstateFact) -> str:
    word = _(_SUBSCRIPTIONS.get(fact.state, fact.state))
    glyph = {"active": "●", "notfound": "·"}.get(fact.state, "▲")
    if fact.state == "notfound":
        return f"{glyph} {word}"
    ends = "" if fact.at is None else f" · {_('until {day}').format(day=formats.instant(fact.at))}"
    return f"{glyph} {visible(word)} · {visible(fact.name)}{ends}"


def word_manager(fact: EstateFact) -> tuple[str, str]:
    """Return the name of one of HA's managers, and what it does."""
    code = f"{fact.topic}:{fact.state}"
    bad = code in MANAGERS and (fact.state != "maintenance" or fact.said == "dead")
    state = _(_MANAGER_STATES[fact.state]) if fact.state in _MANAGER_STATES else visible(fact.state)
    since = "" if fact.at is None else f" · {_('since {at}').format(at=formats.instant(fact.at))}"
    words = f"✖ {manager_words(code)}{since}" if bad else f"● {state}"
    return _(_MANAGER_NAMES.get(fact.topic, fact.topic)), words


def word_guests(count: NodeGuests | None) -> str:
    """Return how many guests a node has, and how many of them run."""
    if count is None:
        return "0"
    return _("{n}, running: {running}").format(n=count.number, running=count.running)


def word_storage(storage: Storage) -> str:
    """Return how a storage of a node is."""
    kind = visible(storage.kind)
    if storage.missing_on:
        return _("✖ not reached ({kind})").format(kind=kind)
    if storage.status != "available":
        return _("? unknown ({kind})").format(kind=kind)
    share = None if not storage.total or storage.used is None else storage.used * 100
    used = formats.percent(None if share is None or not storage.total else share // storage.total)
    return f"● {used} / {formats.size(storage.total)} ({kind})"


def word_zone(zone: Zone) -> str:
    """Return how an SDN zone or fabric is on a node."""
    glyph = {"ok": "●", "available": "●", "pending": "▲", "error": "✖"}.get(zone.status, "?")
    return f"{glyph} {visible(zone.status)}"


def word_rule(rule: EstateFact) -> str:
    """Return what a rule of HA says, in Proxmox's own words."""
    state = {"disabled": _("switched off"), "invalid": _("cannot be kept")}.get(rule.state, "")
    said = visible(rule.said)
    return " · ".join(part for part in (f"{_RULES.get(rule.state, '?')} {said}", state) if part)
