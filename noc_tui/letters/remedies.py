"""Where a letter is contested: with the hoster, out of court, before the courts of Rennes (R16)."""

from collections.abc import Iterator, Mapping

from noc_tui.i18n import N_
from noc_tui.letters.letter import Contested, LetterSender
from noc_tui.letters.writing import Writing

_AT_ADDRESS: Mapping[Contested, str] = {
    "measure": N_(
        "You may answer this letter, send us your observations and contest the measure, in"
        " writing, at the following address, quoting reference {reference}: {where}."
    ),
    "termination": N_(
        "You may answer this letter, send us your observations and contest this termination, in"
        " writing, at the following address, quoting reference {reference}: {where}."
    ),
    "decision": N_(
        "You may contest this answer in writing, with your own evidence, at the following address,"
        " quoting reference {reference}: {where}."
    ),
    "figures": N_(
        "You may contest these figures in writing, with your own evidence, which we then enter"
        " beside ours, at the following address, quoting reference {reference}: {where}."
    ),
}
_BY_ANSWER: Mapping[Contested, str] = {
    "measure": N_(
        "You may send us your observations and contest the measure by answering this letter,"
        " quoting reference {reference}."
    ),
    "termination": N_(
        "You may send us your observations and contest this termination by answering this letter,"
        " quoting reference {reference}."
    ),
    "decision": N_(
        "You may contest this answer, with your own evidence, by answering this letter, quoting"
        " reference {reference}."
    ),
    "figures": N_(
        "You may contest these figures, with your own evidence, which we then enter beside ours,"
        " by answering this letter, quoting reference {reference}."
    ),
}


def word_internal_remedy(
    contested: Contested, reference: str, sender: LetterSender, writing: Writing
) -> str:
    """Return where the hoster itself is written to."""
    where = sender.complaints or sender.contact
    text = (_AT_ADDRESS if where else _BY_ANSWER)[contested]
    named = writing.reference(reference)
    return writing.translate(text).format(reference=named, where=where)


def list_outside_remedies(sender: LetterSender, writing: Writing) -> Iterator[str]:
    """Yield the remedies out of court and before the courts, a paragraph each."""
    _ = writing.translate
    if sender.settlement:
        text = _("For an out-of-court settlement, you may turn to: {body}.")
        yield text.format(body=sender.settlement)
    else:
        yield _("The specific terms of sale name no body for out-of-court settlement.")
    yield _(
        "You may bring the matter before the competent courts of Rennes (article 18 of the"
        " specific terms of sale)."
    )
