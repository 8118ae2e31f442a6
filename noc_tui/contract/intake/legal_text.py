"""Recognises an order or a report of an authority in plain words, and reads what it asks for."""

import re

from noc_tui.contract.annexe2.tokens import fold
from noc_tui.contract.intake import facts
from noc_tui.contract.intake.notice import LegalLetter
from noc_tui.contract.intake.patterns import load_patterns

_HOURS = re.compile(r"(?:sous|dans (?:un delai de|les)|within) (\d{1,3}) ?(?:h\b|heures?|hours?)")
_DAYS = re.compile(r"(?:sous|dans (?:un delai de|les)|within) (\d{1,3}) ?(?:jours?|days?)")
_LONGEST = 20_000
_CLEARLY = 3


def read_letter(text: str) -> LegalLetter | None:
    """Return the order or report that the words are; None where they are none.

    `sure` is said where an authority, a legal form and what is asked stand together.
    """
    known = load_patterns("letters.toml", "kind")
    plain = fold(text[:_LONGEST])
    authority = known.found("authority", plain)
    formal = list(known.named["formal"].finditer(plain))
    forms = {found.group()[:9] for found in formal}
    asked = known.found("asked", plain)
    if not forms or asked is None or (authority is None and len(forms) == 1):
        return None
    if known.found("client", plain) and len(forms) < _CLEARLY:
        return None
    told = [one for one in (authority, formal[0], asked) if one is not None]
    words = (" ".join(text[slice(*one.span())].split()) for one in told)
    return LegalLetter(
        kind=next((kind for kind, rule in known.kinds if rule.search(plain)), "administrative"),
        sure=authority is not None or len(forms) >= _CLEARLY,
        authority=_as_written(text, authority),
        reference=facts.reference(text),
        addresses=facts.addresses(text),
        links=facts.links(text),
        scope=" ".join(text.split())[:4000],
        hours=_number(_HOURS, plain),
        days=_number(_DAYS, plain),
        silent=known.found("silent", plain) is not None,
        because=tuple(dict.fromkeys(words)),
    )


def _as_written(text: str, found: re.Match[str] | None) -> str:
    """The authority in the letter's own letters, with the words after it up to a stop."""
    if found is None:
        return ""
    rest = text[found.start() : found.start() + 120]
    words = re.split(r"[\n.;,(]| - |\bvous\b|\benjoin|\brequi[eè]r", rest, maxsplit=1)[0]
    return " ".join(words.split())


def _number(rule: re.Pattern[str], plain: str) -> int:
    found = rule.search(plain)
    return int(found.group(1)) if found else 0
