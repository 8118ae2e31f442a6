"""Why the database cannot be written, in the reader's language."""

from noc_tui.i18n import N_, _

_REASONS = {
    "busy": N_("another program holds it"),
    "full": N_("its disk is full"),
    "moved": N_("its file was moved, removed or replaced while nocd has it open"),
    "read-only": N_("it may only be read"),
    "suspect": N_("its file cannot be read correctly and is being checked"),
    "unavailable": N_("its disk fails or it may not be opened"),
}


def reason(kind: str) -> str:
    """Why, for a kind of `storage.errors.UnwritableError`."""
    return _(_REASONS[kind]) if kind in _REASONS else kind


def sentence(kind: str) -> str:
    """What a request is told that could not be written."""
    text = _("nothing was done: the database cannot be written now ({reason}); try again later")
    return text.format(reason=reason(kind))
