"""Instants that a request brings: in UTC, or refused with the field's name."""

from datetime import UTC, datetime

from noc_tui.contract.suspension.reasons import BAD_INSTANT
from noc_tui.daemon.core.errors import BadRequest
from noc_tui.i18n import _


def utc_instant(at: datetime, field: str) -> datetime:
    """Return the instant in UTC. `BadRequest` without its offset, or beyond what a year can be."""
    if at.tzinfo is None:
        raise BadRequest(_("{field}: a time needs its offset").format(field=field))
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise BadRequest(_(BAD_INSTANT).format(key=field)) from error
