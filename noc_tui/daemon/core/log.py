"""`nocd`'s structured log: one JSON object a line on standard error, no secret in it."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_KEYS = re.compile(r"token|password|secret|ticket|cookie|authorization", re.IGNORECASE)
_SECRET_VALUES = re.compile(
    r"(PVEAPIToken[= ]\S+?=|PBSAPIToken[= ]\S+?:|PVEAuthCookie=|[\w.@-]+![\w.-]+[=:])"
    r"[\w%.:+/=-]{8,}"
)


def _without_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Blank what is named like a secret, and what looks like one inside any text."""
    for key, value in event.items():
        if _SECRET_KEYS.search(key):
            event[key] = "…"
        elif isinstance(value, str):
            event[key] = _SECRET_VALUES.sub(r"\1…", value)
    return event


def configure(level: int = logging.INFO) -> None:
    """Write the daemon's log to standard error, where the service manager collects it."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_secrets,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def logger(part: str) -> structlog.typing.FilteringBoundLogger:
    """The log of one part of the daemon."""
    bound: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=part)
    return bound
