"""The items of a handover as they are typed: what is meant, or a mistake; never nothing at all."""

import pytest

from noc_tui.commands.failure import BadInput
from noc_tui.commands.handover import positions


@pytest.mark.parametrize(
    ("typed", "meant"), [("1", [1]), ("1,3-5", [1, 3, 4, 5]), (" 2 , 4-4", [2, 4])]
)
def test_items_are_numbers_and_spans(typed: str, meant: list[int]) -> None:
    assert positions(typed) == meant


@pytest.mark.parametrize("typed", ["5-3", "1,5-3", "", "a", "1-", "-1", "1-99999", "9" * 5000])
def test_what_means_nothing_is_told_before_anything_is_signed(typed: str) -> None:
    with pytest.raises(BadInput):
        positions(typed)
