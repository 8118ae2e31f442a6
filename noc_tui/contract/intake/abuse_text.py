"""Recognises an abuse notice in plain words, French or English.

A notice says what harm is done (a scan, spam, phishing) and that something of the hoster's network
does it. A client who is the victim names the harm too, and blames nobody of the hoster's.
"""

import re

from noc_tui.contract.annexe2.tokens import fold
from noc_tui.contract.intake import facts
from noc_tui.contract.intake.notice import AbuseKind, AbuseNotice
from noc_tui.contract.intake.patterns import Patterns, load_patterns

_FAIL2BAN = re.compile(r"\[fail2ban\]|banned by fail2ban|fail2ban@|regards,\s+fail2ban")
_LONGEST = 20_000


def read_notice(text: str, reporter: str = "") -> AbuseNotice | None:
    """Return the notice that the words are; None where they are none.

    `sure` is said where the harm, the blame and an address or a link stand together, and nothing
    speaks for a client who writes about its own services.
    """
    known = load_patterns("abuse.toml", "harm")
    written = facts.mend(text[:_LONGEST])
    plain = fold(written)
    harm = _harm_of(known, plain)
    blame = _blame(known, plain)
    if harm is None or blame is None or known.found("ours", plain):
        return None
    told = known.found("told", plain)
    named = facts.addresses(text) or facts.links(text)
    if told is None and not named:
        return None
    moments = facts.instants(text)
    words = [written[slice(*one.span())] for one in (harm[1], blame, told) if one is not None]
    return AbuseNotice(
        kind=harm[0],
        form="fail2ban" if _FAIL2BAN.search(plain) else "text",
        sure=bool(named),
        addresses=_blamed_addresses(known, plain) or facts.addresses(text),
        links=facts.links(text),
        observed=" ".join(text.split())[:2000],
        observed_at=moments[0] if moments else None,
        reporter=reporter,
        reference=facts.reference(text),
        because=tuple(dict.fromkeys(" ".join(word.split()) for word in words)),
    )


def _blame(known: Patterns, plain: str) -> re.Match[str] | None:
    """Where something of the hoster's is blamed; an address alone, where no rule is asked for."""
    found = known.found("blamed", plain)
    if found is None and (_FAIL2BAN.search(plain) or not known.found("barred", plain)):
        found = known.found("by_address", plain)
    return found


def _harm_of(known: Patterns, plain: str) -> tuple[AbuseKind, re.Match[str]] | None:
    """The first kind whose words are there, the most exact one, and those words. What the first
    line, a mail's subject, names is what the notice is about; the rest is told beside.
    """
    for part in (plain.partition("\n")[0], plain):
        for kind, rule in known.kinds:
            found = rule.search(part)
            if found is not None:
                return AbuseKind(kind), found
    return None


def _blamed_addresses(known: Patterns, plain: str) -> tuple[str, ...]:
    """The addresses that stand where the blame does."""
    spans = (found.group() for found in known.named["by_address"].finditer(plain))
    return tuple(dict.fromkeys(address for span in spans for address in facts.addresses(span)))
