"""What a server wrote neither holds up the loop that logs it nor carries a secret out."""

import time
from typing import Any

import pytest

from noc_tui.daemon.core.log import _without_secrets

SECRET = "1a2b3c4d-0000-4000-8000-aabbccddeeff"
LONG = 1_000_000


def logged(text: str) -> str:
    event: dict[str, Any] = {"error": text}
    return str(_without_secrets(None, "warning", event)["error"])


@pytest.mark.parametrize(
    "text",
    ["A" * LONG, "a@" * LONG, "PVEAPIToken=" * LONG, "PVEAPIToken " + "x" * LONG, "a!" * LONG],
)
def test_no_text_takes_long_to_log(text: str) -> None:
    began = time.process_time()
    assert len(logged(text)) < 10_000
    assert time.process_time() - began < 2  # seconds; by the square of its length it were hours


@pytest.mark.parametrize(
    "text",
    [
        f"PVEAPIToken=noc@pve!read={SECRET}",
        f"PBSAPIToken=noc@pbs!read:{SECRET}",
        f"PVEAuthCookie={SECRET}",
        f"no such token noc@pve!read={SECRET}, ask again",
        "x" * 500 + f" noc@pve!read={SECRET}",
    ],
)
def test_a_secret_is_blanked(text: str) -> None:
    assert SECRET not in logged(text)
    assert "…" in logged(text)
