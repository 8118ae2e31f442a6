"""What an agent's answer comes to: the fullest file system on a disk, or why there is none."""

import pytest

from noc_tui.cluster import errors
from noc_tui.cluster.guest_inside import FileSystem, agent_state, fullest_of, has_agent


def file_system(mount: str, used: int | None, total: int | None, kind: str = "ext4") -> FileSystem:
    return FileSystem(mountpoint=mount, type=kind, used_bytes=used, total_bytes=total)


def test_the_fullest_disk_counts_and_not_an_image_that_is_full_by_design() -> None:
    found = fullest_of(
        [
            file_system("/", 40, 100),
            file_system("/var", 899, 1000),
            file_system("/snap/core", 7, 7, "squashfs"),
            file_system("D:\\", 7, 7, "CDFS"),
            file_system("/odd", None, 100),
            file_system("/none", 0, 0),
        ]
    )
    assert found is not None
    assert (found.mountpoint, found.percent) == ("/var", 89)  # truncated
    assert fullest_of([file_system("/odd", None, None)]) is None
    assert fullest_of([]) is None


@pytest.mark.parametrize(
    ("option", "has"),
    [("1", True), ("enabled=1,type=virtio", True), ("1,fstrim_cloned_disks=1", True), ("0", False),
     ("", False), ("enabled=0", False)],
)  # fmt: skip
def test_the_configuration_says_whether_there_is_an_agent(option: str, has: bool) -> None:
    assert has_agent(option) is has


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (errors.RequestRefused("c", None, "No QEMU guest agent configured"), "off"),
        (errors.RequestRefused("c", None, "QEMU guest agent is not running"), "silent"),
        (errors.RequestRefused("c", None, "VM 101 is not running"), "stopped"),
        (errors.TimedOut("c", None, "no complete answer"), "silent"),
        (
            errors.PermissionMissing("c", None, "x", path="/vms/1", privilege="VM.Monitor"),
            "refused",
        ),
        (errors.BadAnswer("c", None, "html"), "failed"),
    ],
)
def test_an_agent_that_does_not_answer_says_why(error: errors.ClusterError, state: str) -> None:
    assert agent_state(error) == state
