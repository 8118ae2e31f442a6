"""French and English. English texts are the message ids; French stands in `locale/fr/*.po`.

`_` translates at the moment it is called, so texts of modules and classes are marked with `N_`
and passed through `_` where they are shown.
"""

import gettext
import os
from pathlib import Path
from typing import Literal

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")

_LOCALE = Path(__file__).parent / "locale"
_current: gettext.NullTranslations = gettext.NullTranslations()
_language: Language = "en"


def use(language: Language) -> None:
    """Speak that language from now on, in this process."""
    global _current, _language
    _current = translations(language)
    _language = language


def translations(language: Language) -> gettext.NullTranslations:
    """The catalogue of a language, for texts that are not for this process's own operator."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("noc_tui", _LOCALE, languages=[language])


def language() -> Language:
    """The language in use."""
    return _language


def from_locale(environment: dict[str, str] | None = None) -> Language:
    """What the locale of the environment asks for: French when it says so, else English."""
    variables = os.environ if environment is None else environment
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = variables.get(name, "")
        if value:
            return "fr" if value.lower().startswith("fr") else "en"
    return "en"


def _(text: str) -> str:
    """The text in the language in use."""
    return _current.gettext(text)


def N_(text: str) -> str:  # noqa: N802 -- gettext's own name for "to be translated later"
    """Mark a text for translation where it cannot be translated yet."""
    return text
