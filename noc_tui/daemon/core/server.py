"""The Unix socket: HTTP and JSON, one error form, every refusal on the evidence log.

What can be asked is declared in `noc_tui.api`. A request that is not done is answered by a
`noc_tui.api.endpoint.Failure` with the HTTP status of `noc_tui.daemon.core.errors`.
"""

import asyncio
import os
import socket
import stat
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any, Generic, TypeVar, cast

import msgspec
from aiohttp import web

from noc_tui import i18n, roles
from noc_tui.api.endpoint import PLAYED, Endpoint, Failure
from noc_tui.config import Configuration
from noc_tui.daemon.core.errors import (
    BadRequest,
    Forbidden,
    NotFound,
    Refusal,
    TooSlow,
    Unavailable,
)
from noc_tui.daemon.core.identity import peer_uid, require
from noc_tui.daemon.core.log import logger
from noc_tui.daemon.core.refusals import Refusals, without_secret_names
from noc_tui.i18n import _
from noc_tui.labels import decoding, unwritable
from noc_tui.roles import Caller, Role
from storage.errors import UnstorableError, UnwritableError

A = TypeVar("A")
B = TypeVar("B")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CALLER: web.RequestKey[Caller] = web.RequestKey("caller", Caller)
MAX_BODY = 12 * 1024 * 1024
"""The largest file of a case, in base64, with what is said of it."""
BODY_SECONDS = 20.0
"""How long the body of a request may take to arrive, in the machine's seconds."""


@dataclass(frozen=True, slots=True)
class Call(Generic[B]):
    """A request whose caller has the role that it needs: its body, and what its address says."""

    who: Caller
    body: B
    path: Mapping[str, str]
    query: Mapping[str, str]


def route(endpoint: Endpoint[B, A], handler: Callable[[Call[B]], Awaitable[A]]) -> web.RouteDef:
    """The route of an endpoint: its role is asked for, its body read, its answer written."""

    async def answered(request: web.Request) -> web.StreamResponse:
        who = caller(request, endpoint.role)
        asked = await body(request, endpoint.body)
        done = await handler(Call(who, asked, request.match_info, request.query))
        return answer(done, endpoint.status)

    return web.route(endpoint.method, endpoint.path, answered)


def unknown_verb(path: str, role: Role, sentence: Callable[[str], str]) -> web.RouteDef:
    """The route, after all others below that path, that says of a verb that there is none."""

    async def refused(request: web.Request) -> web.StreamResponse:
        caller(request, role)
        raise NotFound(sentence(request.match_info["verb"]))

    return web.post(f"{path}/{{verb}}", refused)


def answer(value: Any, status: int = 200) -> web.Response:
    """A JSON answer from anything msgspec can encode."""
    return web.Response(
        body=msgspec.json.encode(value), status=status, content_type="application/json"
    )


async def body(request: web.Request, shape: type[B]) -> B:
    """The request's body as `shape`; `BadRequest` names the field that is wrong."""
    if shape is NoneType:
        return cast(B, None)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            sent = await request.read()
    except TimeoutError as error:
        raise TooSlow(_("the body of this request did not arrive in time")) from error
    except (web.RequestPayloadError, ConnectionError) as error:  # the latter: hung up within
        raise BadRequest(_("the body of this request is not what its head says")) from error
    try:
        return msgspec.json.decode(sent or b"{}", type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(decoding.sentence(error)) from error


def caller(request: web.Request, needed: Role = Role.VIEWER) -> Caller:
    """Who made this request; `Forbidden` unless the role suffices."""
    return require(request[CALLER], needed)


def application(config: Callable[[], Configuration], refusals: Refusals) -> web.Application:
    """An application whose every request has a known caller and one form of error.

    `config` gives the configuration in force: who has which role may change while it runs.
    """
    log = logger("socket")

    async def handled(request: web.Request, handler: Handler) -> web.StreamResponse:
        uid = peer_uid(request)
        try:
            request[CALLER] = _known(uid, request, config())
            return await handler(request)
        except Forbidden as refusal:
            name = request[CALLER].name if CALLER in request else roles.account_name(uid)
            await refusals.record(uid, name, f"{request.method} {request.path}", str(refusal))
            raise

    async def formed(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handled(request, handler)
        except Refusal as refusal:
            return answer(Failure(str(refusal), refusal.code), refusal.status)
        except (UnwritableError, UnstorableError) as error:
            log.warning(
                "not stored",
                method=request.method,
                path=without_secret_names(request.path),
                error=str(error),
            )
            return _not_stored(error)
        except web.HTTPException as error:
            return answer(Failure(error.reason, 2), error.status)
        except Exception:
            log.exception(
                "request failed", method=request.method, path=without_secret_names(request.path)
            )
            return answer(Failure(_("internal error: see the log of nocd"), 1), 500)

    @web.middleware
    async def one_form_of_error(request: web.Request, handler: Handler) -> web.StreamResponse:
        with i18n.speak_language(_language(request)):
            response = await formed(request, handler)
        if not response.prepared:
            response.force_close()  # one request a connection: none is held by silence after it
        return response

    return web.Application(middlewares=[one_form_of_error], client_max_size=MAX_BODY)


def _not_stored(error: UnwritableError | UnstorableError) -> web.Response:
    """A request of which nothing was kept: what it asks can never be stored, or cannot now."""
    if isinstance(error, UnstorableError):
        return answer(Failure(_("a number here is too large"), BadRequest.code), BadRequest.status)
    told = Failure(unwritable.sentence(error.kind), Unavailable.code)
    return answer(told, Unavailable.status)


def _language(request: web.Request) -> i18n.Language:
    """The one the caller's program speaks, so that a refusal is read in it; else `nocd`'s own."""
    asked = request.headers.get("Accept-Language", "")
    return next((one for one in i18n.LANGUAGES if one == asked), i18n.language())


def _known(uid: int, request: web.Request, config: Configuration) -> Caller:
    try:
        return roles.caller(uid, config.roles, config.demo, request.headers.get(PLAYED))
    except roles.RoleRefusedError as error:
        raise Forbidden(str(error)) from error


def listening_socket(path: Path) -> socket.socket:
    """The daemon's socket; one left over by a dead daemon is replaced.

    Every account of the machine may connect: what it may do is decided by the uid that the kernel
    tells, so that who may do nothing is told so, and is on record.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
        path.unlink()
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o111)
    try:
        server.bind(str(path))
    finally:
        os.umask(mask)
    return server
