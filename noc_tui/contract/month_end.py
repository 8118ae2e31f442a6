"""What is open at the end of a month, and what of it a month may be closed with.

A month is closed in Paris's calendar, once it has ended: what would change a figure of it then
needs it reopened. Blocking is what would change a figure as soon as somebody decides it, or leaves
nobody able to say what the figures are. The rest stands against the provider as long as nobody
decides otherwise (R10, R38), so that a month may be closed with it, knowingly.
"""

from enum import StrEnum


class OpenKind(StrEnum):
    """The kinds of what is open, in the order in which they are listed."""

    RUNNING = "running"
    UNVERIFIED = "unverified"
    PROPOSED = "proposed"
    REGISTER = "register"
    REOPENED = "reopened"
    LASTING = "lasting"
    TERMS = "terms"
    AMOUNT = "amount"
    INCIDENT = "incident"
    UNATTRIBUTED = "unattributed"
    UNMEASURED = "unmeasured"
    CLAIM = "claim"
    CONTRACT = "contract"

    @property
    def blocking(self) -> bool:
        """Whether the month cannot be closed with it."""
        return self in _BLOCKING


_BLOCKING = frozenset(
    {
        OpenKind.RUNNING,
        OpenKind.UNVERIFIED,
        OpenKind.PROPOSED,
        OpenKind.REGISTER,
        OpenKind.REOPENED,
        OpenKind.LASTING,
        OpenKind.TERMS,
        OpenKind.AMOUNT,
    }
)
