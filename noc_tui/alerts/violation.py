"""Something wrong, as one look sees it."""

from dataclasses import dataclass
from datetime import datetime

from noc_tui.alerts.rules import RULES


@dataclass(frozen=True, slots=True)
class Violation:
    """What a rule says of a subject. `seen` tells looks of the same observation apart.

    `words` are the values of the rule's sentence, `scope` is what has to be seen to know better.
    """

    rule: str
    subject: str
    scope: str
    words: tuple[str, ...]
    seen: int = 0
    tenant: str = ""
    severity: str = ""
    deadline: datetime | None = None
    since: datetime | None = None
    incident: int | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same trouble of the same thing."""
        return f"{self.rule}:{self.subject}"

    @property
    def level(self) -> str:
        """Its own severity, else its rule's."""
        return self.severity or RULES[self.rule].severity
