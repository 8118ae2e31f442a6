"""The findings of one evaluation: a broken rule, or a subject that could not be observed."""

from datetime import datetime

import msgspec

from noc_tui.ref import Ref

NOCD = Ref("nocd")
"""The scope of `nocd`'s own tables, which are always observed."""


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says of a subject. `seen` tells evaluations of the same observation apart.

    `words` are the values of the rule's sentence, `scope` is what has to be seen to know better.
    `severity` is empty where it is the rule's own, `about` what an incident of it would name.
    """

    rule: str
    subject: Ref
    words: tuple[str, ...]
    scope: Ref = NOCD
    seen: int = 0
    tenant: str = ""
    severity: str = ""
    deadline: datetime | None = None
    since: datetime | None = None
    incident: int | None = None
    about: Ref | None = None

    @property
    def fingerprint(self) -> str:
        """The identity of the problem: the same for the same rule and subject."""
        return f"{self.rule}:{self.subject}"


class Unobserved(msgspec.Struct, frozen=True):
    """A scope or a subject of which nothing is known now; of one `rule` only, where it is named.

    `words` are the values of the rule's `unobserved_text`.
    """

    ref: Ref
    words: tuple[str, ...] = ()
    since: datetime | None = None
    rule: str = ""

    @property
    def name(self) -> str:
        """The text that an alert's scope, subject or fingerprint is compared with."""
        return f"{self.rule}:{self.ref}" if self.rule else str(self.ref)
