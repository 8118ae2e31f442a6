"""The estate that is played poll by poll, as fixtures; March is over, and to be closed."""

from collections.abc import AsyncIterator

import pytest

from tests.daemon.availability.test_credit_decisions import Socket
from tests.daemon.monthend.served import opened
from tests.statement.test_statement import month_with_an_outage
from tests.support.played_estate import Estate, clock, context, estate, writer

__all__ = ["clock", "context", "estate", "writer"]


@pytest.fixture
async def socket(estate: Estate) -> AsyncIterator[Socket]:
    """Zeta was out in March, and it is the third of April."""
    await month_with_an_outage(estate)
    await estate.clock.advance(2 * 86400)
    async with opened(estate) as made:
        yield made
