"""Scenes for the tests of whole programs."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.programs import Scene, scene


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A small estate and its daemon, thirty times as fast as real time, for a module's tests."""
    with scene(tmp_path_factory.mktemp("stage")) as found:
        yield found


@pytest.fixture
def played(stage: Scene) -> Scene:
    """The stage, everything at work and fresh."""
    stage.mend()
    return stage
