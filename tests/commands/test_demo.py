"""A headless demo ends with an input that can end, and not with one that is nothing."""

import os
import signal

import pytest

from noc_tui.commands import demo


class Waiting(Exception):
    """It waits for a signal."""


def pause() -> None:
    raise Waiting


def test_a_scripts_background_gives_nothing_to_read_and_is_no_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(signal, "pause", pause)
    with open(os.devnull, encoding="utf-8") as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        with pytest.raises(Waiting):
            demo._stay({})
    assert capsys.readouterr().out == "{}\n"


def test_a_parents_pipe_that_closes_is_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(writing)
    with open(reading, encoding="utf-8") as parent:
        monkeypatch.setattr("sys.stdin", parent)
        assert demo._stay({}) == 0
