"""Reads the configuration for a command: the file, the language, the terms."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from noc_tui import i18n
from noc_tui.commands.failure import BadInput
from noc_tui.config import Configuration, ConfigurationError, load
from noc_tui.i18n import _

if TYPE_CHECKING:  # the terms take longer to import than most commands take to run
    from noc_tui.contract.terms_book import TermsBook

DEFAULT = Path("/etc/noc/noc.toml")


def configuration_file(arguments: argparse.Namespace) -> Path:
    """Return the file that --config or NOC_CONFIG names, else the default one."""
    if arguments.config:
        return Path(arguments.config)
    if DEFAULT.exists():
        return DEFAULT
    raise BadInput(_("which configuration? Give --config FILE or set NOC_CONFIG"))


def load_configuration(arguments: argparse.Namespace) -> Configuration:
    """Return the configuration and set its language unless --lang sets one. Exits with 2 if it is
    bad.
    """
    file = configuration_file(arguments)
    try:
        config = load(file)
    except ConfigurationError as error:
        raise BadInput(str(error)) from error
    if arguments.lang is None and config.language is not None:
        i18n.use(config.language)
    return config


def terms_book(config: Configuration | None) -> "TermsBook":
    """Return the terms that the configuration names, else the shipped ones. Exits with 2 if they
    are bad.
    """
    from noc_tui.contract.terms import TermsError
    from noc_tui.contract.terms_book import load_book

    try:
        if config is None:
            return load_book(None)
        return load_book(config.contract.terms_file, config.contract.other_terms)
    except TermsError as error:
        raise BadInput(str(error)) from error
