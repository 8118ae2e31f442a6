"""`suspension move`: another start of an order that waits, with why."""

import argparse
import json

import pytest

from noc_tui.commands import suspension as command
from noc_tui.commands.failure import BadInput

START = "2026-12-04T10:00:00+01:00"
END = "2026-12-04T14:00:00+01:00"


def request(*words: str) -> tuple[str, dict[str, str]]:
    parser = argparse.ArgumentParser(exit_on_error=False)
    command.add_arguments(parser)
    asked = command._request(parser.parse_args(["move", "S-0001", *words]))
    return asked.target, json.loads(asked.body)


def test_a_move_says_when_and_why() -> None:
    path, body = request("--start", START, "--reason", "holiday", "--window-end", END)
    assert path == "/v1/suspensions/S-0001/move"
    assert body == {"start": START, "reason": "holiday", "window_end": END}


def test_a_time_without_its_offset_is_refused() -> None:
    with pytest.raises(BadInput, match="--start"):
        request("--start", "2026-12-04T10:00", "--reason", "holiday")
