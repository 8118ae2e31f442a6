"""The bodies of requests about suspensions."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from noc_tui.contract.suspension.values import Scope, Tick


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every body is: complete, and without keys that nobody reads."""


class Edit(_Body, frozen=True):
    """A change of a draft; what is left out stays. Guests are `cluster/vmid`."""

    scope: Scope | None = None
    guests: tuple[str, ...] | None = None
    means: tuple[str, ...] | None = None
    statement: str | None = None
    facts: Mapping[str, str] | None = None
    ticks: tuple[Tick, ...] | None = None
    cites: tuple[str, ...] | None = None
    aspects: tuple[str, ...] | None = None
    language: Literal["fr", "en"] | None = None
    subject: str | None = None
    body: str | None = None


class Opening(_Body, frozen=True):
    """A new draft, perhaps with its first edit: when that is refused, nothing is opened."""

    tenant: str
    ground: str
    rehearsal: bool = False
    edit: Edit | None = None


class Waive(_Body, frozen=True):
    """A step to set aside, and why."""

    step: str
    reason: str


class Approve(_Body, frozen=True):
    """The digest of the plan that was read."""

    seen: str


class NoticeAction(_Body, frozen=True):
    """What to do about the notice: write it from the template, send it, or set it aside."""

    action: Literal["draft", "send", "after", "waive", "withhold"]
    reason: str = ""
    language: Literal["fr", "en"] | None = None


class Order(_Body, frozen=True):
    """The order, with the tenant's name typed and the digest of the plan that was read."""

    typed_name: str
    seen: str
    break_glass: bool = False


class Said(_Body, frozen=True):
    """One written sentence: a reason, a finding, a reference."""

    text: str


class Restore(_Body, frozen=True):
    """Which guests to restore (`cluster/vmid`; all when none is named), and what was found."""

    guests: tuple[str, ...] = ()
    found: str = ""


class DataAccess(_Body, frozen=True):
    """Open or close the client's supervised way to its data."""

    open: bool


class Import(_Body, frozen=True):
    """The hoster's contract as text, and the name of the file it stood in."""

    name: str
    text: str
