"""The daemon's application on a real socket of a test, closed whatever the test does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession, UnixConnector, web

from noc_tui.daemon.core.server import listening_socket

SHUTDOWN_SECONDS = 0.1
"""How long the end waits for a request that is being answered; aiohttp would wait a minute."""


@asynccontextmanager
async def served(app: web.Application, path: Path) -> AsyncIterator[ClientSession]:
    """A session with the application, which listens at `path`."""
    runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.SockSite(runner, listening_socket(path)).start()
        async with ClientSession(connector=UnixConnector(path=str(path))) as session:
            yield session
    finally:
        await runner.cleanup()


@asynccontextmanager
async def served_on_loopback(app: web.Application) -> AsyncIterator[str]:
    """The address of an application of the world outside, without a slash at its end."""
    runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
