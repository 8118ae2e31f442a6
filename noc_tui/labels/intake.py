"""The words for what a desk receives: abuse notices, letters of authorities, what they lead to."""

from collections.abc import Iterator

from noc_tui.contract.authority.kinds import load_order_kinds
from noc_tui.contract.intake.notice import AbuseKind, AbuseNotice, LegalLetter
from noc_tui.i18n import N_, _, language
from noc_tui.labels import formats
from noc_tui.text import visible

KINDS = {
    AbuseKind.login_attack: N_("repeated attempts to log in"),
    AbuseKind.port_scan: N_("scan of ports"),
    AbuseKind.spam: N_("unsolicited mail (spam)"),
    AbuseKind.phishing: N_("phishing page"),
    AbuseKind.malware: N_("malware or infected machine"),
    AbuseKind.copyright: N_("infringement of intellectual property"),
    AbuseKind.ddos: N_("part in a denial of service"),
    AbuseKind.exposed_service: N_("exposed or vulnerable service"),
    AbuseKind.unlawful_content: N_("unlawful content"),
    AbuseKind.other: N_("abuse"),
}
_NAMED = 5


def observed_words(notice: AbuseNotice) -> str:
    """What was observed, in one sentence that does not say who reported it."""
    named = [*notice.addresses[:_NAMED], *notice.links[:_NAMED]]
    kind = _(KINDS[notice.kind])
    if not named:
        return kind
    return _("{kind}: {named}").format(kind=kind, named=visible(", ".join(named)))


def notice_lines(notice: AbuseNotice) -> Iterator[str]:
    """What could be read of an abuse notice, a line a fact."""
    yield _("abuse notice: {what}").format(what=observed_words(notice))
    if notice.reporter:
        yield _("from whom: {who}").format(who=visible(notice.reporter))
    if notice.observed_at is not None:
        yield _("observed at: {when}").format(when=formats.instant(notice.observed_at))
    if notice.reference:
        yield _("its reference: {reference}").format(reference=visible(notice.reference))


def letter_lines(letter: LegalLetter) -> Iterator[str]:
    """What could be read of an authority's letter, a line a fact."""
    kind = load_order_kinds().of(letter.kind)
    label = kind.label.in_(language()) if kind is not None else letter.kind
    yield _("letter of an authority: {kind}").format(kind=label)
    if letter.authority:
        yield _("from whom: {who}").format(who=visible(letter.authority))
    if letter.reference:
        yield _("its reference: {reference}").format(reference=visible(letter.reference))
    if letter.silent:
        yield _("it forbids to tell the client")
    yield _("check that it is genuine before anything is done")
