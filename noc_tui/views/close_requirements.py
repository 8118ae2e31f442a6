"""Lists what an incident still needs before it can be resolved."""

from collections.abc import Iterable, Mapping

from noc_tui.i18n import _
from storage.outages import Attribution, Outage


def list_missing_decisions(
    gathered: Iterable[Outage], decided: Mapping[int, Attribution]
) -> list[str]:
    """Return a sentence for each outage without an end or an attribution."""
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
