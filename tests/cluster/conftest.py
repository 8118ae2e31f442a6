"""Fixtures of the gateway's tests: real TLS on loopback."""

import pytest

from tests.support.tls import Served, make_tls


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return make_tls(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def other_tls(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return make_tls(tmp_path_factory.mktemp("other-tls"), "other")
