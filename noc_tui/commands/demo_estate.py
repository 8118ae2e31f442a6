"""The parts of a demo: the simulator's arguments, the configuration, the line it prints."""

import argparse
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from noc_tui.clock import ScaledClock
from noc_tui.config.checks import SOCKET_PATH_BYTES
from noc_tui.config.values import CAST

Described = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Estate:
    """One demo: where it lives, what was asked for, and its clock."""

    directory: Path
    socket: Path
    asked: Mapping[str, object]
    clock: ScaledClock

    @classmethod
    def of(cls, arguments: argparse.Namespace, directory: Path, socket: Path) -> "Estate":
        """The demo that the command line asks for."""
        asked = {
            name: value
            for name in ("guests", "tenants", "seed", "scenario", "port", "pve")
            if (value := getattr(arguments, name, None)) is not None
        }
        clock = ScaledClock.starting(datetime.now(UTC), arguments.speed)
        return cls(directory, socket, asked, clock)

    @property
    def database(self) -> Path:
        """Its database, which is there when the demo's directory was used before."""
        return self.directory / "noc.db"

    def simulator_arguments(self) -> list[str]:
        """Return what the simulator is started with."""
        numbers = f"{self.clock.origin.isoformat()},{self.clock.real_origin},{self.clock.speed}"
        words = ["simulator", "--dir", str(self.directory / "estate"), "--clock", numbers]
        for name, value in self.asked.items():
            words += [f"--{name}", str(value)]
        return words

    def line(self, described: Described, config: Path) -> dict[str, object]:
        """The one line that `--headless` prints."""
        return {
            **described,
            "socket": str(self.socket),
            "database": str(self.database),
            "config": str(config),
        }


@contextmanager
def socket_path(directory: Path) -> Iterator[Path]:
    """The daemon's socket: in the demo's directory, or elsewhere when its path is too long."""
    usual = directory / "nocd.sock"
    if len(os.fsencode(usual)) <= SOCKET_PATH_BYTES:
        yield usual
        return
    with tempfile.TemporaryDirectory(prefix="noc-demo-") as short:
        yield Path(short) / "nocd.sock"


def configuration(estate: Estate, described: Described) -> Path:
    """Write the demo's configuration and token files; the configuration's path."""
    path = estate.directory / "noc.toml"
    tables = [
        _head(estate),
        *(_site(name) for name in sorted({c["site"] for c in described["clusters"]})),
        *(_cluster(estate.directory, cluster) for cluster in described["clusters"]),
        *(_backup_server(estate.directory, server) for server in described["pbs"]),
        *(_canary(number, url) for number, url in enumerate(described.get("canaries", ()), 1)),
        *([_mail(estate.directory, described["mail"])] if "mail" in described else []),
        _demo(estate),
    ]
    if "register" in described:
        tables.append(f'[register]\nfile = "{described["register"]}"\n')
    path.write_text("\n".join(tables), encoding="utf-8")
    return path


def _head(estate: Estate) -> str:
    return (
        f'[database]\npath = "{estate.database}"\n\n'
        f'[socket]\npath = "{estate.socket}"\n\n'
        '[hoster]\nname = "Hébergeur de démonstration"\ncontact = "noc@example.fr"\n'
        'phone = "+33 2 00 00 00 00"\nlegal_name = "Hébergeur de démonstration"\n'
        'legal_form = "SAS"\ncapital = "10 000 €"\nregistration = "RCS Rennes 000 000 000"\n'
        'address = "1 rue de l’Exemple, 35000 Rennes"\ncomplaints = "reclamations@example.fr"\n'
        'authorities = "autorites@example.fr"\nusers = "abuse@example.fr"\n'
    )


def _site(name: str) -> str:
    return f'[[site]]\nname = "{name}"\ncountry = "FR"\n'


def _cluster(directory: Path, cluster: Described) -> str:
    urls = ", ".join(f'"{url}"' for url in cluster.get("urls", [cluster["url"]]))
    read = _token_file(directory, f"{cluster['name']}.read", cluster["token"])
    action = _token_file(directory, f"{cluster['name']}.action", cluster["action_token"])
    return (
        f'[[cluster]]\nname = "{cluster["name"]}"\nsite = "{cluster["site"]}"\n'
        f'endpoints = [{urls}]\nca_file = "{cluster["ca_file"]}"\n'
        f'read_token_file = "{read}"\naction_token_file = "{action}"\n'
    )


def _backup_server(directory: Path, server: Described) -> str:
    token = _token_file(directory, f"{server['name']}.token", server["token"])
    return (
        f'[[pbs]]\nname = "{server["name"]}"\nsite = "{server["site"]}"\nurl = "{server["url"]}"\n'
        f'datastore = "{server["datastore"]}"\nca_file = "{server["ca_file"]}"\n'
        f'token_file = "{token}"\n'
    )


def _canary(number: int, url: str) -> str:
    return f'[[canary]]\nname = "canary-{number}"\ntarget = "{url}"\n'


def _mail(directory: Path, server: Described) -> str:
    password = _token_file(directory, "smtp.password", server["password"])
    return (
        f'[smtp]\nhost = "{server["host"]}"\nport = {server["port"]}\nsecurity = "starttls"\n'
        f'sender = "noc@example.fr"\nuser = "{server["user"]}"\npassword_file = "{password}"\n'
        f'ca_file = "{server["ca_file"]}"\n'
    )


def _demo(estate: Estate) -> str:
    cast = ", ".join(f'{name} = "{role}"' for name, role in CAST.items())
    return (
        f'[demo]\naccount = {os.getuid()}\ncast = {{ {cast} }}\ndefault = "omar"\n'
        f"clock_origin = {estate.clock.origin.isoformat()}\n"
        f"clock_real_origin = {estate.clock.real_origin}\n"
        f"clock_speed = {estate.clock.speed}\n"
    )


def _token_file(directory: Path, name: str, token: str) -> Path:
    path = directory / name
    path.touch(mode=0o600)
    path.write_text(token + "\n", encoding="utf-8")
    return path
