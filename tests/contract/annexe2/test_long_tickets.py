"""A client's text of any shape is cut into words in a time that follows its length: `nocd` and the
console read it in the process that does everything else.
"""

import time

import pytest

from noc_tui.contract.annexe2.tokens import tokens

LENGTH = 64_000  # the longest ticket that the socket takes


@pytest.mark.parametrize("piece", [".", "-", "a-", "a@", "+", "1", "1.", "a.", "http://a/", "\\"])
def test_no_text_takes_long_to_cut(piece: str) -> None:
    began = time.process_time()
    tokens(piece * (LENGTH // len(piece)))
    assert time.process_time() - began < 3  # seconds; the square of its length took twenty


def test_addresses_are_still_words_of_their_own() -> None:
    text = "écrivez à prenom.nom+noc@mail.example.fr svp"
    assert [one.word for one in tokens(text)] == ["ecrivez", "a", "mail_", "svp"]
