"""Letters in an operator's words: of a change of the service (article 3, R35), of an incident."""

from noc_tui.i18n import Language
from noc_tui.letters.letter import Blocks, ClientLetter
from noc_tui.letters.writing import Writing


def write_service_change(
    entry: int, tenant: str, subject: str, text: str, language: Language
) -> ClientLetter:
    """Return the letter about a change, with the right that article 3 gives; `entry` records it."""
    _ = Writing(language).translate
    blocks = Blocks()
    blocks.say(
        _("We inform you of a change of the service (article 3 of the specific terms of sale).")
    )
    blocks.quoted(text)
    blocks.say(
        _(
            "Because of this change you may terminate the contract, on three months' notice"
            " (article 4 of the specific terms of sale); Regulation (EU) 2023/2854 may give you a"
            " shorter one. Write to our registered office, named below, by registered letter with"
            " acknowledgement of receipt."
        )
    )
    reference = _("service change {number}").format(number=entry)
    return ClientLetter(language, subject, tenant, reference, blocks.text())


def write_incident(
    number: int, tenant: str, subject: str, text: str, language: Language
) -> ClientLetter:
    """Return a message about an incident."""
    _ = Writing(language).translate
    blocks = Blocks()
    blocks.quoted(text)
    reference = _("incident {number}").format(number=number)
    return ClientLetter(language, subject, tenant, reference, blocks.text())
