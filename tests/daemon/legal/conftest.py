"""The legal service on a real socket, asked by members of the demo's cast."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from noc_tui.config.values import Demo
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.daemon.legal import service
from storage.register import TENANTS
from tests.daemon.promises.conftest import Post
from tests.support.changes import recorded
from tests.support.context import made_context
from tests.support.played_estate import tenant
from tests.support.served import served


@pytest.fixture
async def noc(tmp_path: Path) -> AsyncIterator[tuple[Context, Post]]:
    """A context whose register has acme and zeta: `await post("omar", path, …)`."""
    async with made_context(tmp_path) as context:
        context.config = replace(context.config, demo=Demo(account=os.getuid()))
        async with recorded(context.writer) as change:
            await change.put(TENANTS, [tenant("acme"), tenant("zeta")])
        app = application(lambda: context.config, Refusals(context.writer, context.clock))
        app.add_routes(service.build(context).routes())
        async with served(app, context.config.socket.path) as session:

            async def post(who: str, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
                headers = {"X-Noc-As": who}
                url = f"http://nocd/v1/legal/{path}"
                async with session.post(url, json=body, headers=headers) as found:
                    return found.status, await found.json()

            yield context, post
