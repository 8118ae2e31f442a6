"""No key means two things on one screen, and a command's id has one key on all of them."""

from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest

from noc_tui.console import screens
from noc_tui.console.app import APP_COMMANDS, MODE_COMMANDS
from noc_tui.console.commands import Command
from noc_tui.console.screen import NocScreen

ONE_MEANING = {"slash", "escape"}
"""Filter or search, and back: a screen may do them in its own way."""


def subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)


def all_screens() -> list[type[Any]]:
    for module in walk_packages(screens.__path__, f"{screens.__name__}."):
        import_module(module.name)
    return sorted(set(subclasses(NocScreen)), key=lambda one: one.__name__)


def offers(screen: type[Any]) -> list[Command]:
    """The commands of a screen and of those it was made from."""
    return [one for kind in screen.__mro__ for one in kind.__dict__.get("OFFERS", ())]


def keys(commands: list[Command]) -> list[str]:
    return [key for one in commands for key in one.key.split(",")]


@pytest.mark.parametrize("screen", all_screens(), ids=lambda one: one.__name__)
def test_a_key_means_one_thing(screen: type[Any]) -> None:
    everywhere = set(keys([*MODE_COMMANDS, *APP_COMMANDS]))
    own = keys(offers(screen))
    assert everywhere.isdisjoint(own)
    assert {key for key, times in Counter(own).items() if times > 1} <= ONE_MEANING


def test_an_id_has_one_key_wherever_it_stands() -> None:
    """Who remaps a key by its id (`[console.keys]`) remaps one thing."""
    found: dict[str, set[str]] = {}
    everywhere = [*MODE_COMMANDS, *APP_COMMANDS]
    for command in (*everywhere, *(one for screen in all_screens() for one in offers(screen))):
        found.setdefault(command.id, set()).add(command.key)
    assert {name: its for name, its in found.items() if len(its) > 1} == {}
