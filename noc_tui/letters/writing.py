"""Words, dates, amounts and durations as a letter writes them, in French or in English.

Every instant is in Paris time. French keeps a figure and its unit on one line, groups thousands
with a narrow no-break space, and writes the hour as `22 h 05`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date

from noc_tui.contract.calendar import PARIS
from noc_tui.i18n import Language, translations

NO_BREAK = "\u00a0"
THIN = "\u202f"
APOSTROPHE = "\u2019"
_FRENCH_QUOTES = re.compile(r"«\s*(.*?)\s*»")

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Writing:
    """Writes values in one language, whatever language the process speaks."""

    language: Language

    @property
    def translate(self) -> Translate:
        """Translate an English text into the language, with the apostrophes of a letter."""
        gettext = translations(self.language).gettext
        return lambda text: gettext(text).replace("'", APOSTROPHE)

    def day(self, day: date) -> str:
        """A day with its weekday: `lundi 30 novembre 2026`, `Monday 30 November 2026`."""
        if self.language == "en":
            return format_date(day, "EEEE d MMMM y", locale="en")
        written = format_date(day, "full", locale="fr")
        return written.replace(" 1 ", " 1er ", 1) if day.day == 1 else written

    def short_day(self, day: date) -> str:
        """A day without its weekday: `30 novembre 2026`."""
        if self.language == "en":
            return format_date(day, "d MMMM y", locale="en")
        written = format_date(day, "long", locale="fr")
        return f"1er {written[2:]}" if day.day == 1 else written

    def short_days(self, days: Sequence[date]) -> str:
        """Days as a sentence lists them, each once: `18 et 30 novembre 2026`."""
        known = sorted(set(days))
        if len({(day.year, day.month) for day in known}) > 1:
            return self.series([self.short_day(day) for day in known])
        last = self.short_day(known[-1])
        first = [self.short_day(day).split(" ", 1)[0] for day in known[:-1]]
        return self.series([*first, last])

    def local(self, at: datetime) -> date:
        """The day in Paris on which an instant falls."""
        return at.astimezone(PARIS).date()

    def month(self, first: date) -> str:
        """The month of a day: `octobre 2026`."""
        return format_date(first, "MMMM y", locale=self.language)

    def clock(self, at: datetime) -> str:
        """The time of day in Paris: `22 h 05`, `0 h`, or `22:05`."""
        local = at.astimezone(PARIS)
        if self.language == "en":
            return f"{local:%H:%M}"
        minutes = f"{NO_BREAK}{local:%M}" if local.minute else ""
        return f"{local.hour}{NO_BREAK}h{minutes}"

    def instant(self, at: datetime) -> str:
        """A day and a time, to the minute, with the place whose time it is."""
        _ = self.translate
        return _("{day} at {time} (Paris time)").format(
            day=self.day(self.local(at)), time=self.clock(at)
        )

    def euros(self, amount: Decimal) -> str:
        """An amount to the cent: `1 447,50 €`, `€1,447.50`."""
        if self.language == "en":
            return f"€{amount:,.2f}"
        figure = f"{amount:,.2f}".replace(",", THIN).replace(".", ",")
        return f"{figure}{NO_BREAK}€"

    def percent(self, figure: str) -> str:
        """A decimal string as a percentage: `99,8791 %`."""
        if self.language == "en":
            return f"{figure}%"
        return f"{figure.replace('.', ',')}{NO_BREAK}%"

    def duration(self, seconds: int) -> str:
        """A span in days, hours and minutes: `2 h`, `1 jour 4 h 30 min`."""
        minutes = max(0, seconds) // 60
        days, minutes = divmod(minutes, 24 * 60)
        hours, minutes = divmod(minutes, 60)
        parts = [self.ngettext("{n} day", "{n} days", days).format(n=days)] if days else []
        parts += [f"{hours}{NO_BREAK}h"] if hours else []
        parts += [f"{minutes}{NO_BREAK}min"] if minutes or not parts else []
        return " ".join(parts)

    def delay(self, days: int, hours: int) -> str:
        """A delay as it was given: twenty-four hours run to the hour, a day may not."""
        parts = [self.ngettext("{n} day", "{n} days", days).format(n=days)] if days else []
        parts += [f"{hours}{NO_BREAK}h"] if hours or not parts else []
        return " ".join(parts)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The text for that number of things, in the language; a figure stays with its noun."""
        text = translations(self.language).ngettext(one, many, number)
        text = text.replace("'", APOSTROPHE)
        return text.replace("{n} ", f"{{n}}{NO_BREAK}").replace("{days} ", f"{{days}}{NO_BREAK}")

    def series(self, items: Sequence[str]) -> str:
        """Items as a sentence lists them: `25, 465 et 587`."""
        _ = self.translate
        if len(items) < 2:
            return "".join(items)
        return _("{first} and {last}").format(first=", ".join(items[:-1]), last=items[-1])

    def quote(self, text: str) -> str:
        """What somebody else wrote, between the quotation marks of the language; its own become
        the inner ones.
        """
        if self.language == "en":
            return f"“{text.replace('“', '‘').replace('”', '’')}”"
        text = _FRENCH_QUOTES.sub(r"“\1”", text)
        return f"«{NO_BREAK}{text}{NO_BREAK}»"

    def reference(self, text: str) -> str:
        """A reference as a sentence names it: one of several words between quotation marks."""
        return self.quote(text) if " " in text else text

    def field(self, label: str, value: str) -> str:
        """A label, the colon as the language spaces it, and its value."""
        colon = f"{NO_BREAK}: " if self.language == "fr" else ": "
        return f"{label}{colon}{value}"
