"""The hoster as a sender of letters, from the configuration."""

import msgspec

from noc_tui.config import Hoster
from noc_tui.letters.letter import LetterSender


def sender_of(hoster: Hoster) -> LetterSender:
    """Return the sender that `[hoster]` describes."""
    return LetterSender(**msgspec.structs.asdict(hoster))
