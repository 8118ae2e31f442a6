"""A stylesheet that parses each source once.

Textual 8.2 parses every source of the whole app anew when a screen is shown for the first time:
half of what opening a mode costs.
"""

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

SOURCES = 1024
"""How many are kept: more than an app has, else those that are parsed push out those to come."""


class KeptStylesheet(Stylesheet):
    """Forgets what was parsed only when the variables, which are a theme's colours, change."""

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(SOURCES)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take over the variables, where they differ."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse new sources; an error leaves the rules as they were."""
        self.parse()
