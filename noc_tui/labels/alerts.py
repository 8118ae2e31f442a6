"""Words an alert in the reader's language."""

import re
from collections.abc import Iterable
from datetime import date

from noc_tui.alerts.rule import Rule
from noc_tui.i18n import N_, _, language
from noc_tui.labels import unwritable
from noc_tui.labels.ha import SERVICES, manager_words
from noc_tui.labels.statement import Words
from noc_tui.labels.states import GUEST
from noc_tui.text import visible

QUOTAS = {
    "vcpus": N_("vCPU"),
    "cpu": N_("CPU"),
    "memory": N_("memory"),
    "disk": N_("disk"),
    "guests": N_("guests"),
}
_QUOTA = re.compile(r"\b(?:vcpus|cpu|memory|disk|guests)\b")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EDGES = {"vpn": N_("VPN"), "firewall": N_("firewall")}
VERDICTS = {
    "altered": N_("an entry was altered"),
    "truncated": N_("entries were cut off"),
    "forked": N_("diverging history"),
    "key-changed": N_("the key was changed without the old key's endorsement"),
    "restored": N_("a restore replaced another life"),
    "unreadable": N_("unreadable"),
    "empty": N_("no entry is left of what was recorded before"),
    "altered-rows": N_("rows are not as the record holds them"),
    "unbound-rows": N_("no entry binds the rows"),
}


def text_of(rule: str, words: Iterable[str]) -> str:
    """An alert's sentence in the reader's language; foreign text in it made visible."""
    known = _rule_of(rule)
    if known is None:
        return visible(f"{rule} {dict(word.partition('=')[::2] for word in words)}")
    return fill_text(known.text, words)


def fill_text(text: str, words: Iterable[str]) -> str:
    """A rule's sentence in the reader's language, filled with its words (`name=value`)."""
    values = dict(word.partition("=")[::2] for word in words)
    return _(text).format(**{name: _word_value(name, value) for name, value in values.items()})


def _word_value(name: str, value: str) -> str:
    """A value in the reader's language: days as it writes them, quotas by their names."""
    if name == "day" and language() == "fr" and _DAY.fullmatch(value):
        return date.fromisoformat(value).strftime("%d/%m/%Y")
    if name == "addressee":
        from noc_tui.labels.legal import addressee_word  # a register that few alerts are about

        return addressee_word(value)
    if name == "blocked":
        return unwritable.reason(visible(value))
    if name == "what":
        return _QUOTA.sub(lambda found: _(QUOTAS[found[0]]), visible(value))
    if name in ("cause", "basis"):
        return visible(Words(_).cause(value) if name == "cause" else Words(_).basis(value))
    return _coded_value(name, value)


def _coded_value(name: str, value: str) -> str:
    """A value that is one of a few codes, in words; any other as it is."""
    if name == "manager":
        return manager_words(value)
    if name == "recovery" and value in SERVICES:
        return _(SERVICES[value][1])
    if name == "edge" and value in EDGES:
        return _(EDGES[value])
    if name == "status" and value in GUEST:
        return _(GUEST[value].word)
    if name == "verdict" and value in VERDICTS:
        return _(VERDICTS[value])
    return visible(value)


def next_step(rule: str) -> str:
    """Return the next step of a rule in the reader's language."""
    known = _rule_of(rule)
    return "" if known is None else _(known.next_step)


def _rule_of(rule: str) -> Rule | None:
    # Thirty modules: a console loads them where an alert is open, and not for its first frame.
    from noc_tui.alerts.rules import RULES

    return RULES.get(rule)
