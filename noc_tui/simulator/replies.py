"""Answers as bytes: the envelope, the error forms, and the two formatters."""

import gzip
from dataclasses import dataclass, replace

import msgspec

from noc_tui.simulator.data import Encoded, Json, Late, Listing
from noc_tui.simulator.errors import ApiError

JSON = "application/json;charset=UTF-8"
_ENCODER = msgspec.json.Encoder()
_PACK_FROM = 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `delay` is how many seconds the daemon takes for it."""

    status: int
    reason: str
    body: bytes = b""
    content_type: str = ""
    packed: bytes = b""
    delay: float = 0.0

    def gzipped(self) -> bytes:
        """The body compressed, where that is worth it, else empty."""
        if self.packed or len(self.body) <= _PACK_FROM:
            return self.packed
        return gzip.compress(self.body, 1)


def data_reply(data: Json, extjs: bool = False) -> Reply:
    """200 with `data` in its envelope."""
    if isinstance(data, Late):
        return replace(data_reply(data.data, extjs), delay=data.seconds)
    if isinstance(data, Encoded) and not extjs:
        return Reply(200, "OK", data.body, JSON, data.packed)
    envelope: dict[str, object] = {"success": 1} if extjs else {}
    if isinstance(data, Listing):
        envelope |= {"data": data.data, "total": data.total}
    elif isinstance(data, Encoded):
        envelope["data"] = msgspec.json.decode(data.body)["data"]
    else:
        envelope["data"] = data
    return Reply(200, "OK", _ENCODER.encode(envelope), JSON)


def encode_envelope(data: Json) -> Encoded:
    """`data` in its envelope, written once for many answers."""
    body = _ENCODER.encode({"data": data})
    return Encoded(body, gzip.compress(body, 1) if len(body) > _PACK_FROM else b"")


def error_reply(error: ApiError, extjs: bool = False) -> Reply:
    """An error in Proxmox's form."""
    if error.empty:
        return Reply(error.status, error.reason, delay=error.delay)
    if error.plain:
        return Reply(
            error.status, error.reason, error.message.encode(), "text/plain", delay=error.delay
        )
    body: dict[str, object] = {"data": None, "message": error.message}
    if error.errors:
        body["errors"] = dict(error.errors)
    if extjs:
        body |= {"success": 0, "status": error.status}
        return Reply(200, "OK", _ENCODER.encode(body), JSON, delay=error.delay)
    return Reply(error.status, error.reason, _ENCODER.encode(body), JSON, delay=error.delay)
