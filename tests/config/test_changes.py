"""What differs between two configurations, by the keys of the file."""

from pathlib import Path

from msgspec.structs import replace

from noc_tui.config import Configuration, Database, Hoster, Members, Roles, Smtp, Socket
from noc_tui.config.changes import changed_keys, named_entries, take_over_keys
from noc_tui.config.values import CanaryConfig, Poll

OLD = Configuration(
    database=Database(path=Path("/a/noc.db")),
    socket=Socket(path=Path("/a/nocd.sock")),
    hoster=Hoster(name="A", contact="a@example.fr"),
    canaries=(CanaryConfig(name="one", target="tcp://1"), CanaryConfig(name="two", target="x")),
)
NEW = replace(
    OLD,
    database=Database(path=Path("/b/noc.db")),
    hoster=Hoster(name="B", contact="a@example.fr"),
    canaries=(CanaryConfig(name="one", target="tcp://2"), CanaryConfig(name="two", target="x")),
    roles=Roles(lead=Members(users=("lea",))),
    poll=Poll(fast=5.0),
    smtp=Smtp(host="mx", sender="noc@example.fr"),
)


def test_each_changed_key_is_named() -> None:
    changed = set(changed_keys(OLD, NEW))
    assert changed == {
        ("database", "path"),
        ("hoster", "name"),
        ("canary",),
        ("roles", "lead"),
        ("poll", "fast"),
        ("smtp",),
    }
    assert named_entries(OLD, NEW, ("canary",)) == "canary (one)"
    assert named_entries(OLD, NEW, ("poll", "fast")) == "poll.fast"
    assert list(changed_keys(OLD, OLD)) == []


def test_what_is_taken_over_is_the_new_and_the_rest_the_old() -> None:
    taken = take_over_keys(OLD, NEW, {("hoster", "name"), ("canary",), ("roles", "lead")})
    assert taken.hoster == NEW.hoster
    assert taken.canaries == NEW.canaries
    assert taken.roles == NEW.roles
    assert (taken.database, taken.poll, taken.smtp) == (OLD.database, OLD.poll, None)
    assert take_over_keys(OLD, NEW, set(changed_keys(OLD, NEW))) == NEW
