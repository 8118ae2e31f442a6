"""SIGHUP: the configuration is read again, and what can change while `nocd` runs is taken over.

What cannot stays as it was until a restart, and is named: in the log, in the state that the service
manager shows, and on the evidence log. A configuration with a mistake changes nothing.
"""

import asyncio
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from noc_tui import i18n
from noc_tui.config import Configuration, ConfigurationError, Secrets, SecretToken, load_for_daemon
from noc_tui.config.changes import KeyPath, changed_keys, named_entries, take_over_keys
from noc_tui.daemon.core import log
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.notify import notify
from noc_tui.daemon.core.service import PollResult
from noc_tui.threads import in_thread

RELOADED: frozenset[KeyPath] = frozenset(
    {
        ("language",),
        ("roles",),
        ("roles", "viewer"),
        ("roles", "operator"),
        ("roles", "lead"),
        ("roles", "confidential"),
        ("hoster", "name"),
        ("hoster", "contact"),
        ("hoster", "phone"),
        ("hoster", "legal_name"),
        ("hoster", "legal_form"),
        ("hoster", "capital"),
        ("hoster", "registration"),
        ("hoster", "address"),
        ("hoster", "signatory"),
        ("hoster", "complaints"),
        ("hoster", "settlement"),
        ("hoster", "authorities"),
        ("hoster", "users"),
        ("hoster", "payment"),
        ("log", "level"),
        ("canary",),
        ("oncall", "escalate_after"),
        ("oncall", "expiry_warning_days"),
        ("oncall", "expiry_critical_days"),
        ("oncall", "dead_man_url"),
        ("oncall", "dead_man_every"),
        ("oncall", "receiver"),
        ("promises", "verified_days"),
        ("promises", "restore_test_days"),
        ("promises", "cpu_percent"),
        ("promises", "memory_percent"),
        ("promises", "disk_percent"),
        ("promises", "sustained_minutes"),
        ("promises", "guests_a_round"),
        ("suspension", "mail_templates"),
        ("suspension", "copy_to"),
        ("evidence", "sign_every"),
        ("evidence", "anchor_file"),
        ("evidence", "anchor_mail"),
        ("evidence", "keep_days"),
        ("smtp", "host"),
        ("smtp", "sender"),
        ("smtp", "port"),
        ("smtp", "security"),
        ("smtp", "user"),
        ("smtp", "password_file"),
        ("smtp", "ca_file"),
        ("smtp", "timeout"),
        ("contract", "vocabulary_file"),
        ("console", "theme"),
        ("console", "keys"),
    }
)
"""Read wherever they are used, at each use. Everything else is built into what runs."""


@dataclass(frozen=True, slots=True)
class ReloadResult:
    """The keys that were taken over, and those that need a restart."""

    taken: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(slots=True)
class Reloader:
    """Waits for SIGHUP; the part of the daemon that changes its configuration."""

    context: Context
    name: str = "reload"
    _asked: asyncio.Event = field(default_factory=asyncio.Event)

    def routes(self) -> Sequence[web.RouteDef]:
        return []

    async def polled(self, result: PollResult) -> None:
        """Nothing: a file is read again when an administrator asks."""

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self._asked.set)
        while True:
            await self._asked.wait()
            self._asked.clear()
            await self.reload()

    async def reload(self) -> ReloadResult | None:
        """Read the file again and take over what can be; None for a file with mistakes."""
        context = self.context
        try:
            config, secrets = await in_thread(load_for_daemon, context.config.file)
        except ConfigurationError as error:
            problems = [str(problem) for problem in error.problems]
            context.logger.error("configuration not reloaded", problems=problems)
            notify(f"STATUS=configuration not reloaded: {problems[0]}")
            return None
        told = _take(context, config, secrets)
        if told.refused:
            context.logger.error("not reloaded: needs a restart", keys=list(told.refused))
        context.logger.info("configuration reloaded", keys=list(told.taken))
        needs = f"; restart for {', '.join(told.refused)}" if told.refused else ""
        notify(f"STATUS=configuration reloaded{needs}")
        async with context.writer.change(itself()) as change:
            payload = {"taken": list(told.taken), "refused": list(told.refused)}
            await change.record("configuration.reloaded", [], payload)
        return told


def _take(context: Context, config: Configuration, secrets: Secrets) -> ReloadResult:
    old = context.config
    changed = list(changed_keys(old, config))
    taken = {path for path in changed if path in RELOADED}
    refused = tuple(named_entries(old, config, path) for path in changed if path not in RELOADED)
    in_force = take_over_keys(old, config, taken)
    context.reconfigure(in_force, secrets_of(in_force, secrets, context.secrets))
    log.set_level(context.config.log.level)
    i18n.use(context.config.language or i18n.from_locale())
    return ReloadResult(tuple(sorted(named_entries(old, config, path) for path in taken)), refused)


def secrets_of(config: Configuration, new: Secrets, old: Secrets) -> Secrets:
    """What was read now; of a source that stays until the restart, what was read before."""
    clusters = {cluster.name for cluster in config.clusters}
    servers = {server.name for server in config.backup_servers}
    return Secrets(
        read={**_of(old.read, clusters), **new.read},
        action=_of(new.action, clusters),
        backup={**_of(old.backup, servers), **new.backup},
        smtp_password=new.smtp_password,
        webhook_urls=new.webhook_urls,
        webhook_keys=new.webhook_keys,
    )


def _of(given: Mapping[str, SecretToken], names: set[str]) -> dict[str, SecretToken]:
    return {name: token for name, token in given.items() if name in names}
