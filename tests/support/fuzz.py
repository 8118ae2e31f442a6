"""Hostile requests, made from what the API declares of each endpoint: its path, query and body."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any
from urllib.parse import quote

from msgspec import inspect

from noc_tui.api.endpoint import PLAYED, Endpoint

WORDS: Sequence[str] = (
    "",
    "0",
    "1",
    "101",
    "-1",
    "9" * 18,
    "9" * 19,
    "9" * 5000,
    "٣",
    "²",
    "1e9",
    "NaN",
    "rennes",
    "acme",
    "S-0001",
    "2026-10",
    "2026-13",
    "0000-01",
    "99999-01",
    "2026-10-09T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00+14:00",
    "rennes/101",
    "tenant:acme",
    "..",
    "../../etc/passwd",
    "a/b",
    "\x00",
    "\ud800",
    "\x1b[2J",
    "é" * 300,
    "x" * 3000,
    "' OR 1=1 --",
    "[b]{0}%s",
)
NUMBERS: Sequence[object] = (
    *(0, 1, -1, 2**31, 2**63 - 1, 2**63, 2**64, -(2**63) - 1),
    *(10**30, 1e308, -0.0, 0.5, True, None),
)
LITERAL_BODIES: Sequence[bytes] = (
    b"",
    b"null",
    b"[]",
    b"{",
    b"{}",
    b'"',
    b"NaN",
    b"\xff\xfe",
    b'{"a":1e999999}',
    b'{"entry":' + b"9" * 5000 + b"}",
    b"[" * 100_000,
    b'{"a":' * 2000 + b"1" + b"}" * 2000,
    b"\xef\xbb\xbf{}",
    b'{"text":"\\ud800"}',
)
HEADERS: Sequence[tuple[str, str]] = (
    ("Accept-Language", "fr"),
    ("Accept-Language", "x" * 500),
    ("Content-Type", "text/plain; charset=utf-32"),
    ("Content-Encoding", "gzip"),
    ("Content-Encoding", "deflate"),
    ("Content-Encoding", "br"),
    ("Expect", "100-continue"),
    ("Expect", "everything"),
    ("Range", "bytes=0-1,5-"),
    ("If-Modified-Since", "yesterday"),
    ("Upgrade", "websocket"),
    ("Cookie", "a=b; ;;; =" * 50),
    ("Host", "[::1"),
    (PLAYED, "omar"),
    (PLAYED, "mallory"),
    (PLAYED, "é\x01"),
)


@dataclass(frozen=True, slots=True)
class Hostile:
    """A request as it goes over the wire, and the endpoint that it is aimed at."""

    name: str
    sent: bytes


def hostile(name: str, endpoint: Endpoint[Any, Any], chance: random.Random) -> Hostile:
    """One request at that endpoint, anything in it possibly wrong; the seed decides what."""
    target = _target(endpoint, chance)
    method = endpoint.method if chance.random() < 0.95 else chance.choice(("PUT", "HEAD", "X"))
    body = _body(endpoint.body, chance)
    lines = [f"{method} {target} HTTP/1.1", "Host: nocd", f"Content-Length: {len(body)}"]
    if chance.random() < 0.4:
        key, value = chance.choice(HEADERS)
        lines.append(f"{key}: {value}")
    head = "\r\n".join(lines).encode("utf-8", "surrogatepass")
    return Hostile(name, head + b"\r\n\r\n" + body)


def _target(endpoint: Endpoint[Any, Any], chance: random.Random) -> str:
    target = endpoint.path
    while "{" in target:
        before, _, rest = target.partition("{")
        target = before + _quoted(chance.choice(WORDS)) + rest.partition("}")[2]
    names = [*endpoint.query, *(["after"] if chance.random() < 0.1 else [])]
    asked = [f"{name}={_quoted(chance.choice(WORDS))}" for name in names if chance.random() < 0.8]
    return target + (f"?{'&'.join(asked)}" if asked else "")


def _quoted(word: str) -> str:
    return quote(word.encode("utf-8", "surrogatepass"), safe="")


def _body(shape: type, chance: random.Random) -> bytes:
    if shape is NoneType:
        return chance.choice(LITERAL_BODIES) if chance.random() < 0.2 else b""
    if chance.random() < 0.15:
        return chance.choice(LITERAL_BODIES)
    value = _value(inspect.type_info(shape), chance)
    if chance.random() < 0.1 and isinstance(value, dict):
        value["nobody reads this"] = _anything(chance)
    return json.dumps(value).encode("utf-8", "surrogatepass")


def _value(kind: inspect.Type, chance: random.Random) -> Any:
    """A value of that type most of the time, so that what lies behind the decoder is reached."""
    if chance.random() < 0.1:
        return _anything(chance)
    made = _MADE.get(type(kind))
    return chance.choice(WORDS) if made is None else made(kind, chance)


def _of_struct(kind: Any, chance: random.Random) -> Any:
    return {
        field.encode_name: _value(field.type, chance)
        for field in kind.fields
        if chance.random() < (0.95 if field.required else 0.5)
    }


def _of_list(kind: Any, chance: random.Random) -> Any:
    return [_value(kind.item_type, chance) for _ in range(chance.randrange(3))]


_MADE: Mapping[type, Callable[[Any, random.Random], Any]] = {
    inspect.StructType: _of_struct,
    inspect.UnionType: lambda kind, chance: _value(chance.choice(kind.types), chance),
    inspect.LiteralType: lambda kind, chance: chance.choice(kind.values),
    inspect.IntType: lambda _kind, chance: chance.choice(NUMBERS[:8]),
    inspect.FloatType: lambda _kind, chance: chance.choice(NUMBERS),
    inspect.BoolType: lambda _kind, chance: chance.random() < 0.5,
    inspect.NoneType: lambda _kind, _chance: None,
    inspect.DictType: lambda kind, chance: {
        chance.choice(WORDS): _value(kind.value_type, chance) for _ in range(2)
    },
    inspect.ListType: _of_list,
    inspect.VarTupleType: _of_list,
    inspect.SetType: _of_list,
    inspect.FrozenSetType: _of_list,
}


def _anything(chance: random.Random) -> Any:
    return chance.choice((*NUMBERS, *WORDS, [], {}, [[[]]], {"": {}}))
