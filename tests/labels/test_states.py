"""Every state has one glyph, one word and one tone, in one place."""

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest

import noc_tui
from noc_tui import i18n
from noc_tui.alerts.checks import guest
from noc_tui.alerts.rule import SEVERITIES
from noc_tui.contract.backups import Freshness
from noc_tui.labels import states
from noc_tui.labels.states import StateLabel, label_of, label_text, month_label
from noc_tui.views.tenant import TenantState
from widgets.tones import TONES

TABLES = {
    name: table
    for name, table in vars(states).items()
    if isinstance(table, Mapping) and name.isupper()
}


@pytest.mark.parametrize("name", TABLES)
def test_a_state_is_told_by_glyph_and_word_and_never_by_tone_alone(name: str) -> None:
    for label in TABLES[name].values():
        assert len(label.glyph) == 1
        assert label.word
        assert label.tone in TONES
    glyphs_and_words = [(label.glyph, label.word) for label in TABLES[name].values()]
    assert name == "CASE_GUEST" or len(set(glyphs_and_words)) == len(glyphs_and_words)


def test_what_is_known_by_one_code_is_worded_once_where_it_is_the_same_thing() -> None:
    assert states.AVAILABILITY["out"] is states.MONTH["out"]
    assert states.AVAILABILITY["empty"] is states.TENANT["empty"]
    assert states.QUORUM[None] is states.CLUSTER["unknown"]
    unknown = {table["unknown"].word for table in TABLES.values() if "unknown" in table}
    assert unknown == {"unknown", "outcome unknown"}


def test_every_state_of_the_rules_has_its_label() -> None:
    assert set(guest.TROUBLE) <= set(states.GUEST)
    assert {*SEVERITIES, "unknown"} == set(states.SEVERITY)
    assert set(Freshness) == set(states.BACKUP)
    assert set(TenantState) == set(states.AVAILABILITY)


def test_no_state_is_worded_anywhere_else() -> None:
    root = Path(noc_tui.__file__).parent
    made = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "StateLabel"
    }
    assert made == {"labels/states.py"}


def test_a_state_that_nobody_listed_is_shown_as_it_is_called_and_as_unknown() -> None:
    assert label_of(states.GUEST, "odd\x1b") == StateLabel("?", "odd␛", "unknown")


def test_a_label_is_in_the_language_of_the_reader() -> None:
    with i18n.speak_language("fr"):
        assert label_text(states.SEVERITY, "warning") == "▲ à surveiller"


@pytest.mark.parametrize(
    ("out", "tier", "worst_tier", "text"),
    [
        (True, 10, 10, "✖ out now"),
        (False, 10, 25, "▲ 10 %"),
        (False, 0, 10, "? unproven"),
        (False, 0, 0, "● kept"),
    ],
)
def test_a_month(out: bool, tier: int, worst_tier: int, text: str) -> None:
    assert month_label(out=out, tier=tier, worst_tier=worst_tier).text == text
