"""The tenants' service on a real socket, asked by members of the demo's cast."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from noc_tui.config.values import Demo
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.daemon.tenants import service
from storage.register import TENANT_POOLS, TENANTS, TenantPool
from tests.support.changes import recorded
from tests.support.context import made_context
from tests.support.played_estate import tenant
from tests.support.served import served

Post = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


@pytest.fixture
async def noc(tmp_path: Path) -> AsyncIterator[tuple[Context, Post]]:
    """A context whose register has acme, whose contract ended on 1 March 2026 and whose data is
    confirmed, and a way to ask: `await post("omar", path, …)`.
    """
    async with made_context(tmp_path) as context:
        context.config = replace(context.config, demo=Demo(account=os.getuid()))
        end = date(2026, 3, 1)
        async with recorded(context.writer) as change:
            acme = replace(tenant("acme"), contract_end=end, data_confirmed=end)
            await change.put(TENANTS, [acme, tenant("zeta")])
            await change.put(
                TENANT_POOLS, [TenantPool("rennes", "acme", date(2020, 1, 1), None, "acme")]
            )
        app = application(lambda: context.config, Refusals(context.writer, context.clock))
        app.add_routes(service.build(context).routes())
        async with served(app, context.config.socket.path) as session:

            async def post(who: str, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
                headers = {"X-Noc-As": who}
                async with session.post(f"http://nocd{path}", json=body, headers=headers) as found:
                    return found.status, await found.json()

            yield context, post
