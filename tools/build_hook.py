"""Compile the catalogues when a wheel is built: they can never be older than their source."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))


class CatalogueHook(BuildHookInterface[Any]):
    """Called by hatchling before it collects the files of the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        from catalogues import compile_catalogues  # type: ignore[import-not-found]  # beside us

        compile_catalogues(Path(self.root))
