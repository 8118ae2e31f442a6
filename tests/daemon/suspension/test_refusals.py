"""A refusal is worded for who reads it."""

from noc_tui.contract.suspension.reasons import NOT_FROM, Reason
from noc_tui.daemon.suspension.cases import sentence
from noc_tui.i18n import speak_language


def test_a_state_is_said_by_its_word_in_the_readers_language() -> None:
    with speak_language("fr"):
        told = sentence(Reason("R15", NOT_FROM, {"state": "suspended"}))
    assert "« en vigueur »" in told.replace("\u00a0", " ").replace("\u202f", " ")
    assert "suspended" not in told
