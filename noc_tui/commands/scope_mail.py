"""`noc-tui scope --mail`: a whole mail, and what it leads on to."""

import shlex
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from noc_tui.commands.failure import BadInput
from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.contract.intake.desk import Arrival, receive_mail
from noc_tui.contract.intake.message import LONGEST
from noc_tui.contract.intake.notice import AbuseNotice, LegalLetter, lead_of
from noc_tui.i18n import _
from noc_tui.labels.intake import letter_lines, notice_lines, observed_words
from noc_tui.text import visible
from noc_tui.views.blamed_owner import BlamedOwner, find_owners
from storage.cloud_edges import watched_edges
from storage.connection import Readable
from storage.guests import GUESTS
from storage.register import TENANTS
from storage.resources import GUEST_INSIDES

STANDARD_INPUT = "-"
_ASKED = "…"


class MailLead(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a mail leads on to: `suspension` or `authority`, the command that begins it with what
    could be read filled in, and who may be meant: tenant, guest, and by what each was found.
    """

    to: str
    command: tuple[str, ...]
    owners: tuple[tuple[str, str, str], ...] = ()


def read_mail_file(name: str) -> Arrival:
    """Read a mail from a file, or from standard input for `-`. Exit code 2 if it cannot be read."""
    if name == STANDARD_INPUT:
        return receive_mail(sys.stdin.buffer.read(LONGEST))
    try:
        with Path(name).expanduser().open("rb") as file:
            return receive_mail(file.read(LONGEST))
    except OSError as error:
        reason = _("this file cannot be read: {reason}").format(reason=error.strerror)
        raise BadInput(f"{visible(name)}: {reason}") from error


def lead_on(received: Arrival, file: str, config: Configuration | None) -> MailLead | None:
    """Return what the mail leads on to; None for a ticket."""
    told: AbuseNotice | LegalLetter | None = received.letter or received.notice
    if told is None:
        return None
    owners: Sequence[BlamedOwner] = ()
    if config is not None:
        owners = _owners(config, received.text, (*told.addresses, *told.links))
    known = tuple((one.tenant, one.guest, one.how) for one in owners)
    if isinstance(told, LegalLetter):
        return MailLead("authority", _record(told, received.sent_at, owners), known)
    return MailLead("suspension", _plan(told, file, owners), known)


def _owners(config: Configuration, text: str, named: Sequence[str]) -> Sequence[BlamedOwner]:
    async def look(db: Readable) -> Sequence[BlamedOwner]:
        tenants = await TENANTS.read(db)
        guests = await GUESTS.read(db)
        edges, insides = await watched_edges(db), await GUEST_INSIDES.read(db)
        return find_owners(text, named, tenants, guests, edges, insides=insides)

    return read(config, look)


def _tenant_of(owners: Sequence[BlamedOwner]) -> str:
    """The one tenant that is meant; empty where none or several may be."""
    tenants = {one.tenant for one in owners}
    return next(iter(tenants)) if len(tenants) == 1 else ""


def _plan(notice: AbuseNotice, file: str, owners: Sequence[BlamedOwner]) -> tuple[str, ...]:
    lead = lead_of(notice.kind)
    tenant = _tenant_of(owners)
    words = ["noc-tui", "suspension", "plan", "--tenant", tenant or _ASKED, "--ground", lead.ground]
    guests = dict.fromkeys(one.guest for one in owners if one.guest and tenant)
    words += [part for guest in guests for part in ("--guest", guest)]
    facts = {"observed": observed_words(notice), "source": "third-party"}
    if notice.observed_at is not None:
        facts["observed_at"] = notice.observed_at.isoformat()
    words += [part for key, value in facts.items() for part in ("--fact", f"{key}={value}")]
    if lead.clause:
        kept = file not in ("", STANDARD_INPUT)
        words += (
            ["--tick-file", f"{lead.clause}={file}"]
            if kept
            else ["--tick", f"{lead.clause}={notice.observed[:500]}"]
        )
    return tuple(words)


def _record(
    letter: LegalLetter, sent_at: datetime | None, owners: Sequence[BlamedOwner]
) -> tuple[str, ...]:
    received = sent_at.astimezone(UTC).isoformat() if sent_at is not None else _ASKED
    words = ["noc-tui", "authority", "record", "--kind", letter.kind]
    words += ["--authority", letter.authority or _ASKED, "--reference", letter.reference or _ASKED]
    words += ["--scope", letter.scope, "--authenticity", _ASKED, "--received", received]
    words += ["--secrecy", "forbidden" if letter.silent else "unsaid"]
    if sent_at is not None and (letter.hours or letter.days):
        term = sent_at + timedelta(hours=letter.hours, days=letter.days)
        words += ["--term", term.astimezone(UTC).isoformat()]
    tenant = _tenant_of(owners)
    return (*words, "--tenant", tenant) if tenant else tuple(words)


def lead_lines(received: Arrival, lead: MailLead | None) -> Iterator[str]:
    """What the mail is, who may be meant, and the command that it leads on to."""
    if received.notice is not None:
        yield from notice_lines(received.notice)
    if received.letter is not None:
        yield from letter_lines(received.letter)
    if lead is None:
        return
    for tenant, guest, how in lead.owners:
        yield _("may be meant: {tenant} {guest} (by {how})").format(
            tenant=visible(tenant), guest=visible(guest), how=_HOWS[how]()
        )
    yield _("leads on to; fill in every {mark}:").format(mark=_ASKED)
    yield f"  {shlex.join(visible(word) for word in lead.command)}"


_HOWS = {
    "endpoint": lambda: _("its endpoint"),
    "guest-address": lambda: _("the guest's address"),
    "guest-name": lambda: _("the guest's name"),
    "guest-number": lambda: _("the guest's number"),
    "mail-domain": lambda: _("the domain of its mail address"),
}
