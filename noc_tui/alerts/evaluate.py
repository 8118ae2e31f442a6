"""What stored rows say is wrong, and of what they say nothing."""

from dataclasses import replace

from noc_tui.alerts.checks import (
    availability,
    backups,
    clusters,
    contracts,
    examination,
    guests,
    machine,
    mails,
    quotas,
    sites,
    sources,
    storages,
    suspensions,
)
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Violation

_FOUND = (
    sources.found,
    clusters.found,
    storages.found,
    availability.found,
    backups.found,
    quotas.found,
    suspensions.found,
    contracts.found,
    sites.found,
    mails.found,
    guests.found,
    examination.found,
    machine.found,
)
_UNKNOWN = (
    sources.unknown,
    clusters.unknown,
    storages.unknown,
    availability.unknown,
    backups.unknown,
    quotas.unknown,
    guests.unknown,
    examination.unknown,
    machine.unknown,
)


def findings(view: AlertInputs) -> list[Violation]:
    """Everything that is wrong, but outages of tenants whose maintenance was planned for now."""
    return [
        replace(finding, incident=finding.incident or _incident(view, finding))
        for found in _FOUND
        for finding in found(view)
        if finding.rule != "outage" or finding.tenant not in view.silenced
    ]


def _incident(view: AlertInputs, finding: Violation) -> int | None:
    """The incident that is open about the same thing."""
    about = finding.subject
    if finding.rule == "quorum":
        about = about.replace("cluster:", "quorum:", 1)
    return view.incidents.get(about)


def blind(view: AlertInputs) -> frozenset[str]:
    """Scopes, subjects and fingerprints of which nothing is known now.

    What was wrong there still is, as far as anybody can tell.
    """
    return frozenset(name for unknown in _UNKNOWN for name in unknown(view))


def observed(view: AlertInputs) -> dict[str, int]:
    """When each scope was last seen, so that one observation counts once."""
    return {f"cluster:{name}": at for name, at in view.seen.items()}
