"""Lays a statement out for people: headings, facts, tables; in French or in English.

What is foreign (names, reasons) is made visible here; each format then escapes what it must.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date

from noc_tui.contract.calendar import PARIS, instant
from noc_tui.contract.instants import parse_instant
from noc_tui.labels.statement import Words
from noc_tui.letters.writing import Writing
from noc_tui.statement.document import CreditPart, StatedClosing, Statement, StatementEntry
from noc_tui.text import visible
from noc_tui.views.month_intervals import Interval

Translate = Callable[[str], str]
NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class FactBlock:
    """Lines of a name and its value."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it; texts are paragraphs."""

    title: str
    parts: Sequence[str | FactBlock | Grid]


@dataclass(frozen=True, slots=True)
class StatementPage:
    """The whole page."""

    language: str
    title: str
    sections: Sequence[Section]


def write_iso_time(text: str) -> str:
    """An instant in Paris with its offset, so that the clock change leaves no doubt."""
    local = instant(parse_instant(text)).astimezone(PARIS)
    precision = "microseconds" if local.microsecond else "seconds"
    return local.isoformat(sep=" ", timespec=precision)


def page(
    statement: Statement,
    language: str,
    _: Translate,
    write_time: Callable[[str], str] = write_iso_time,
) -> StatementPage:
    """Lay a statement out; `_` translates into `language`, `write_time` writes its instants."""
    writing = _Writing(language, _, Words(_), write_time)
    title = _("Availability of {month}: {name}").format(
        month=writing.month(statement.month), name=visible(statement.name)
    )
    sections = [
        writing.summary(statement),
        writing.credit(statement.credit),
        writing.method(statement),
        writing.intervals(statement),
        writing.evidence(statement),
    ]
    return StatementPage(language, title, sections)


@dataclass(frozen=True, slots=True)
class _Writing:
    language: str
    translate: Translate
    words: Words
    write_time: Callable[[str], str]

    def summary(self, statement: Statement) -> Section:
        _ = self.translate
        rows = [
            (_("Tenant"), visible(statement.tenant)),
            (_("Provider"), visible(statement.hoster)),
            (_("Month base"), self.base(statement)),
            (_("Contractual availability"), self.proven(statement)),
            (_("Downtime that counts"), self.seconds(statement.contractual.down_seconds)),
            (_("Raw availability, without exclusions"), self.figure(statement.raw.percent)),
            (_("Raw downtime"), self.seconds(statement.raw.down_seconds)),
            (_("Share of the month that was measured"), self.figure(statement.coverage_percent)),
            (_("Unmeasured time"), self.seconds(statement.unmeasured_seconds)),
            (_("Downtime left before a credit"), self.seconds(statement.budget_left_seconds)),
            (_("Terms of the contract"), f"{statement.terms} ({self.day(statement.terms_from)})"),
        ]
        if statement.month_terms != statement.terms:
            rows.append((_("Terms in force in that month"), visible(statement.month_terms)))
        if statement.closed is not None:
            text = _("closing {number}, {time}, entry {entry}").format(
                number=statement.closed.number,
                time=self.time(statement.closed.closed),
                entry=statement.closed.entry,
            )
            rows.append((_("Month closed"), text))
        return Section(_("Summary"), [*self.warnings(statement), FactBlock(rows)])

    def proven(self, statement: Statement) -> str:
        """The contractual rate, with the words *not proven* where unmeasured time could change the
        tier (R9).
        """
        _ = self.translate
        rate = statement.contractual.percent
        if statement.verified and statement.worst_tier != statement.credit.tier:
            said = _("not proven")
            return said if rate is None else f"{self.figure(rate)} ({said})"
        return self.figure(rate)

    def base(self, statement: Statement) -> str:
        _ = self.translate
        if statement.base_seconds == "0":
            return _("none: not under contract in this month")
        return _("{seconds} s, from {start} to {end}").format(
            seconds=self.number(statement.base_seconds),
            start=self.time(statement.base_from),
            end=self.time(statement.base_until),
        )

    def warnings(self, statement: Statement) -> list[str]:
        _ = self.translate
        found = []
        if not statement.verified:
            found.append(
                _(
                    "NOT VERIFIED: rows of the database are not as the evidence log holds them. The"
                    " figures below are not proven, and no credit is stated."
                )
            )
            found += [visible(problem) for problem in statement.problems]
        if not statement.final:
            text = _("Provisional: the month is not over. Figures up to {until}.")
            found.append(text.format(until=self.time(statement.until)))
        if statement.reopened is not None:
            found.append(self.corrected(statement.reopened))
            if statement.closed is None:
                found.append(_("The month is not closed again yet: its figures may still change."))
        if statement.verified and statement.worst_tier != statement.credit.tier:
            text = _(
                "If all unmeasured time had been downtime, availability would be {percent}"
                " and the credit {tier} %."
            )
            found.append(
                text.format(percent=self.figure(statement.worst.percent), tier=statement.worst_tier)
            )
        cut = statement.cut_from_base
        if cut is not None and cut.differs:
            rates = self.figure(statement.contractual.percent), self.figure(cut.percent)
            tiers = cut.contractual_tier, cut.tier
            found.append(self.words.readings(rates, tiers, cut.credited))
        if statement.straddles:
            found.append(
                _(
                    "The true beginnings and ends of the outages are known within one observation"
                    " interval; their bounds straddle a threshold."
                )
            )
        return found

    def corrected(self, closing: StatedClosing) -> str:
        """That the month was reopened, why, and that this statement replaces those before."""
        _ = self.translate
        text = _(
            "Corrected: the month was closed on {closed} and reopened on {reopened} (entry"
            " {entry}). This statement replaces those that were made before. Reason: {reason}"
        )
        return text.format(
            closed=self.time(closing.closed),
            reopened=self.time(closing.reopened or closing.closed),
            entry=closing.reopened_by,
            reason=visible(closing.reason),
        )

    def credit(self, credit: CreditPart) -> Section:
        _ = self.translate
        if credit.tier is None:
            return Section(_("Service credit"), [_("Not stated: see the summary.")])
        rows = [
            (_("Credit"), self.measured(str(credit.tier), "%")),
            (_("Monthly amount excluding tax"), self.euros(credit.monthly_amount)),
            (_("Amount of the credit"), self.euros(credit.amount)),
            (_("State"), self.words.credit(credit.state)),
        ]
        if credit.tier:
            text = _("{day}, until midnight at its end (Paris time)")
            rows.append((_("Can be claimed until"), text.format(day=self.day(credit.deadline))))
        if credit.sent is not None:
            rows += [
                (_("Claim sent"), self.time(credit.sent)),
                (_("Claim received"), self.time(credit.received)),
                (_("Channel"), visible(f"{credit.channel} {credit.reference}".strip())),
            ]
        if credit.terms:
            rows.append((_("Terms in force at the claim"), visible(credit.terms)))
        if credit.granted is not None:
            rows.append((_("Granted"), self.euros(credit.granted)))
        if credit.refused:
            rows.append((_("Reason of the refusal"), visible(credit.refused)))
        notes = [_("A credit is granted on the client's express request (article 10.2).")]
        if credit.granted is not None and credit.granted != credit.amount:
            notes.append(
                _(
                    "The figures have changed since the credit was granted: what was granted"
                    " stands, and what is due beyond it waits for an answer."
                )
            )
        return Section(_("Service credit"), [FactBlock(rows), *notes])

    def method(self, statement: Statement) -> Section:
        _ = self.translate
        where = (
            _("External connectivity was also observed from another network.")
            if statement.vantage == "outside"
            else _("All observations were made from inside the provider's network.")
        )
        return Section(
            _("Method"),
            [
                _(
                    "The tenant is unavailable while its external connectivity is lost or all its"
                    " instances are unreachable (article 10.1). An outage is confirmed after"
                    " several failures in a row; it runs from the first failed observation to the"
                    " first successful one."
                ),
                _(
                    "Rate = (base - counted downtime) / base, where the base is the part of the"
                    " month under contract in its real elapsed time, Paris time. Percentages are"
                    " cut off after four decimals, never rounded up. Overlaps count once."
                ),
                _(
                    "Time that nobody measured is not proven: it does not count as downtime, and is"
                    " shown apart. This is the provider's measurement; the client's own evidence"
                    " can be entered beside it."
                ),
                where,
            ],
        )

    def intervals(self, statement: Statement) -> Section:
        _ = self.translate
        header = [
            _("From"),
            _("To"),
            _("Seconds"),
            _("What"),
            _("Source"),
            _("Cause, basis, reason"),
            _("Decided by"),
            _("Entries"),
        ]
        rows = [self.interval(one) for one in statement.intervals]
        return Section(_("Intervals"), [Grid(header, rows)] if rows else [_("None.")])

    def interval(self, one: Interval) -> list[str]:
        _ = self.translate
        end = _("ongoing") if one.end is None else self.time(one.end)
        return [
            self.bounded(one.start, one.not_before),
            end if one.end is None else self.bounded(one.end, one.not_over_before),
            self.number(one.seconds),
            self.words.kind(one.kind),
            visible(one.source),
            self.why(one),
            self.by_whom(one),
            ", ".join(map(str, one.entries)),
        ]

    def by_whom(self, one: Interval) -> str:
        _ = self.translate
        if not one.approved_by:
            return visible(one.decided_by)
        text = _("{account}, approved by {other}")
        return text.format(account=visible(one.decided_by), other=visible(one.approved_by))

    def bounded(self, at: str, earliest: str | None) -> str:
        _ = self.translate
        if earliest is None or earliest == at:
            return self.time(at)
        return _("{at} (not before {earliest})").format(
            at=self.time(at), earliest=self.time(earliest)
        )

    def why(self, one: Interval) -> str:
        _ = self.translate
        parts = [
            self.words.cause(one.cause),
            self.words.basis(one.basis),
            "" if one.article is None else _("article {number}").format(number=one.article),
            visible(self.words.reason(one.reason)),
            visible(one.link),
            visible(self.words.proof(one.grounds, "")) if one.kind == "exclusion" else "",
            _("unannounced, contestable") if one.contestable else "",
        ]
        return _("; ").join(part for part in parts if part)

    def evidence(self, statement: Statement) -> Section:
        _ = self.translate
        header = [_("Entry"), _("Time"), _("Kind"), _("Author"), _("Hash")]
        rows = [
            [str(one.seq), self.time(one.at), one.kind, visible(one.account), one.hash]
            for one in statement.entries
        ]
        text = _("SHA-256 over this statement's figures and the entries below: {digest}")
        parts: list[str | FactBlock | Grid] = [text.format(digest=statement.digest)]
        if rows:
            parts.append(Grid(header, rows))
        parts += [self.erased(one) for one in statement.entries if one.erased is not None]
        return Section(_("Evidence"), parts)

    def erased(self, entry: StatementEntry) -> str:
        """Who erased an entry's content, when and under which text."""
        found = entry.erased
        if found is None:
            return ""
        _ = self.translate
        text = _(
            "The content of entry {number} was erased on {time} by {account} (entry {by}), under:"
            " {under}"
        )
        return text.format(
            number=entry.seq,
            time=self.time(found.at),
            account=visible(found.account),
            by=found.entry,
            under=visible(found.under),
        )

    def month(self, text: str) -> str:
        first = date.fromisoformat(f"{text}-01")
        return format_date(first, "MMMM y", locale=self.language)

    def day(self, text: str) -> str:
        day = date.fromisoformat(text)
        written = format_date(day, "full", locale=self.language)
        # French says premier of a month's first day, which the locale's pattern does not know.
        first = self.language == "fr" and day.day == 1
        return written.replace(" 1 ", " 1er ", 1) if first else written

    def time(self, text: str | None) -> str:
        return "" if text is None else self.write_time(text)

    def number(self, text: str) -> str:
        """A decimal string with the language's own decimal mark."""
        return text.replace(".", ",") if self.language == "fr" else text

    def seconds(self, text: str) -> str:
        """The exact seconds, and from a minute on the same in hours, minutes and seconds."""
        exact = self.measured(text, "s")
        minutes, seconds = divmod(int(Decimal(text)), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{exact} ({hours}:{minutes:02}:{seconds:02})" if hours or minutes else exact

    def figure(self, percent: str | None) -> str:
        return "–" if percent is None else self.measured(percent, "%")

    def euros(self, amount: str | None) -> str:
        """An amount as a letter writes it."""
        writing = Writing("fr" if self.language == "fr" else "en")
        return "–" if amount is None else writing.euros(Decimal(amount))

    def measured(self, figure: str, unit: str) -> str:
        """A figure and its unit, which French keeps on one line."""
        return f"{self.number(figure)}{NO_BREAK if self.language == 'fr' else ' '}{unit}"
