"""The ground of a measure, in the words of a letter to the client (R15, R16)."""

from noc_tui.contract.terms import Ground
from noc_tui.i18n import N_
from noc_tui.letters.writing import Writing

_WORDS = {
    "contract-breach": N_("Breach of the contract"),
    "art-5-1-breach": N_("Breach of the rules of use of article 5.1"),
    "service-threat": N_("Anomaly of a resource that threatens the services"),
}
"""Grounds whose label speaks to operators: it gives an example, or leaves open whose act it was."""


def ground_words(ground: Ground, writing: Writing) -> str:
    """Return the ground as a letter names it."""
    words = _WORDS.get(ground.id)
    return ground.label.in_(writing.language) if words is None else writing.translate(words)
