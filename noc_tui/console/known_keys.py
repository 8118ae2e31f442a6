"""The ids by which keys can be remapped, from the declarations of the keys themselves."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

from textual.binding import Binding
from textual.dom import DOMNode

from noc_tui import console

_OURS = ("noc_tui.", "widgets.")


def known_key_ids() -> frozenset[str]:
    """Return every id that `[console.keys]` may name; imports the whole console."""
    for module in walk_packages(console.__path__, f"{console.__name__}."):
        import_module(module.name)
    return frozenset(
        binding.id
        for kind in _subclasses(DOMNode)
        if kind.__module__.startswith(_OURS)
        for binding in kind.__dict__.get("BINDINGS", ())
        if isinstance(binding, Binding) and binding.id is not None
    )


def _subclasses(kind: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)
