"""What an incident still lacks before it can be resolved."""

from collections.abc import Iterable, Mapping

from noc_tui.i18n import _
from storage.outages import Attribution, Outage


def list_missing_decisions(
    gathered: Iterable[Outage], decided: Mapping[int, Attribution]
) -> list[str]:
    """An end and an attribution for each outage: what is not there, as sentences."""
    rows = list(gathered)
    lasting = _("outage {number} of {tenant} has not ended")
    unattributed = _("outage {number} of {tenant} has no attribution")
    return [
        *(lasting.format(number=row.id, tenant=row.tenant) for row in rows if row.end is None),
        *(
            unattributed.format(number=row.id, tenant=row.tenant)
            for row in rows
            if row.id not in decided
        ),
    ]
