"""What goes wrong with a request about a sealed case is told there, and nowhere else."""

from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from noc_tui.daemon.authority.dispatch import SealedRoutes
from noc_tui.daemon.authority.sealed_context import LOG_FILE, sealed_context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from storage.errors import UnwritableError
from tests.support.context import made_context
from tests.support.served import served

pytestmark = pytest.mark.anyio
SECRET = "K7QX2M9P"


class Asked:
    """As much of a request as an error names."""

    method, path = "POST", f"/v1/suspensions/{SECRET}/check"


@pytest.mark.parametrize(
    ("failure", "status"),
    [(None, 200), (Conflict("no"), 409), (UnwritableError("full"), 503), (OSError("x"), 500)],
)
async def test_an_answer_is_given_whatever_follows_it(
    tmp_path: Path, failure: Exception | None, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    async with made_context(tmp_path, sealing=True) as context:
        assert context.sealed is not None
        inner = sealed_context(context, context.sealed)

        async def after() -> None:
            raise UnwritableError("the sealed file is full")

        async def answered(_request: web.Request) -> web.StreamResponse:
            if failure is not None:
                raise failure
            return web.Response()

        routes = SealedRoutes(inner, Refusals(inner.writer, inner.clock), after)
        answer = await routes.shield(cast(Any, Asked()), answered)
        assert answer.status == status
        log = context.sealed.path.with_name(LOG_FILE).read_text(encoding="utf-8")
        assert "after a request" in log
        assert (SECRET in log) is (status >= 500)
        said = capfd.readouterr()
        assert SECRET not in said.out + said.err


async def test_the_log_that_others_read_names_no_secret_case(tmp_path: Path) -> None:
    async with made_context(tmp_path) as context:

        async def broken(_request: web.Request) -> web.StreamResponse:
            raise OSError("the sealed file cannot be read")

        app = application(lambda: context.config, Refusals(context.writer, context.clock))
        app.router.add_get("/v1/suspensions/{id}", broken)
        with capture_logs() as lines:
            async with (
                served(app, context.config.socket.path) as http,
                http.get(f"http://nocd/v1/suspensions/{SECRET}") as answer,
            ):
                assert answer.status == 500
    assert [line["path"] for line in lines] == ["/v1/suspensions/…"]
