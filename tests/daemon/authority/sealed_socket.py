"""The socket of a daemon with a sealed file, as operators who may know and others ask it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession
from msgspec.structs import replace

from noc_tui.api.endpoint import PLAYED
from noc_tui.config.values import Demo
from noc_tui.daemon.alerts.service import build as build_alerts
from noc_tui.daemon.availability.routes import table as availability
from noc_tui.daemon.core import health
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.daemon.evidence.service import EvidenceService
from tests.daemon.authority.sealed_lab import SealedLab
from tests.support.served import served


@dataclass
class Asked:
    """The socket, as each player asks it."""

    http: ClientSession
    parts: EvidenceService

    async def __call__(
        self, who: str, method: str, path: str, body: object = None
    ) -> tuple[int, Any]:
        async with self.http.request(
            method, f"http://nocd/v1{path}", json=body, headers={PLAYED: who}
        ) as answer:
            return answer.status, await answer.json()


@asynccontextmanager
async def asking(lab: SealedLab) -> AsyncIterator[Asked]:
    """The routes of whatever tells of orders, suspensions, outages and evidence."""
    context = lab.lab.context
    cast = {"vera": "viewer", "omar": "operator", "marc": "lead", "olga": "operator", "lea": "lead"}
    context.config = replace(
        context.config,
        demo=Demo(account=os.getuid(), cast=cast),  # type: ignore[arg-type]
    )
    refusals = Refusals(context.writer, context.clock)
    app = application(lambda: context.config, refusals)
    kept = EvidenceService(context)
    await kept.signer.take_key()
    parts = (lab.service, kept, build_alerts(context), health.build(context, refusals))
    for part in parts:
        app.add_routes(part.routes())
    app.add_routes(availability(context))
    async with served(app, context.config.socket.path) as http:
        yield Asked(http, kept)
