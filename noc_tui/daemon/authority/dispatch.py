"""Sends a request about a suspension to the service whose file holds it.

A sealed case is answered to accounts of `[roles.confidential]` alone; for all others its identifier
is one that does not exist, answered by the same code as any other. What goes wrong with a request
about a sealed case is written where the case is, and not into the log and the evidence that others
read.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.api.endpoint import Failure
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Forbidden, Refusal, Unavailable
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import CALLER, Handler, answer
from noc_tui.i18n import _
from noc_tui.labels import unwritable
from storage.errors import UnstorableError, UnwritableError
from storage.suspension import SUSPENSIONS


@dataclass(slots=True)
class SealedRoutes:
    """Chooses between the two services of suspensions; `after` is called after a sealed verb."""

    sealed: Context
    refusals: Refusals
    after: Callable[[], Awaitable[None]]

    def merge(
        self, outer: Sequence[web.RouteDef], inner: Sequence[web.RouteDef]
    ) -> Iterator[web.RouteDef]:
        """Yield one route for each pair; both tables are of the same endpoints, in one order."""
        for one, other in zip(outer, inner, strict=True):
            if (one.method, one.path) != (other.method, other.path):
                raise ValueError(f"{one.path} is not {other.path}")
            yield web.route(one.method, one.path, self._choose(one.handler, other.handler))

    def _choose(self, outer: Handler, inner: Handler) -> Handler:
        async def chosen(request: web.Request) -> web.StreamResponse:
            identifier = request.match_info.get("id", "")
            if await self._is_sealed(request, identifier):
                return await self.shield(request, inner)
            return await outer(request)

        return chosen

    async def _is_sealed(self, request: web.Request, identifier: str) -> bool:
        known = await SUSPENSIONS.get(self.sealed.writer, identifier) if identifier else None
        return known is not None and request[CALLER].confidential

    async def shield(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer by `handler`, and keep what goes wrong out of the log that others read."""
        try:
            return await handler(request)
        except Refusal as refusal:
            if isinstance(refusal, Forbidden):
                who = request[CALLER]
                asked = f"{request.method} {request.path}"
                await self.refusals.record(who.uid, who.name, asked, str(refusal))
            return answer(Failure(str(refusal), refusal.code), refusal.status)
        except (UnwritableError, UnstorableError) as error:
            self.sealed.logger.warning("not stored", path=request.path, error=str(error))
            kind = getattr(error, "kind", "")
            return answer(Failure(unwritable.sentence(kind), Unavailable.code), Unavailable.status)
        except Exception as error:
            self.sealed.logger.error("request failed", path=request.path, exc_info=error)
            return answer(Failure(_("internal error: see the log of nocd"), 1), 500)
        finally:
            await self._follow_up()

    async def _follow_up(self) -> None:
        """What a request leads to besides its answer; what fails of it is logged where it is."""
        try:
            await self.refusals.settle()
            await self.after()
        except Exception as error:
            self.sealed.logger.error("after a request", exc_info=error)
