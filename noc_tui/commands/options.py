"""The options that every command takes, before and after its name and its verb alike."""

import argparse

from noc_tui import i18n
from noc_tui.i18n import _


def common_options() -> argparse.ArgumentParser:
    """A parent parser; one a parser, since those that share one share its defaults too."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--config", metavar=_("FILE"), help=_("the configuration ($NOC_CONFIG)"))
    common.add_argument(
        "--as", dest="play", metavar=_("NAME"), help=_("in a demo only: play that operator")
    )
    common.add_argument("--lang", choices=i18n.LANGUAGES, help=_("the language"))
    return common
