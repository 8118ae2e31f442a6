"""A lab whose daemon has a sealed file: both services of suspensions over one cluster."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.daemon.authority.sealed_lab import SealedLab, made_sealed_lab
from tests.support.tls import Served, make_tls


@pytest.fixture(scope="session")
def mail_tls(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return make_tls(tmp_path_factory.mktemp("mail-tls"))


@pytest.fixture
async def lab(tmp_path: Path, mail_tls: Served) -> AsyncIterator[SealedLab]:
    async with made_sealed_lab(tmp_path, mail_tls) as made:
        yield made
