"""Whatever length a server's words have, an error carries a part of them that all can show."""

import json
import time

import pytest

from noc_tui.cluster import errors
from noc_tui.cluster.error_mapping import CallContext, refusal, task_failure

ASKED = CallContext("rennes", "https://127.0.0.1:8006", is_write=False)
LONG = 3_000_000


def test_words_are_cut() -> None:
    found = errors.RequestRefused("rennes", None, "x" * LONG)
    assert len(found.said) == errors.LONGEST_WORDS
    assert found.said.endswith("…")
    assert len(str(found)) < errors.LONGEST_WORDS + 100


@pytest.mark.parametrize("text", ["A" * LONG, "/etc/pve/" * (LONG // 9), "(" * LONG])
def test_no_refusal_takes_long_to_read(text: str) -> None:
    began = time.process_time()
    for found in (
        refusal(ASKED, 500, text, b""),
        refusal(ASKED, 403, "no", json.dumps({"message": text}).encode()),
        refusal(ASKED, 400, "no", json.dumps({"errors": {text: text}}).encode()),
        task_failure("rennes", text),
    ):
        assert len(str(found)) < 10_000
    assert time.process_time() - began < 2  # seconds


def test_parameters_beyond_any_call_are_left_out() -> None:
    named = {f"p{number}": "bad" for number in range(100_000)}
    found = refusal(ASKED, 400, "no", json.dumps({"errors": named}).encode())
    assert isinstance(found, errors.ParameterRefused)
    assert len(found.errors) < 100


def test_usual_words_stay_whole() -> None:
    found = refusal(ASKED, 500, "VM is locked (backup)", b"")
    assert isinstance(found, errors.Locked)
    assert found.lock == "backup"
    assert found.said == "VM is locked (backup)"
