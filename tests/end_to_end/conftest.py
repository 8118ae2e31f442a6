"""Scenes for the tests of whole programs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .programs import Scene, scene


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Scene]:
    """A small estate and its daemon, thirty times as fast as real time."""
    with scene(tmp_path) as found:
        yield found
