"""The ground of a measure, in the words of a letter to the client (R15, R16)."""

from noc_tui.contract.terms import Ground
from noc_tui.i18n import N_
from noc_tui.letters.writing import Writing

_WORDS = {
    "emergency": N_("Emergency situation"),
    "risk-abnormal-fraud": N_("Use that is abnormal, or that puts the services at risk"),
    "attack": N_("Attack, or attempt of one, on the security of the services"),
    "contract-breach": N_("Breach of the contract"),
    "charte-breach": N_("Breach of the Charte de bonne conduite"),
    "regulation-breach-5-1": N_("Unlawful content, of which we were informed"),
    "art-5-1-breach": N_("Breach of the rules of use of article 5.1"),
    "service-threat": N_("Anomaly of a resource that threatens the services"),
}
"""Grounds whose label speaks to operators: it gives an example, leaves open whose act it was, or
names a fraud that nobody stated.
"""


def ground_words(ground: Ground, writing: Writing) -> str:
    """Return the ground as a letter names it."""
    words = _WORDS.get(ground.id)
    return ground.label.in_(writing.language) if words is None else writing.translate(words)
