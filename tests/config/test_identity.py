"""The hoster's legal identity: what letters lack of it is named, and stops nothing."""

from pathlib import Path

import msgspec

from noc_tui.commands.nocd_check import missing_words
from noc_tui.config import Hoster, load
from noc_tui.config.checks import IDENTITY, missing_identity
from noc_tui.letters.sender import sender_of


def test_what_is_not_given_is_named() -> None:
    assert missing_identity(Hoster()) == IDENTITY
    given = Hoster(**dict.fromkeys(IDENTITY, "x"))
    assert missing_identity(given) == ()
    assert missing_identity(Hoster(name=" ")) == IDENTITY


def test_a_sender_says_all_that_is_configured() -> None:
    hoster = Hoster(name="Exemple", settlement="CMAP", signatory="Le NOC")
    sender = sender_of(hoster)
    assert (sender.name, sender.settlement, sender.signatory) == ("Exemple", "CMAP", "Le NOC")


def test_the_example_lacks_nothing() -> None:
    config = load(Path(__file__).parents[2] / "config.example.toml")
    assert list(missing_words(config)) == []
    lacking = msgspec.structs.replace(config, hoster=Hoster(name="Exemple"))
    assert any("hoster.registration" in line for line in missing_words(lacking))
