"""French and English. English texts are the message ids; French stands in `locale/fr/*.po`.

`_` translates at the moment it is called, so texts of modules and classes are marked with `N_`
and passed through `_` where they are shown. A process speaks one language; while `nocd` answers a
request it speaks the caller's (`speaking`).
"""

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")

LOCALE = Path(__file__).parent / "locale"


class _Spoken(NamedTuple):
    language: Language
    catalogue: gettext.NullTranslations


_process = _Spoken("en", gettext.NullTranslations())
# What runs for one caller; threads of a pool start without it and speak the process's language.
_caller: ContextVar[_Spoken | None] = ContextVar("_caller", default=None)


def use(language: Language) -> None:
    """Speak that language from now on, in this process."""
    global _process
    _process = _Spoken(language, translations(language))


@contextmanager
def speak_language(language: Language) -> Iterator[None]:
    """Speak that language inside, in this task alone."""
    token = _caller.set(_Spoken(language, translations(language)))
    try:
        yield
    finally:
        _caller.reset(token)


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """The catalogue of a language, for texts that are not for this process's own operator."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("noc_tui", LOCALE, languages=[language])


def language() -> Language:
    """The language in use."""
    return (_caller.get() or _process).language


def from_locale(environment: dict[str, str] | None = None) -> Language:
    """Return what the locale of the environment asks for: French when it says so, else English."""
    variables = os.environ if environment is None else environment
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = variables.get(name, "")
        if value:
            return "fr" if value.lower().startswith("fr") else "en"
    return "en"


def _(text: str) -> str:
    """The text in the language in use."""
    return (_caller.get() or _process).catalogue.gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """The text for that number of things, in the language in use; both hold its placeholder."""
    return (_caller.get() or _process).catalogue.ngettext(one, many, number)


def N_(text: str) -> str:  # noqa: N802 -- gettext's own name for "to be translated later"
    """Mark a text for translation where it cannot be translated yet."""
    return text
