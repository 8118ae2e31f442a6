"""A refusal is read in the language of who asked, whatever `nocd` itself speaks."""

from pathlib import Path

import pytest
from aiohttp import ClientSession, UnixConnector, web

from noc_tui import i18n
from noc_tui.daemon.errors import NotFound
from noc_tui.daemon.refusals import Refusals
from noc_tui.daemon.server import application, listening_socket
from noc_tui.i18n import _

from .context import made_context

pytestmark = pytest.mark.anyio


async def refuse(_request: web.Request) -> web.StreamResponse:
    raise NotFound(_("no tenant is called {name}").format(name="acme"))


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
        app = application(context.config, Refusals(context.writer, context.clock))
        app.router.add_get("/refused", refuse)
        runner = web.AppRunner(app)
        await runner.setup()
        socket = context.config.socket.path
        await web.SockSite(runner, listening_socket(socket)).start()
        async with (
            ClientSession(connector=UnixConnector(path=str(socket))) as session,
            session.get("http://nocd/refused", headers={"Accept-Language": asked}) as response,
        ):
            assert (await response.json())["error"] == said
        await runner.cleanup()
    assert i18n.language() == "en"
