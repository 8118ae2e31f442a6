"""A backup counts as a guest's where everything that is known of it agrees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.backup_identity import Doubt, ExpectedBackups, find_doubt

OURS = frozenset(["rennes@pbs!backup"])
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,10}[a-z0-9]", fullmatch=True)


@pytest.mark.parametrize(
    ("expected", "owner", "notes", "doubt"),
    [
        (ExpectedBackups("web"), "any@pbs!b", "web", None),
        (ExpectedBackups("web"), "any@pbs!b", None, None),
        (ExpectedBackups("web"), "any@pbs!b", "WEB", None),
        (ExpectedBackups("web"), "any@pbs!b", "rennes, web, pve1, 101", None),
        (ExpectedBackups("web"), "any@pbs!b", "before the big upgrade", None),
        (ExpectedBackups("web"), "any@pbs!b", "other-client-db", Doubt.NAME),
        (ExpectedBackups("web"), "any@pbs!b", "web-2", Doubt.NAME),
        (ExpectedBackups("web", names=False), "any@pbs!b", "other-client-db", None),
        (ExpectedBackups(None), "any@pbs!b", "web", None),
        (ExpectedBackups("web", OURS), "rennes@pbs!backup", "web", None),
        (ExpectedBackups("web", OURS), "clusterb@pbs!b", "web", Doubt.OWNER),
        (ExpectedBackups("web", OURS), "rennes@pbs!backup", "db", Doubt.NAME),
        (ExpectedBackups("web", OURS), None, "web", None),
        # another cluster has the number in the same namespace
        (ExpectedBackups("web", rivals=["db"]), "any@pbs!b", "web", None),
        (ExpectedBackups("web", rivals=["db"]), "any@pbs!b", "db", Doubt.NUMBER),
        (ExpectedBackups("web", rivals=["db"]), "any@pbs!b", "other-client-db", Doubt.NUMBER),
        (ExpectedBackups("web", rivals=["db"]), "any@pbs!b", None, Doubt.NUMBER),
        (ExpectedBackups("web", rivals=["web"]), "any@pbs!b", "web", Doubt.NUMBER),
        (ExpectedBackups("web", rivals=["web"], names=False), "a@pbs!b", "web", Doubt.NUMBER),
        (ExpectedBackups("web", OURS, ["web"]), "rennes@pbs!backup", "web", None),
        (ExpectedBackups("web", OURS, ["web"]), None, "web", Doubt.NUMBER),
    ],
)
def test_what_does_not_agree_is_a_doubt(
    expected: ExpectedBackups, owner: str | None, notes: str | None, doubt: Doubt | None
) -> None:
    assert find_doubt(expected, owner, notes) is doubt


@given(NAMES, NAMES, st.sampled_from([None, "a@pbs!b"]), st.none() | NAMES)
def test_one_backup_is_never_surely_two_guests(
    name: str, other: str, owner: str | None, notes: str | None
) -> None:
    """Two clusters with one number: whatever is on the backup, one of them at most has it."""
    sure = [
        find_doubt(ExpectedBackups(mine, rivals=[theirs]), owner, notes) is None
        for mine, theirs in ((name, other), (other, name))
    ]
    assert sure.count(True) <= 1


@given(NAMES, st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_judged(name: str, owner: str, notes: str) -> None:
    find_doubt(ExpectedBackups(name, OURS, ["x"]), owner, notes)
