"""Writes the mails of a suspension from templates that cannot run code.

Templates are the product's, or the hoster's own of the same name in its folder: `fr/attack.txt`.
Their first line is the subject. What clients, tickets and guests are called only ever enters as a
value, one visible line, and is never read as a template.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined, TemplateError
from jinja2.loaders import BaseLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment

from noc_tui.contract.suspension.clock import PARIS
from noc_tui.contract.suspension.notice import notice_rule
from noc_tui.contract.suspension.proportion import list_ticked
from noc_tui.contract.suspension.values import Case, GuestId, NoticeText, PlannedGuest
from noc_tui.contract.terms import Terms
from noc_tui.i18n import speak_language
from noc_tui.labels.measures import word_means
from noc_tui.text import visible, visible_lines

BLANK = "⟦…⟧"
"""Stands where an answer is still missing; a mail that holds one does not leave."""


class LetterError(ValueError):
    """A template that cannot be used; the text names it."""


@dataclass(frozen=True, slots=True)
class Voice:
    """The sender of the mails: the hoster's name and contact."""

    hoster: str
    contact: str


class Letters:
    """Writes the mails; `own` is the hoster's folder of templates, which come first."""

    def __init__(self, voice: Voice, own: Path | None = None) -> None:
        self._voice = voice
        loaders: list[BaseLoader] = [] if own is None else [FileSystemLoader(own)]
        loaders.append(PackageLoader("noc_tui.daemon.suspension", "mails"))
        self._templates = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader(loaders),
            autoescape=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def notice(self, case: Case, terms: Terms, language: str, now: datetime) -> NoticeText:
        """Return the notice of a suspension that is planned or in force."""
        ground = terms.ground(case.ground)
        after = case.ordered_at is not None or _told_after(case, terms)
        values = {
            **self._common(case),
            "after": after,
            "whole": case.plan.scope == "tenant",
            "ground": ground.label.in_(language),
            "article": ground.article,
            "see": list(ground.see),
            "clauses": [
                {"id": key, "label": terms.clause(key).label.in_(language)}
                for key in list_ticked(case, terms)
            ],
            "guests": [_guest(guest) for guest in case.plan.guests],
            "means": _means(case, terms, language),
            "starts": _paris(case.started_at or now, language),
            "remedy": case.fact("remedy") or BLANK,
            "data_access": case.fact("data_access"),
            "facts": {row.id: case.fact(row.id) or BLANK for row in terms.requirements},
        }
        return self._written(case.ground, language, values)

    def restored(
        self, case: Case, refs: Sequence[GuestId], found: str, language: str, now: datetime
    ) -> NoticeText:
        """Return the mail that says that guests are restored."""
        named = [guest for guest in case.plan.guests if guest.ref in refs]
        values = {
            **self._common(case),
            "partial": bool(case.held),
            "guests": [_guest(guest) for guest in named],
            "found": found,
            "at": _paris(now, language),
        }
        return self._written("restored", language, values)

    def _common(self, case: Case) -> dict[str, object]:
        return {
            "tenant": case.tenant_name,
            "case": case.id,
            "hoster": self._voice.hoster,
            "contact": self._voice.contact,
        }

    def _written(self, name: str, language: str, values: Mapping[str, object]) -> NoticeText:
        known = "en" if language == "en" else "fr"
        path = f"{known}/{name}.txt"
        try:
            text = self._templates.get_template(path).render(_harmless(values))
        except TemplateError as error:
            raise LetterError(f"{path}: {type(error).__name__}: {error}") from error
        subject, _, body = text.strip().partition("\n")
        return NoticeText(
            language="en" if known == "en" else "fr",
            subject=visible(subject.strip()),
            body=visible_lines(body.strip()) + "\n",
        )


def _harmless(values: Mapping[str, object]) -> dict[str, object]:
    return {key: _visible(value) for key, value in values.items()}


def _visible(value: object) -> object:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {key: _visible(inner) for key, inner in value.items()}
    return [_visible(inner) for inner in value] if isinstance(value, list) else value


def _told_after(case: Case, terms: Terms) -> bool:
    """Whether the mail will be read after the fact, by its mode or, undecided, by its ground."""
    if case.notice.mode == "none":
        rule = notice_rule(case, terms)
        return rule.when == "after" and not rule.prefer_before
    return case.notice.mode in ("after", "waived")


def _means(case: Case, terms: Terms, language: str) -> list[str]:
    with speak_language("en" if language == "en" else "fr"):
        return [word_means(case.plan, key, terms) for key in case.plan.means]


def _guest(guest: PlannedGuest) -> str:
    return f"{guest.name} ({guest.ref})"


def _paris(at: datetime, language: str) -> str:
    local = at.astimezone(PARIS)
    if language == "en":
        return f"{local:%Y-%m-%d %H:%M} (Paris)"
    return f"{local:%d/%m/%Y %H:%M} (heure de Paris)"
