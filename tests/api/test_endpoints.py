"""What the API declares is what `nocd` answers, no more and no less."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any

import msgspec
import pytest
from msgspec import inspect

import noc_tui.api
from noc_tui.api.core import EVENTS
from noc_tui.api.endpoint import Endpoint
from noc_tui.daemon.core import health
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.daemon.core.services import build_services
from storage import heads, intents, oncall, outbox
from tests.support.context import made_context

UNKNOWN_VERB = "/{verb}"
ROWS = {
    "alerts.Alert": oncall.Alert,
    "alerts.Shift": oncall.Shift,
    "evidence.Head": heads.Head,
    "guests.Intent": intents.Intent,
    "messages.Message": outbox.Message,
}
"""Answers that are rows of the database: of the same field names."""


def declared() -> Iterator[tuple[str, Endpoint[Any, Any]]]:
    """Every endpoint of every module of the API, by its name."""
    for module in pkgutil.iter_modules(noc_tui.api.__path__):
        names = vars(importlib.import_module(f"noc_tui.api.{module.name}"))
        for name, value in names.items():
            if isinstance(value, Endpoint):
                yield f"{module.name}.{name}", value


ENDPOINTS = dict(declared())


def test_an_endpoint_is_declared_once() -> None:
    addresses = [(one.method, one.path) for one in ENDPOINTS.values()]
    assert len(addresses) == len(set(addresses)) > 40


@pytest.mark.anyio
async def test_the_routes_of_the_daemon_are_the_endpoints_of_the_api(tmp_path: Path) -> None:
    async with made_context(tmp_path) as context:
        refusals = Refusals(context.writer, context.clock)
        app = application(context.config, refusals)
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


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=ENDPOINTS)
def test_bodies_are_frozen_and_answers_can_be_read_back(endpoint: Endpoint[Any, Any]) -> None:
    if endpoint.body is not NoneType:
        assert endpoint.body.__struct_config__.frozen
        assert endpoint.method == "POST"
    if endpoint is not EVENTS:
        msgspec.json.Decoder(endpoint.answer)
        inspect.type_info(endpoint.answer)


@pytest.mark.parametrize("name", ROWS)
def test_an_answer_that_is_a_row_has_its_field_names(name: str) -> None:
    module, _, shape = name.partition(".")
    answer = getattr(importlib.import_module(f"noc_tui.api.{module}"), shape)
    assert answer.__struct_fields__ == ROWS[name].__struct_fields__
