"""A lab for each test of the daemon's part."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.daemon.suspension.lab import Lab, made_lab
from tests.support.tls import Served, make_tls


@pytest.fixture(scope="session")
def mail_tls(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return make_tls(tmp_path_factory.mktemp("mail-tls"))


@pytest.fixture
async def lab(tmp_path: Path, mail_tls: Served) -> AsyncIterator[Lab]:
    async with made_lab(tmp_path, mail_tls) as made:
        yield made
