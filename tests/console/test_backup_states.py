"""The states of backups by guest, as changes come and go."""

from noc_tui.console.screens.backup_states import BackupStates
from storage.backups import Backup
from storage.tables import Changes


def backup(vmid: int, store: str, state: str) -> Backup:
    return Backup("rennes", vmid, store, "dc2", state, None, None, None, None, None)


def test_each_store_counts_until_it_is_gone() -> None:
    states = BackupStates()
    states.begin([("rennes", 100, "a", "stale"), ("rennes", 101, "a", "fresh")])
    assert states.of("rennes/100") == ["stale"]
    changes = Changes([backup(100, "b", "fresh"), backup(101, "a", "failed")], (), complete=False)
    assert states.note(changes) == {"rennes/100", "rennes/101"}
    assert states.of("rennes/100") == ["stale", "fresh"]
    assert states.of("rennes/101") == ["failed"]
    assert states.note(Changes((), [("rennes", 100, "a")], complete=False)) == {"rennes/100"}
    assert states.of("rennes/100") == ["fresh"]
    assert states.of("rennes/999") == []


def test_a_new_beginning_forgets_what_was() -> None:
    states = BackupStates()
    states.begin([("rennes", 100, "a", "stale")])
    states.begin([])
    assert states.of("rennes/100") == []
