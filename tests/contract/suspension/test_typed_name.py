"""A name typed at night on any keyboard is still the tenant's, and only the tenant's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.suspension.typed_name import is_same_name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("editions fleurie", "Éditions Fleurie"),
        (" Imprimerie  l'Estuaire ", "Imprimerie l’Estuaire"),
        ("Coeur d'Ile", "Cœur d’Île"),
        ("FERME OCEANE", "Ferme Oce\u0301ane"),
    ],
)
def test_accents_case_and_apostrophes_are_no_obstacle(typed: str, name: str) -> None:
    assert is_same_name(typed, name)


@pytest.mark.parametrize("typed", ["", " ", "Edition Fleurie", "Éditions", "EditionsFleurie"])
def test_another_name_is_another(typed: str) -> None:
    assert not is_same_name(typed, "Éditions Fleurie")


@given(st.text())
def test_a_name_is_its_own(name: str) -> None:
    assert is_same_name(name, name)
