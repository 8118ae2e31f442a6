"""The target of a probe: https://…, http://…, tcp://host:port or icmp://host."""

from typing import Literal
from urllib.parse import urlsplit

import msgspec

Kind = Literal["http", "tcp", "icmp"]


class BadTargetError(ValueError):
    """The text is no target; it says what one looks like."""


class Target(msgspec.Struct, frozen=True):
    """A target; `port` is 0 for ICMP, `url` empty unless it is HTTP."""

    kind: Kind
    host: str
    port: int
    url: str = ""

    @classmethod
    def parse(cls, text: str) -> "Target":
        """Read a target; raises `BadTargetError`."""
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise BadTargetError(f"{text!r}: {error}") from error
        if host and parts.scheme in {"http", "https"}:
            return cls("http", host, port or (443 if parts.scheme == "https" else 80), text)
        if host and port and parts.scheme == "tcp":
            return cls("tcp", host, port)
        if host and parts.scheme == "icmp":
            return cls("icmp", host, 0)
        raise BadTargetError(
            f"{text!r} is none of https://…, http://…, tcp://host:port, icmp://host"
        )
