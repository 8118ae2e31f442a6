"""`nocd`'s answers about a month's end and about what is decided of it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import msgspec

from noc_tui.config.values import Demo
from noc_tui.daemon.availability.routes import table
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.daemon.monthend.service import MonthEndService
from tests.daemon.availability.test_credit_decisions import Socket
from tests.support.played_estate import Estate
from tests.support.served import served


@asynccontextmanager
async def opened(estate: Estate) -> AsyncIterator[Socket]:
    """The socket, over the estate's database."""
    config = msgspec.structs.replace(estate.context.config, demo=Demo(account=os.getuid()))
    context = replace(estate.context, config=config)
    app = application(lambda: config, Refusals(context.writer, context.clock))
    app.add_routes(table(context))
    app.add_routes(MonthEndService(context).routes())
    async with served(app, config.socket.path) as session:
        yield Socket(session)
