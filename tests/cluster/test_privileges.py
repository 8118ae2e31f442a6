"""What a token needs, by the version of the cluster."""

import pytest

from noc_tui.cluster.privileges import NEEDS, needs_of_version
from noc_tui.cluster.slow import major_of


@pytest.mark.parametrize(
    ("version", "asks"), [("7.4-17", False), ("8.4.21", True), ("9.2.11", True), ("odd", True)]
)
def test_a_version_is_asked_for_what_it_knows(version: str, asks: bool) -> None:
    known = needs_of_version(NEEDS, major_of(version))
    assert ("SDN.Use" in {need.privilege for need in known}) is asks
