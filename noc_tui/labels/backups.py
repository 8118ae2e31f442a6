"""Words a guest's backups: their state, what does not agree, why the last try failed."""

from datetime import datetime

from noc_tui.i18n import N_, _, ngettext
from noc_tui.labels import formats, states
from noc_tui.text import visible
from storage.backups import Backup
from storage.datastores import Datastore

_DOUBTS = {
    "owner": N_("written by another account: {what}"),
    "name": N_("its notes name another guest: {what}"),
    "number": N_("a guest of another cluster has the same number there; owner: {what}"),
}


def describe_backup(backup: Backup) -> str:
    """Its state, the last copy, of how many nights there is one where that was read, and why it is
    doubtful or failed. Foreign text is made visible.
    """
    words = [states.label_text(states.BACKUP, backup.state), formats.instant(backup.last_at)]
    if number := len(backup.nights):
        words.append(ngettext("{n} night kept", "{n} nights kept", number).format(n=number))
    words += [reason] if (reason := describe_reason(backup)) else []
    return " · ".join(words)


def describe_reason(backup: Backup) -> str:
    """Why it is doubtful or failed; empty of any other state."""
    if backup.doubt:
        return describe_doubt(backup.doubt)
    return visible(backup.error) if backup.error and backup.state == "failed" else ""


def describe_doubt(doubt: str) -> str:
    """What does not agree, with what was found instead; `doubt` as in `storage.backups.Backup`."""
    kind, _blank, what = doubt.partition(" ")
    text = _DOUBTS.get(kind)
    return visible(doubt) if text is None else _(text).format(what=visible(what) or "—")


def describe_upkeep(state: str, at: datetime | None, said: str) -> str:
    """How a datastore's garbage collection or verification went, when it ended, and what was said
    of one that did not go well.
    """
    words = [states.label_text(states.UPKEEP, state)]
    if at is not None:
        words.append(formats.instant(at))
    if said and state in ("failed", "warning"):
        words.append(visible(said))
    return " · ".join(words)


def name_place(datastore: Datastore) -> str:
    """The datastore, and its namespace if that is not the root."""
    place = f"{datastore.datastore}/{datastore.namespace}".rstrip("/")
    return visible(place)


def name_site(backup: Backup) -> str:
    """Where the store stands, as the name of a line."""
    site = visible(backup.site)
    if backup.offsite:
        return _("Backup on {site}").format(site=site)
    return _("Backup on {site} (its own site)").format(site=site)
