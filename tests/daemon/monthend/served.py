"""`nocd`'s answers about a month's end and about what is decided of it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import msgspec

from noc_tui.config.values import Demo
from noc_tui.daemon.availability.routes import table
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.daemon.monthend.service import MonthEndService
from storage.heads import SigningKey, sign_head, use_key
from tests.daemon.availability.test_credit_decisions import Socket
from tests.support.played_estate import Estate
from tests.support.served import served


async def sign_all(context: Context) -> SigningKey:
    """Sign a head over all entries, as `nocd` does within a second; returns the key."""
    signing = context.signing
    async with context.writer.change(itself()) as change:
        if signing.key is None:
            signing.key = SigningKey.generate()
            await use_key(change, signing.key)
    async with context.writer.change(itself()) as change:
        await sign_head(change, signing.key)
    return signing.key


@asynccontextmanager
async def opened(estate: Estate) -> AsyncIterator[Socket]:
    """The socket, over the estate's database."""
    config = msgspec.structs.replace(estate.context.config, demo=Demo(account=os.getuid()))
    context = replace(estate.context, config=config)
    app = application(lambda: config, Refusals(context.writer, context.clock))
    app.add_routes(table(context))
    service = MonthEndService(context)
    app.add_routes(service.routes())
    async with served(app, config.socket.path) as session:
        yield Socket(session)
