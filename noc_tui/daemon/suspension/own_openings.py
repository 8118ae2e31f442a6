"""The hoster's own first paragraphs of notices, from templates that cannot run code.

A template `fr/attack.txt` in the configured folder has the subject in its first line; the rest is
the letter's first paragraph. The facts, the measures and the client's rights follow in any case
(R16). What clients, tickets and guests are called only ever enters as a value, and is never read as
a template.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.exceptions import TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from noc_tui.contract.suspension.notice_facts import NoticeFacts
from noc_tui.letters.letter import LetterSender
from noc_tui.text import visible


class LetterError(ValueError):
    """A template that cannot be used; the text names it."""


@dataclass(frozen=True, slots=True)
class OwnOpening:
    """The hoster's own subject and first paragraph; empty where it has none."""

    subject: str = ""
    text: str = ""


def read_opening(
    folder: Path | None, facts: NoticeFacts, sender: LetterSender, language: str
) -> OwnOpening:
    """Return the opening of a ground. `LetterError` for a template that cannot be rendered."""
    if folder is None:
        return OwnOpening()
    path = f"{language}/{facts.ground.id}.txt"
    try:
        template = _environment(folder).get_template(path)
    except TemplateNotFound:
        return OwnOpening()
    except TemplateError as error:
        raise _unusable(path, error) from error
    try:
        text = template.render(_values(facts, sender, language))
    except TemplateError as error:
        raise _unusable(path, error) from error
    subject, _, rest = text.strip().partition("\n")
    return OwnOpening(visible(subject.strip()), " ".join(rest.split()))


def _unusable(path: str, error: TemplateError) -> LetterError:
    return LetterError(f"{path}: {type(error).__name__}: {error}")


def _environment(folder: Path) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _values(facts: NoticeFacts, sender: LetterSender, language: str) -> Mapping[str, object]:
    return {
        "tenant": visible(facts.tenant),
        "case": facts.case,
        "hoster": visible(sender.name),
        "contact": visible(sender.reach),
        "after": facts.moment != "before",
        "whole": facts.whole,
        "ground": facts.ground.label.in_(language),
        "article": facts.article.id,
        "guests": [visible(guest.name) for guest in facts.guests],
        "remedy": visible(facts.remedy),
        "data_access": visible(facts.data_access),
        "facts": {key: visible(answer) for key, answer in facts.told.items()},
    }
