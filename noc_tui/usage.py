"""Prepares every command: writable streams, and argparse's own words translated."""

import gettext
import io
import os
import sys
from collections.abc import Sequence

from noc_tui.i18n import LOCALE, N_, Language, _

ARGPARSE = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("show program's version number and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"),
    N_("one of the arguments %s is required"),
    N_("unrecognized arguments: %s"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("not allowed with argument %s"),
    N_("ignored explicit argument %r"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
)
"""What argparse (Python 3.11) says by itself; it asks gettext's default domain for each."""


def teach_argparse(language: Language) -> None:
    """Make our catalogue gettext's default domain, in that language, as argparse expects it."""
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain("noc_tui", str(LOCALE))
    gettext.textdomain("noc_tui")


def prepare_streams() -> None:
    """Give a closed standard stream an empty one, and write what a terminal cannot show as `?`.

    A descriptor that is left closed would be taken by the next file that is opened: the database.
    """
    for descriptor, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            if os.open(os.devnull, os.O_RDWR) != descriptor:
                raise OSError(f"descriptor {descriptor} is taken and yet closed")
            setattr(sys, name, open(descriptor, mode, encoding="utf-8"))  # noqa: SIM115 -- for good
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def unreadable_argument(words: Sequence[str]) -> str | None:
    """The sentence about the first argument that is no text in this locale, or no value, if any."""
    for word in words:
        if any("\udc80" <= letter <= "\udcff" for letter in word):
            shown = word.encode("utf-8", "surrogateescape")
            return _("this argument is not UTF-8: {argument}").format(argument=repr(shown))
        # The argparse of Python 3.11 takes the value away and gives an empty list in its place.
        if word.startswith("--") and word.endswith("=--"):
            return _("“--” alone is not a value: {argument}").format(argument=word)
    return None
