"""What the API declares is what `nocd` answers, no more and no less."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import NoneType
from typing import get_args

import msgspec
import pytest
from msgspec.structs import fields

from noc_tui.api import core
from noc_tui.api import credits as claims
from noc_tui.api.core import EVENTS
from noc_tui.daemon.core import health
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.daemon.program.services import build_services
from storage import heads, intents, oncall, outbox
from tests.support.answers import ANSWERS
from tests.support.context import made_context
from tests.support.endpoints import ENDPOINTS

UNKNOWN_VERB = "/{verb}"
ROWS = {
    "alerts.Alert": oncall.Alert,
    "alerts.Shift": oncall.Shift,
    "evidence.Head": heads.Head,
    "guests.Intent": intents.Intent,
    "messages.Message": outbox.Message,
}
"""Answers that are rows of the database: of the same field names."""


WIRE = Path(__file__).with_name("wire.json")
"""What scripts rely on: of each endpoint its address, role, status, and the keys of its JSON."""


def keys_of(shape: object) -> str | None:
    """The keys of a JSON object, those that may be left out with a question mark."""
    if shape is NoneType:
        return None
    if (listed := get_args(shape)) and isinstance(listed[0], type):
        shape = listed[0]
    if not (isinstance(shape, type) and issubclass(shape, msgspec.Struct)):
        return str(shape)
    keys = (f"{one.encode_name}{'' if one.required else '?'}" for one in fields(shape))
    return " ".join(keys)


def wire() -> dict[str, object]:
    return {
        name: {
            "address": f"{one.method} {one.path}",
            "query": " ".join(one.query),
            "role": one.role.word,
            "status": one.status,
            "body": keys_of(one.body),
            "answer": keys_of(one.answer),
        }
        for name, one in ENDPOINTS.items()
    }


def test_what_scripts_rely_on_is_as_it_was() -> None:
    """A key that was added is written into the file; one that is gone breaks somebody's script."""
    assert wire() == json.loads(WIRE.read_text(encoding="utf-8"))


def test_an_endpoint_is_declared_once() -> None:
    addresses = [(one.method, one.path) for one in ENDPOINTS.values()]
    assert len(addresses) == len(set(addresses)) > 40


@pytest.mark.anyio
async def test_the_routes_of_the_daemon_are_the_endpoints_of_the_api(tmp_path: Path) -> None:
    async with made_context(tmp_path) as context:
        refusals = Refusals(context.writer, context.clock)
        app = application(lambda: context.config, refusals)
        for part in (health.build(context, refusals), *build_services(context)):
            app.add_routes(part.routes())
        routes = [
            (route.method, route.resource.canonical)
            for route in app.router.routes()
            if route.resource is not None and route.method != "HEAD"
        ]
    answered = {one for one in routes if one not in _refusals_of_unknown_verbs()}
    assert len(routes) == len(set(routes))
    assert answered == {(one.method, one.path) for one in ENDPOINTS.values()}


def _refusals_of_unknown_verbs() -> set[tuple[str, str]]:
    """What says of a verb that there is none, where each verb is an endpoint of its own."""
    own = {one.path for one in ENDPOINTS.values()}
    above = {path.rpartition("/")[0] + UNKNOWN_VERB for path in own}
    return {("POST", path) for path in above - own}


@pytest.mark.parametrize("name", [name for name, one in ENDPOINTS.items() if one.method == "POST"])
def test_an_answer_to_a_change_is_read_back_as_it_was_written(name: str) -> None:
    endpoint = ENDPOINTS[name]
    answer = ANSWERS[endpoint.answer]
    assert msgspec.json.decode(msgspec.json.encode(answer), type=endpoint.answer) == answer
    assert answer.__struct_config__.frozen
    if endpoint.body is not NoneType:
        assert endpoint.body.__struct_config__.frozen


def test_a_request_holds_its_parameters_whatever_they_are() -> None:
    claimed = claims.GRANT(claims.Decision(), tenant="a/b c\n", month="2026-02")
    assert claimed.target == "/v1/credits/a%2Fb%20c%0A/2026-02/grant"
    assert claimed.body == b'{"reason":"","beyond_cap":null}'
    assert EVENTS(after=3).target == "/v1/events?after=3"
    assert core.HEALTH().body == b""
    with pytest.raises(KeyError):
        claims.GRANT(claims.Decision(), tenant="acme")


def test_what_a_console_imports_before_its_first_frame_declares_no_endpoint() -> None:
    words = "import sys, noc_tui.console.app, noc_tui.console.screens.overview.screen"
    told = "print(*sorted(one for one in sys.modules if one.startswith('noc_tui.api')))"
    done = subprocess.run(
        [sys.executable, "-c", f"{words}; {told}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["noc_tui.api", "noc_tui.api.endpoint"]


@pytest.mark.parametrize("name", ROWS)
def test_an_answer_that_is_a_row_has_its_field_names(name: str) -> None:
    module, _, shape = name.partition(".")
    answer = getattr(importlib.import_module(f"noc_tui.api.{module}"), shape)
    assert answer.__struct_fields__ == ROWS[name].__struct_fields__
