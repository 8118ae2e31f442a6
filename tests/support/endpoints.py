"""Every endpoint that `noc_tui.api` declares, by the name of its module and its own."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import noc_tui.api
from noc_tui.api.endpoint import Endpoint


def _declared() -> Iterator[tuple[str, Endpoint[Any, Any]]]:
    for module in pkgutil.iter_modules(noc_tui.api.__path__):
        names = vars(importlib.import_module(f"noc_tui.api.{module.name}"))
        for name, value in names.items():
            if isinstance(value, Endpoint):
                yield f"{module.name}.{name}", value


ENDPOINTS = dict(_declared())
