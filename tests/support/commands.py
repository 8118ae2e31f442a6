"""`noc-tui` called within the tests: the whole command, without the start of a process."""

import io
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import import_module

from noc_tui import cli, i18n
from noc_tui.threads import in_thread


@dataclass(frozen=True, slots=True)
class Called:
    """The exit code of a command, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> tuple[int, str]:
        """The code, and all that was written."""
        return self.code, self.out + self.err


def call_command(words: Sequence[str]) -> Called:
    out, err = _stream(), _stream()
    before = i18n.language()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = cli.main(words)
    finally:
        i18n.use(before)
    return Called(code, _text(out), _text(err))


async def call_in_thread(module: str, words: Sequence[str]) -> Called:
    """The same of the command of that module, while the loop goes on: what it asks is answered."""
    import_module(f"noc_tui.commands.{module}")  # its types are there before the thread begins
    return await in_thread(call_command, words)


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
