"""A ready answer to the client, in French or English, in our own words and citing the row."""

from typing import Literal

from noc_tui.contract.annexe2.answer import Answer, ScopeVerdict
from noc_tui.contract.annexe2.infogerance import Coverage
from noc_tui.contract.terms import Row, Terms

Language = Literal["fr", "en"]

_OPENING = {"fr": "Bonjour,", "en": "Hello,"}
_CLOSING = {"fr": "Cordialement,", "en": "Kind regards,"}
_VERDICT = {
    "fr": {
        ScopeVerdict.in_scope: (
            "Votre demande relève de l'hébergement : nous la prenons en charge."
            " Référence : « {label} » ({where})."
        ),
        ScopeVerdict.out_of_scope: (
            "Votre demande porte sur une couche qui est à votre charge et n'est pas comprise dans"
            " l'hébergement. Référence : « {label} » ({where})."
        ),
        ScopeVerdict.not_annexe2: (
            "Votre demande ne relève pas de l'annexe 2. Le texte à considérer est :"
            " « {label} » ({where})."
        ),
        ScopeVerdict.ambiguous: (
            "Pour savoir qui doit agir, il nous manque une précision : {question}"
        ),
    },
    "en": {
        ScopeVerdict.in_scope: (
            "Your request is part of the hosting service: we are taking care of it."
            " Reference: “{label}” ({where})."
        ),
        ScopeVerdict.out_of_scope: (
            "Your request concerns a layer that is yours to look after and is not included in"
            " hosting. Reference: “{label}” ({where})."
        ),
        ScopeVerdict.not_annexe2: (
            "Your request is not a matter for annexe 2. The text that applies is:"
            " “{label}” ({where})."
        ),
        ScopeVerdict.ambiguous: "To know who should act, we need one detail from you: {question}",
    },
}
_COVERAGE: dict[str, dict[str, str]] = {
    "fr": {
        "covered": "Votre contrat d'infogérance le comprend : nous nous en chargeons à ce titre.",
        "billed": (
            "Votre contrat d'infogérance le comprend, à l'heure : notre intervention sera facturée."
            " Merci de nous donner votre accord."
        ),
        "not_covered": (
            "Votre contrat ne le prévoit pas. Nous pouvons vous proposer un devis si vous le"
            " souhaitez."
        ),
        "unsettled": (
            "Votre contrat d'assistance ne tranche pas ce point : nous le vérifions et revenons"
            " vers vous avant toute intervention."
        ),
    },
    "en": {
        "covered": "Your managed services contract includes it: we are handling it under it.",
        "billed": (
            "Your managed services contract includes it by the hour: our work will be invoiced."
            " Please give us your go-ahead."
        ),
        "not_covered": "Your contract does not provide for it. We can send you a quote.",
        "unsettled": (
            "Your support contract does not settle this point: we are checking and will come back"
            " to you before doing anything."
        ),
    },
}
_COMPROMISED = {
    "fr": (
        "Attention : si une VM a été compromise, les sauvegardes faites depuis peuvent"
        " l'être aussi."
    ),
    "en": "Please note: if a VM was compromised, the backups made since may be so as well.",
}
_RESTORE = "restauration-sauvegarde"


def reply(
    terms: Terms, answer: Answer, row: str, coverage: Coverage, language: Language, *, known: bool
) -> str:
    """The answer to copy. `known` says that the tenant's support contract is known.

    Without it nothing is said of infogérance, for that would be a guess.
    """
    parts = [_OPENING[language], _said(terms, answer, row, language)]
    if known and answer.verdict is ScopeVerdict.out_of_scope:
        parts.append(_COVERAGE[language].get(coverage, ""))
    if row == _RESTORE:
        parts.append(_COMPROMISED[language])
    return "\n\n".join([*filter(None, parts), _CLOSING[language]])


def _said(terms: Terms, answer: Answer, row: str, language: Language) -> str:
    question = answer.question_en if language == "en" else answer.question_fr
    cited = cite(terms.row(row)) if row else ("", "")
    sentence = _VERDICT[language][answer.verdict]
    return sentence.format(label=cited[0], where=cited[1], question=question)


def cite(row: Row) -> tuple[str, str]:
    """A row's label and place, as an answer cites them."""
    return row.label, row.where
