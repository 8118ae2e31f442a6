"""Refusals: in the language of who asked, whatever `nocd` itself speaks, and never a crash."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from aiohttp import ClientResponse, web

from noc_tui import i18n
from noc_tui.daemon.core.errors import NotFound
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.i18n import _
from storage import evidence
from tests.support.context import made_context
from tests.support.served import served

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def answered(
    app: web.Application, socket: Path, path: str, language: str
) -> AsyncIterator[ClientResponse]:
    """What the application answers on a real socket to who speaks that language."""
    async with (
        served(app, socket) as session,
        session.get(f"http://nocd{path}", headers={"Accept-Language": language}) as response,
    ):
        yield response


async def refuse(_request: web.Request) -> web.StreamResponse:
    raise NotFound(_("no tenant is called {name}").format(name="acme"))


async def test_a_number_beyond_the_database_is_bad_input(tmp_path: Path) -> None:
    async with made_context(tmp_path) as context:

        async def look(_request: web.Request) -> web.StreamResponse:
            await context.writer.rows("SELECT ?", (10**30,))
            raise AssertionError

        app = application(lambda: context.config, Refusals(context.writer, context.clock))
        app.router.add_get("/look", look)
        async with answered(app, context.config.socket.path, "/look", "fr") as response:
            assert response.status == 400
            assert await response.json() == {"error": "un nombre est trop grand", "code": 2}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("fr", "aucun client ne s’appelle acme"),
        ("en", "no tenant is called acme"),
        ("tlh", "no tenant is called acme"),
    ],
)
async def test_a_refusal_speaks_the_callers_language(tmp_path: Path, asked: str, said: str) -> None:
    async with made_context(tmp_path) as context:
        app = application(lambda: context.config, Refusals(context.writer, context.clock))
        app.router.add_get("/refused", refuse)
        async with answered(app, context.config.socket.path, "/refused", asked) as response:
            assert (await response.json())["error"] == said
    assert i18n.language() == "en"


async def test_a_path_that_may_name_a_secret_case_is_kept_without_its_identifier(
    tmp_path: Path,
) -> None:
    async with made_context(tmp_path) as context:
        refusals = Refusals(context.writer, context.clock)
        await refusals.record(1001, "omar", "POST /v1/suspensions/K7QX2M9P/check", "no")
        await refusals.record(1002, "olga", "GET /v1/authority-orders/K7QX2M9P", "no")
        await refusals.record(1003, "lea", "POST /v1/suspensions/S-0001/check", "no")
        found = await evidence.search(context.writer, evidence.Query(kind="access.refused"))
    paths = [msgspec.json.decode(entry.payload or "{}")["request"] for entry in reversed(found)]
    assert paths == [
        "POST /v1/suspensions/…/check",
        "GET /v1/authority-orders/…",
        "POST /v1/suspensions/S-0001/check",
    ]
