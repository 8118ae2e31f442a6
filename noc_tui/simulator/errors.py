"""How pveproxy and pvedaemon say no: status, reason phrase, body, and the time they take."""

from collections.abc import Mapping
from dataclasses import dataclass, field

VERIFICATION = "Parameter verification failed."


@dataclass(slots=True)
class ApiError(Exception):
    """An answer of 400 or more.

    `message` goes to the reason phrase (first line) and, unless `empty`, to the JSON body;
    `errors` names parameters; `delay` is how many seconds the daemon waits before it answers.
    """

    status: int
    message: str
    errors: Mapping[str, str] = field(default_factory=dict)
    empty: bool = False
    plain: bool = False
    delay: float = 0.0

    @property
    def reason(self) -> str:
        return self.message.split("\n", 1)[0]


def authentication_error(text: str = "Authentication failed!") -> ApiError:
    """401 of the authentication layer: no body, after three seconds."""
    return ApiError(401, text, empty=True, delay=3)


def forbidden_error(path: str, privilege: str) -> ApiError:
    """403 for a missing privilege, naming where and which."""
    return ApiError(403, f"Permission check failed ({path}, {privilege})\n")


def bad(**errors: str) -> ApiError:
    """400 for parameters, each with Proxmox's own words."""
    return bad_parameters(errors)


def bad_parameters(errors: Mapping[str, str]) -> ApiError:
    return ApiError(400, f"{VERIFICATION}\n", errors=errors)


def perl_error(text: str, delay: float = 0.0) -> ApiError:
    """500: a Perl `die` inside the call."""
    return ApiError(500, f"{text}\n", delay=delay)


def unreachable(status: int, text: str, delay: float) -> ApiError:
    """59x: the proxy could not reach the daemon of another node, or its own pvedaemon."""
    return ApiError(status, text, empty=True, delay=delay)
