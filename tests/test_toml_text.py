"""Whatever stands in a TOML file, it is a document or an error of TOML."""

import tomllib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.toml_text import parse_toml


@pytest.mark.parametrize(
    "text", ["a=" + "[" * 50_000, "a=" + "{b=" * 50_000, "a=" + "9" * 10_000, "a=-" + "9" * 10_000]
)
def test_depth_and_digits_are_errors_of_toml(text: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        parse_toml(text)


@given(st.text(alphabet="ab=[]{}.,'\"\n 019eE+-:TZ#_x"))
def test_any_text_is_a_document_or_an_error(text: str) -> None:
    with suppress(tomllib.TOMLDecodeError):
        assert isinstance(parse_toml(text), dict)
