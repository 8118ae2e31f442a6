"""`nocd`'s structured log: one JSON object a line on standard error, no secret in it.

Where standard error is the journal, each line begins with its priority (sd-daemon's `<4>`).
"""

import logging
import os
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_KEYS = re.compile(r"token|password|secret|ticket|cookie|authorization", re.IGNORECASE)
# Bounded, and begun once in a word: servers write some of this text, and one line of theirs must
# not hold up the loop that writes the log.
_SECRET_VALUES = re.compile(
    r"(PVEAPIToken[= ]\S{1,200}?=|PBSAPIToken[= ]\S{1,200}?:|PVEAuthCookie="
    r"|(?<![\w.@-])[\w.@-]{1,200}![\w.-]{1,200}[=:])"
    r"[\w%.:+/=-]{8,}"
)
_LONGEST = 8000
"""Characters of one value: a traceback fits."""


def _without_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Blank what is named like a secret, and what looks like one inside any text."""
    for key, value in event.items():
        if _SECRET_KEYS.search(key):
            event[key] = "…"
        elif isinstance(value, str):
            kept = value if len(value) <= _LONGEST else value[:_LONGEST] + "…"
            event[key] = _SECRET_VALUES.sub(r"\1…", kept)
    return event


_PRIORITY = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
_LEVELS = logging.getLevelNamesMapping()
_least = [logging.INFO]


def set_level(name: str) -> None:
    """Write nothing below that level (`debug`, `info`, `warning`, `error`) from now on."""
    _least[0] = _LEVELS[name.upper()]


def _at_least(
    _logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if _LEVELS.get(method.upper(), logging.ERROR) < _least[0]:
        raise structlog.DropEvent
    return event


def _with_priority(_logger: object, method: str, line: Any) -> str:
    return f"<{_PRIORITY.get(method, 3)}>{line}"


def goes_to_the_journal() -> bool:
    """Whether standard error is the stream that the service manager gave the journal."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        found = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return (device, inode) == (str(found.st_dev), str(found.st_ino))


def configure() -> None:
    """Write the daemon's log to standard error, where the service manager collects it."""
    priority: list[structlog.typing.Processor] = [_with_priority] if goes_to_the_journal() else []
    structlog.configure(
        processors=[
            _at_least,
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_secrets,
            structlog.processors.JSONRenderer(ensure_ascii=False),
            *priority,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def logger(part: str) -> structlog.typing.FilteringBoundLogger:
    """The log of one part of the daemon."""
    bound: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=part)
    return bound
