"""Runs work in threads after every msgspec type is prepared.

msgspec prepares a Struct when it is first decoded, and exposes it to other threads meanwhile; a
second thread that decodes then can crash the process. So every Struct is prepared in the loop's
thread before another thread begins. No other module may start a thread (`pyproject.toml`, TID251).
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

import msgspec

P = ParamSpec("P")
T = TypeVar("T")
_WORKED_OUT: set[type[msgspec.Struct]] = set()


async def in_thread(work: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> T:
    """What `work` gives, done in a thread. It defines no Struct that the loop decodes as well."""
    work_out_types()
    return await asyncio.to_thread(work, *args, **named)  # noqa: TID251 -- here it is prepared


def work_out_types() -> None:
    """Work out every Struct that is defined by now; those that were are left. For the loop's thread
    alone, before others begin.
    """
    kinds: list[type[msgspec.Struct]] = [msgspec.Struct]
    for base in kinds:  # it grows as it is walked: hundreds of types, each time a thread is used
        kinds += base.__subclasses__()
    for kind in set(kinds[1:]) - _WORKED_OUT:
        _WORKED_OUT.add(kind)
        # Of a type that cannot be decoded nothing is left half-done, whoever meets it.
        with suppress(TypeError, NameError):
            msgspec.json.Decoder(kind)
