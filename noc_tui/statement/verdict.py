"""The sentence that a statement begins with: was the commitment kept, and what follows (art. 10).

It says no more than the figures prove: unmeasured time that would change the tier is named, and a
month that nobody measured has no verdict.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from noc_tui.i18n import Language
from noc_tui.letters.writing import NO_BREAK, Writing
from noc_tui.statement.document import Statement

Outcome = Literal["unverified", "no_base", "unmeasured", "not_proven", "kept", "missed"]


@dataclass(frozen=True, slots=True)
class StatementVerdict:
    """What the month came to, and its sentences in one language."""

    outcome: Outcome
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentences in one paragraph."""
        return " ".join(self.sentences)


def judge(statement: Statement) -> Outcome:
    """Return what the statement's figures prove about the commitment."""
    if not statement.verified or statement.credit.tier is None:
        return "unverified"
    if statement.base_seconds == "0":
        return "no_base"
    if statement.coverage_percent is not None and Decimal(statement.coverage_percent) == 0:
        return "unmeasured"
    if statement.credit.tier:
        return "missed"
    return "kept" if statement.worst_tier == 0 else "not_proven"


def write_verdict(statement: Statement, language: Language) -> StatementVerdict:
    """Return the verdict of a statement, in that language."""
    outcome = judge(statement)
    return StatementVerdict(
        outcome, tuple(_VerdictText(statement, Writing(language)).sentences(outcome))
    )


@dataclass(frozen=True, slots=True)
class _VerdictText:
    statement: Statement
    writing: Writing

    def sentences(self, outcome: Outcome) -> Iterator[str]:
        _ = self.writing.translate
        if not self.statement.final:
            yield _("Provisional: the month is not over.")
        if outcome == "unverified":
            yield _(
                "No verdict: rows of the database are not as the evidence log holds them, and"
                " neither rate nor credit is stated."
            )
        elif outcome == "no_base":
            text = _("No verdict: the services were not under contract in {month}.")
            yield text.format(month=self.month)
        elif outcome == "unmeasured":
            text = _("No verdict: nobody measured availability in {month}.")
            yield text.format(month=self.month)
        elif outcome == "missed":
            yield self._rate(_("The commitment of {commitment} was not kept in {month}."))
            yield from self._beside()
            yield from self._credit()
        elif outcome == "not_proven":
            text = _("The commitment of {commitment} was kept in {month}, as far as was measured.")
            yield self._rate(text)
            yield from self._beside()
            yield self._unless_unmeasured()
        else:
            yield self._rate(_("The commitment of {commitment} was kept in {month}."))
            yield from self._beside()
            yield _("No credit is due.")

    @property
    def month(self) -> str:
        return self.writing.month(date.fromisoformat(f"{self.statement.month}-01"))

    def _rate(self, verdict: str) -> str:
        statement, writing, _ = self.statement, self.writing, self.writing.translate
        commitment = writing.percent(statement.commitment[0].below_percent)
        text = _(
            "According to our measurements, availability was {percent}, with {length} of counted"
            " downtime."
        )
        figures = text.format(
            percent=writing.percent(statement.contractual.percent or ""),
            length=write_length(statement.contractual.down_seconds, writing.language),
        )
        return f"{verdict.format(commitment=commitment, month=self.month)} {figures}"

    def _beside(self) -> Iterator[str]:
        """What stands beside every rate: the raw one, the share measured, the worst case."""
        statement, writing, _ = self.statement, self.writing, self.writing.translate
        if statement.coverage_percent is None:  # nothing of the month has passed yet
            return
        yield _(
            "Without exclusions it was {raw}; {measured} of the time was measured, and if all"
            " unmeasured time counted as downtime it would be {worst}."
        ).format(
            raw=writing.percent(statement.raw.percent or ""),
            measured=writing.percent(statement.coverage_percent),
            worst=writing.percent(statement.worst.percent or ""),
        )

    def _unless_unmeasured(self) -> str:
        _ = self.writing.translate
        text = _(
            "This is not proven: {length} were not measured, and if all of it had been downtime, a"
            " credit of {tier} of the monthly amount would be due."
        )
        return text.format(
            length=write_length(self.statement.unmeasured_seconds, self.writing.language),
            tier=self.writing.percent(str(self.statement.worst_tier)),
        )

    def _credit(self) -> Iterator[str]:
        _, credit = self.writing.translate, self.statement.credit
        if credit.state == "granted":
            text = _("The service credit of {amount} was granted.")
            yield text.format(amount=self._euros(credit.granted))
            return
        if credit.amount is None:
            text = _("A service credit of {tier} of the monthly amount is owed on request.")
        else:
            text = _(
                "A service credit of {tier} of the monthly amount, {amount} excluding tax, is owed"
                " on request."
            )
        yield text.format(
            tier=self.writing.percent(str(credit.tier)), amount=self._euros(credit.amount)
        )
        yield self._request(credit.state)

    def _request(self, state: str) -> str:
        """How far the client's request has come."""
        _, writing = self.writing.translate, self.writing
        day = writing.day(date.fromisoformat(self.statement.credit.deadline))
        if state == "claimed":
            return _("The request was received, and is being examined.")
        if state == "lapsed":
            return _("The request was sent after {day}, the last day to do so.").format(day=day)
        if state == "refused":
            return _("The request was refused: see the reason below.")
        return _("The request is to be sent by {day}, that day included (article 10.2).").format(
            day=day
        )

    def _euros(self, amount: str | None) -> str:
        return "" if amount is None else self.writing.euros(Decimal(amount))


def write_length(seconds: str, language: Language) -> str:
    """A duration in decimal seconds as people write it: `1 h 12 min 5 s`; parts of a second cut."""
    whole = int(Decimal(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    day = "j" if language == "fr" else "d"
    parts = [(days, day), (hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{n}{NO_BREAK}{unit}" for n, unit in parts if n) or f"0{NO_BREAK}s"
