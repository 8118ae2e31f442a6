"""The ground of a measure, in the words of a letter to the client (R15, R16)."""

from collections.abc import Sequence

from noc_tui.contract.terms import Ground
from noc_tui.i18n import N_
from noc_tui.letters.writing import Writing

RISK = "risk-abnormal-fraud"
_WORDS = {
    "emergency": N_("Emergency situation"),
    RISK: N_("Use that is abnormal, or that puts the services at risk"),
    "attack": N_("Attack or attempted attack on the security of the services"),
    "contract-breach": N_("Breach of the contract"),
    "charte-breach": N_("Breach of the Charte de bonne conduite"),
    "regulation-breach-5-1": N_("Unlawful content, of which we were informed"),
    "art-5-1-breach": N_("Breach of the rules of use of article 5.1"),
    "service-threat": N_("Anomaly of a resource that threatens the services"),
}
"""Grounds whose label speaks to operators: it gives an example, leaves open whose act it was, or
names a fraud that nobody stated.
"""


_LIMBS = {
    "security-risk": N_("Use that is a risk to the security of the services"),
    "abnormal": N_("Abnormal use of the services"),
    "endangers": N_("Use that endangers the delivery of the services"),
    "fraudulent": N_("Use of the services that we consider fraudulent"),
}
"""What the clause on risk names, by the aspects of the terms: the letter states what the facts
show.
"""


def ground_words(ground: Ground, writing: Writing, aspects: Sequence[str] = ()) -> str:
    """Return the ground as a letter names it; of a clause with several limbs those that are
    meant.
    """
    limbs = [writing.translate(_LIMBS[one]) for one in aspects if one in _LIMBS]
    if ground.id == RISK and limbs:
        return writing.translate("; ").join(limbs)
    words = _WORDS.get(ground.id)
    return ground.label.in_(writing.language) if words is None else writing.translate(words)
