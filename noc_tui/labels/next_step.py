"""Words what comes next in a case, and with which key."""

from collections.abc import Callable, Mapping

from noc_tui.i18n import N_, _, language
from noc_tui.views.next_step import Kind, NextStep

_WORDS: Mapping[Kind, str] = {
    "answer": N_("{enter} Next: {step}"),
    "time": N_("{enter} Next: settle when it is carried out"),
    "check": N_("{enter} Next: check that the case is complete"),
    "notice": N_("{enter} Next: notify the client"),
    "agreement": N_(
        "◌ Waiting for another person's approval; their console tells them ({requests})"
    ),
    "approve": N_("{enter} Next: read the plan and approve it"),
    "pending": N_("◌ Waiting for the mail server to take the notice"),
    "order": N_("{enter} Next: order it"),
    "scheduled": N_("◷ Ordered for later: {time} moves it, {cancel} drops it"),
    "running": N_("◌ nocd carries it out"),
    "restoring": N_("◌ nocd restores what was suspended"),
    "reapply": N_("{enter} Next: apply it again, it no longer holds"),
    "restore": N_("{enter} Next: restore, once the cause is remedied"),
    "over": N_("The case is over"),
}


_KEYS: Mapping[str, str] = {
    "enter": "suspension.next",
    "time": "suspension.time",
    "cancel": "suspension.cancel",
    "requests": "app.requests",
}
"""What the sentences call the commands whose keys they name."""


def word_next(found: NextStep, key_of: Callable[[str], str]) -> str:
    """Return what comes next, in a line; `key_of` gives the key of a command by its id."""
    step = "" if found.step is None else found.step.label.in_(language())
    keys = {name: key_of(command) for name, command in _KEYS.items()}
    return _(_WORDS[found.kind]).format(step=step, **keys)
