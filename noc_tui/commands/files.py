"""Reads the files that a command is given."""

from pathlib import Path

from noc_tui.commands.failure import BadInput
from noc_tui.i18n import _


def text_of(file: Path) -> str:
    """The text in it, without a byte order mark. Exit code 2 when it is no readable UTF-8."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = _("this file cannot be read: {reason}").format(reason=error.strerror)
    except UnicodeDecodeError:
        reason = _("this file is not UTF-8")
    raise BadInput(f"{file}: {reason}")
