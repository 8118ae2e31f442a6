"""The configuration: typed TOML, every problem at once with its file and key.

    config = load(Path("/etc/noc/noc.toml"))            # consoles and commands: no secret is read
    config, secrets = load_for_daemon(path)             # nocd: tokens and passwords too

Both raise `ConfigurationError`, whose `problems` name file, key and reason.
"""

import tomllib
from pathlib import Path

from msgspec import Struct
from msgspec.structs import fields, replace

from noc_tui.config.checks import check
from noc_tui.config.problems import ConfigProblem, ConfigurationError, Problems
from noc_tui.config.secret import Secret, Secrets, SecretToken
from noc_tui.config.tables import gather
from noc_tui.config.values import (
    BackupServer,
    ClusterConfig,
    Configuration,
    Console,
    ContractConfig,
    ContractTerms,
    Database,
    Demo,
    Hoster,
    Members,
    Poll,
    RegisterConfig,
    Roles,
    SiteConfig,
    Smtp,
    Socket,
    SuspensionConfig,
)
from noc_tui.i18n import _
from noc_tui.regular_file import read_regular
from noc_tui.toml_text import parse_toml

__all__ = [
    "BackupServer",
    "ClusterConfig",
    "ConfigProblem",
    "Configuration",
    "ConfigurationError",
    "Console",
    "ContractConfig",
    "ContractTerms",
    "Database",
    "Demo",
    "Hoster",
    "Members",
    "Poll",
    "Problems",
    "RegisterConfig",
    "Roles",
    "Secret",
    "SecretToken",
    "Secrets",
    "SiteConfig",
    "Smtp",
    "Socket",
    "SuspensionConfig",
    "load",
    "load_for_daemon",
    "load_what_stands",
]


def load(file: Path) -> Configuration:
    """The configuration in that file, no secret read, no path in it opened."""
    problems = Problems(file)
    config = _read(file, problems)
    problems.settle()
    return config


def load_for_daemon(file: Path) -> tuple[Configuration, Secrets]:
    """The configuration and its secrets, every file it names checked."""
    problems = Problems(file)
    from noc_tui.config.files import (
        read_secrets,  # consoles never read a secret, and need not know how
    )

    config = _read(file, problems)
    secrets = read_secrets(config, problems)
    problems.settle()
    return config, secrets


def load_what_stands(file: Path) -> tuple[Configuration, Secrets]:
    """Return what of the configuration and its secrets can be used, whatever is wrong with the
    rest.
    """
    problems = Problems(file)
    from noc_tui.config.files import read_secrets

    config = _read(file, problems)
    return config, read_secrets(config, problems)


def _read(file: Path, problems: Problems) -> Configuration:
    """Return what the file says well, everything else noted as a problem."""
    document = _document(file, problems)
    if document is None:
        return _NOTHING
    if document.pop("file", None) is not None:
        problems.add("file", _("this is not a key of the configuration"))
    values = gather(Configuration, document, "", problems)
    stands: Configuration = replace(_NOTHING, **values)
    config = absolute(stands, file.absolute().parent)
    check(config, document, problems)
    return replace(config, file=file.absolute())


_NOTHING = Configuration(database=Database(path=Path()), socket=Socket(path=Path()))


def _document(file: Path, problems: Problems) -> dict[str, object] | None:
    try:
        return parse_toml(read_regular(file).decode())
    except OSError as error:
        problems.add("", _("this file cannot be read: {reason}").format(reason=error.strerror))
    except UnicodeDecodeError:
        problems.add("", _("this file is not UTF-8"))
    except tomllib.TOMLDecodeError as error:
        problems.add("", _("bad TOML: {reason}").format(reason=error))
    return None


def absolute(config: Configuration, base: Path) -> Configuration:
    """The same, each relative path taken from the file's own folder."""
    made = _absolute(config, base)
    assert isinstance(made, Configuration)  # noqa: S101 -- same type out as in; this tells mypy
    return made


def _absolute(value: object, base: Path) -> object:
    if isinstance(value, Path):
        return base / value
    if isinstance(value, tuple):
        return tuple(_absolute(part, base) for part in value)
    if isinstance(value, Struct):
        changed = {f.name: _absolute(getattr(value, f.name), base) for f in fields(value)}
        return replace(value, **changed)
    return value
