"""Files that are none: a name that leads to a pipe, a device or a folder holds nobody up."""

import os
from pathlib import Path

import pytest

from noc_tui.cluster.connection_config import ApiToken
from noc_tui.cluster.token_file import TokenFile
from noc_tui.config import ConfigurationError, load
from noc_tui.register import RegisterError, read
from noc_tui.regular_file import read_regular

TOKEN = "noc@pve!read=00000000-0000-4000-8000-000000000000"


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A pipe into which nobody writes: to open it plainly would never end."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def test_what_is_no_regular_file_is_refused(tmp_path: Path, pipe: Path) -> None:
    for path in (pipe, Path("/dev/zero"), tmp_path, tmp_path / "missing"):
        with pytest.raises(OSError, match=r"regular|directory"):
            read_regular(path)


def test_what_is_too_large_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a sparse file
    with pytest.raises(OSError, match="too large"):
        read_regular(path, 1 << 10)


def test_a_regular_file_is_read_through_its_link(tmp_path: Path) -> None:
    (tmp_path / "it").write_bytes(b"content")
    (tmp_path / "link").symlink_to("it")
    assert read_regular(tmp_path / "link") == b"content"


def test_pipes_in_the_place_of_files_are_named(pipe: Path) -> None:
    with pytest.raises(ConfigurationError, match="regular"):
        load(pipe)
    with pytest.raises(RegisterError, match="regular"):
        read(pipe)
    tokens = TokenFile(ApiToken.parse(TOKEN), pipe)
    assert tokens.current() == ApiToken.parse(TOKEN)
    assert "regular" in tokens.problem
