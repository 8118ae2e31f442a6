"""The parts of the model, and how they are put together."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.annexe2 import meaning
from noc_tui.contract.annexe2.blend import load_blends, mix_shares
from noc_tui.contract.annexe2.model import load_model
from noc_tui.contract.annexe2.subwords import load_subwords, pieces

SCORES = st.lists(st.floats(-50, 50), min_size=4, max_size=4)


@given(SCORES, SCORES)
def test_mixed_shares_add_up_to_one(one: list[float], other: list[float]) -> None:
    shares = mix_shares([one, other], (0.5, 1.0))
    assert sum(shares) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in shares)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_confidence_never_falls_while_the_share_rises(shares: list[float]) -> None:
    low, high = sorted(shares)
    for blend in load_blends().values():
        assert 0 <= blend.confidence(low) <= blend.confidence(high) <= 1


def test_the_table_has_a_column_a_row_and_verdict_and_weighs_little() -> None:
    table, model = load_subwords(), load_model()
    width = len(model.rows) + len(model.verdicts)
    assert len(table.bias) == len(table.scales) == width
    assert len(table.rarity) == table.size
    assert len(table.weights) == table.size * width < 8_000_000


def test_pieces_know_where_a_word_begins_and_ends() -> None:
    assert {" v", "vm", "m ", " vm", "vm ", " vm "} == set(pieces("vm"))


def test_a_word_that_nobody_listed_lands_near_its_kin() -> None:
    table, rows = load_subwords(), load_model().rows
    place = rows.index("restauration-sauvegarde")
    one = table.columns(["restauratoin"])
    assert one[place] > table.bias[place]


def test_the_order_and_number_of_words_changes_nothing() -> None:
    table = load_subwords()
    assert table.columns(["vm", "ram", "vm"]) == pytest.approx(table.columns(["ram", "vm"]))


def test_the_head_over_sentences_and_its_known_tickets_agree(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With an encoder in the place of the extra's: its vectors are those that were shipped."""
    monkeypatch.setattr(meaning, "load_encoder", lambda: lambda _text: [0.0] * meaning.WIDTH)
    meaning.load_meaning.cache_clear()
    made = meaning.load_meaning()
    meaning.load_meaning.cache_clear()
    assert made is not None
    assert len(made.vectors) == meaning.WIDTH * len(made.known)
    assert {known.row for known in made.known} <= set(load_model().rows)
    vector = [value / 127 for value in made.vectors[: meaning.WIDTH]]
    assert made.nearest(vector)[0] == made.known[0]
    model = load_model()
    scores = made.columns(vector)[: len(model.rows)]
    best = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)[:3]
    assert made.known[0].row in {model.rows[place] for place in best}


def test_another_model_than_the_pinned_one_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / meaning.PACKAGE
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('never loaded')", encoding="utf-8")
    (package / meaning.MODEL).write_bytes(b"another model")
    monkeypatch.syspath_prepend(tmp_path)
    assert meaning.load_encoder.__wrapped__() is None
