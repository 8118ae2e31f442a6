"""`nocd check --config FILE`: the configuration, every problem at once."""

import argparse
from collections.abc import Iterator
from difflib import get_close_matches

from noc_tui import register
from noc_tui.commands.configured import configuration_file, terms_book
from noc_tui.commands.failure import BadInput
from noc_tui.commands.output import say
from noc_tui.commands.register_check import contested_pools, unknown_pools
from noc_tui.config import Configuration, ConfigurationError, Problems, load_for_daemon
from noc_tui.config.checks import missing_identity
from noc_tui.i18n import _, ngettext

CHECK_FAILED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No argument of its own."""


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 when `nocd` could start with it, 2 and the list of problems otherwise; 1 when it
    could, and guests would count for nobody since two clients name their pool.

    What letters to clients lack of the hoster's legal identity is named, and stops nothing.
    """
    file = configuration_file(arguments)
    try:
        config, _secrets = load_for_daemon(file)
    except ConfigurationError as error:
        raise _refusal(error) from error
    terms_book(config)
    _refuse_unknown_tenants(config)
    refuse_unknown_keys(config)
    for note in (*notes(config), *missing_words(config), *unknown_pools(config)):
        say(note)
    if contested := contested_pools(config):
        for problem in contested:
            say(problem)
        return CHECK_FAILED
    say(_("{file}: nothing wrong").format(file=file))
    return 0


def notes(config: Configuration) -> Iterator[str]:
    """What is right only where the machines are set up so, a sentence each."""
    for cluster in config.clusters:
        count = len(cluster.endpoints)
        if count > 1 and isinstance(cluster.fingerprint, str):
            text = _(
                "cluster.{name}.fingerprint: one certificate for {count} endpoints; each node has "
                "its own unless yours is shared: give a list, or a table by endpoint"
            )
            yield text.format(name=cluster.name, count=count)


def missing_words(config: Configuration) -> Iterator[str]:
    """What letters to clients lack of the hoster's identity, a sentence each."""
    for key in missing_identity(config.hoster):
        yield _("hoster.{key} is not given: letters to clients lack it").format(key=key)


def _refuse_unknown_tenants(config: Configuration) -> None:
    """Other terms are given to tenants of the register. One that cannot be read proves nothing."""
    if config.register is None:
        return
    try:
        known = {tenant.id for tenant in register.read(config.register.file)}
    except register.RegisterError:
        return
    problems = Problems(config.file or config.register.file)
    for number, row in enumerate(config.contract.other_terms, 1):
        for tenant in row.tenants:
            if tenant not in known:
                text = _("the register has no tenant {tenant!r}").format(tenant=tenant)
                problems.add(f"contract.other_terms.#{number}.tenants", text)
    try:
        problems.settle()
    except ConfigurationError as error:
        raise _refusal(error) from error


def refuse_unknown_keys(config: Configuration) -> None:
    """A key is remapped by an id of the console: one that it does not have would do nothing."""
    if not config.console.keys:
        return
    from noc_tui.console.known_keys import known_key_ids  # the whole console

    known = known_key_ids()
    problems = Problems(config.file or config.database.path)
    for name in config.console.keys:
        if name not in known:
            near = get_close_matches(name, known, 3)
            text = _("the console has no such key; the help (?) shows the ids")
            if near:
                text = _("the console has no such key; near to it: {near}")
            problems.add(f"console.keys.{name}", text.format(near=", ".join(near)))
    try:
        problems.settle()
    except ConfigurationError as error:
        raise _refusal(error) from error


def _refusal(error: ConfigurationError) -> BadInput:
    count = len(error.problems)
    text = ngettext("{count} problem", "{count} problems", count).format(count=count)
    return BadInput(f"{text}\n{error}")
