"""The files that the configuration names, as `nocd` needs them: there, readable, private."""

import grp
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from noc_tui.config.directories import find_unsafe_directories
from noc_tui.config.problems import Problems
from noc_tui.config.secret import Secret, Secrets, SecretToken
from noc_tui.config.values import Configuration
from noc_tui.i18n import _
from noc_tui.regular_file import read_regular

_MOST_OF_A_SECRET = 1 << 16
_TOKEN = re.compile(
    r"(?P<name>[^\s:/!=@]+@[^\s:/!=@]+![A-Za-z][\w.-]*)[=:](?P<value>\S+)\Z", re.ASCII
)


def read_secrets(config: Configuration, problems: Problems) -> Secrets:
    """Return every token and password; what is missing, open to others or malformed is noted."""
    _known_group(config.database.group, problems)
    secrets = Secrets(smtp_password=_password(config, problems))
    for cluster in config.clusters:
        key = f"cluster.{cluster.name}"
        _token(
            f"{key}.read_token_file", cluster.read_token_file, cluster.name, secrets.read, problems
        )
        _token(
            f"{key}.action_token_file",
            cluster.action_token_file,
            cluster.name,
            secrets.action,
            problems,
        )
        _present(f"{key}.ca_file", cluster.ca_file, problems)
    for server in config.backup_servers:
        key = f"pbs.{server.name}"
        _token(f"{key}.token_file", server.token_file, server.name, secrets.backup, problems)
        _present(f"{key}.ca_file", server.ca_file, problems)
    for receiver in config.oncall.receivers:
        key = f"oncall.receiver.{receiver.name}"
        _secret(f"{key}.url_file", receiver.url_file, receiver.name, secrets.webhook_urls, problems)
        _secret(
            f"{key}.secret_file",
            receiver.secret_file,
            receiver.name,
            secrets.webhook_keys,
            problems,
        )
    _present("contract.terms_file", config.contract.terms_file, problems)
    for number, row in enumerate(config.contract.other_terms, 1):
        _present(f"contract.other_terms.#{number}.file", row.file, problems)
    _present("anchor.tsa_ca_file", config.anchor.tsa_ca_file, problems)
    _present("contract.vocabulary_file", config.contract.vocabulary_file, problems)
    if config.register is not None:
        _present("register.file", config.register.file, problems)
    _kept_from_operators(config, problems)
    for key, text in find_unsafe_directories(config):
        problems.add(key, text)
    return secrets


def _kept_from_operators(config: Configuration, problems: Problems) -> None:
    """No group that reads the database or has a role may read a secret: operators never see one."""
    roles = config.roles
    named = {group for one in (roles.viewer, roles.operator, roles.lead) for group in one.groups}
    for key, file in _secret_files(config):
        group = _readers(file)
        if group is not None and group in named | {config.database.group}:
            text = _("{file} can be read by the operators' group {group}: chmod g= it")
            problems.add(key, text.format(file=file, group=group))


def _secret_files(config: Configuration) -> Iterator[tuple[str, Path]]:
    """Yield every file that holds a secret, under its key."""
    given: dict[str, Path | None] = {}
    for cluster in config.clusters:
        given[f"cluster.{cluster.name}.read_token_file"] = cluster.read_token_file
        given[f"cluster.{cluster.name}.action_token_file"] = cluster.action_token_file
    for server in config.backup_servers:
        given[f"pbs.{server.name}.token_file"] = server.token_file
    for receiver in config.oncall.receivers:
        given[f"oncall.receiver.{receiver.name}.url_file"] = receiver.url_file
        given[f"oncall.receiver.{receiver.name}.secret_file"] = receiver.secret_file
    if config.smtp is not None:
        given["smtp.password_file"] = config.smtp.password_file
    yield from ((key, file) for key, file in given.items() if file is not None)


def _readers(file: Path) -> str | None:
    """The group that may read a file; None for none, and where the file cannot be looked at."""
    try:
        found = file.stat()
        return grp.getgrgid(found.st_gid).gr_name if found.st_mode & stat.S_IRGRP else None
    except (OSError, KeyError):
        return None


def _known_group(name: str | None, problems: Problems) -> None:
    """The operators' group must be there to be given the database."""
    if name is None:
        return
    try:
        grp.getgrnam(name)
    except KeyError:
        problems.add("database.group", _("this machine has no group {name!r}").format(name=name))


def _password(config: Configuration, problems: Problems) -> Secret | None:
    if config.smtp is None:
        return None
    _present("smtp.ca_file", config.smtp.ca_file, problems)
    if config.smtp.password_file is None:
        return None
    # A password may hold spaces, at its ends too.
    line = _private_line("smtp.password_file", config.smtp.password_file, problems)
    return None if line is None else Secret(line)


def _secret(
    key: str, file: Path | None, name: str, secrets: dict[str, Secret], problems: Problems
) -> None:
    line = None if file is None else _private_line(key, file, problems)
    if line is not None:
        secrets[name] = Secret(line.strip())


def _token(
    key: str, file: Path | None, name: str, tokens: dict[str, SecretToken], problems: Problems
) -> None:
    line = None if file is None else _private_line(key, file, problems)
    if line is None:
        return
    match = _TOKEN.match(line.strip())
    if match is None:
        problems.add(
            key, _("{file} does not hold one line user@realm!name=secret").format(file=file)
        )
        return
    tokens[name] = SecretToken(match["name"], Secret(match["value"]))


def _private_line(key: str, file: Path, problems: Problems) -> str | None:
    """The one line of a file that nobody but its owner and group may read."""
    try:
        mode = file.stat().st_mode
        text = read_regular(file, _MOST_OF_A_SECRET).decode()
    except (OSError, UnicodeDecodeError) as error:
        problems.add(key, _unreadable(file, error))
        return None
    if mode & stat.S_IRWXO:
        problems.add(
            key,
            _("{file} can be read by everybody (mode {mode:04o}): chmod o= it").format(
                file=file, mode=stat.S_IMODE(mode)
            ),
        )
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) != 1:
        problems.add(key, _("{file} does not hold exactly one line").format(file=file))
        return None
    return lines[0]


def _present(key: str, file: Path | None, problems: Problems) -> None:
    if file is None:
        return
    try:
        read_regular(file)
    except OSError as error:
        problems.add(key, _unreadable(file, error))


def _unreadable(file: Path, error: OSError | UnicodeDecodeError) -> str:
    reason = error.strerror if isinstance(error, OSError) else _("not a text")
    return _("{file} cannot be read: {reason}").format(file=file, reason=reason)
