"""The outside vantage: a small program on another network that probes and signs what it saw.

It writes one file a round into a folder that is brought to `nocd`'s machine (rsync, sftp, a mounted
share): a line of JSON and a line with its Ed25519 signature in base64. `nocd` takes each file once.
It shares the probes with `nocd` and nothing else.
"""

import asyncio
import base64
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from noc_tui.clock import Clock
from noc_tui.labels import decoding
from noc_tui.probing.canary import Canary
from noc_tui.probing.checks import check
from noc_tui.probing.target import Target
from noc_tui.regular_file import read_regular
from noc_tui.toml_text import parse_toml

SUFFIX = ".observed"
LONGEST_INTERVAL = 7 * 86400
"""Seconds between two rounds, at most."""


class ProberError(Exception):
    """The prober cannot work as configured; the text names file and key."""


Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")]


class ProbeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is probed, for which tenant."""

    name: Name
    tenant: str
    target: str


class CanaryIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A target of the vantage's own network, to tell "they are down" from "I am cut off"."""

    name: str
    target: str


class ProberConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The prober's own file; `interval` and `timeout` in seconds."""

    name: Name
    key_file: str
    drop: str
    probe: tuple[ProbeIn, ...]
    canary: Annotated[tuple[CanaryIn, ...], msgspec.Meta(min_length=1)]
    interval: Annotated[float, msgspec.Meta(gt=0, le=LONGEST_INTERVAL)] = 30.0
    timeout: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 5.0

    @property
    def pace(self) -> float:
        """Seconds from one round to the next at most: one that fails asks the canary as well."""
        return max(self.interval, 2 * self.timeout)


class Sighting(msgspec.Struct, frozen=True):
    """One probe's result."""

    probe: Name
    tenant: str
    good: bool
    reason: str
    icmp: bool = False


class ProberReport(msgspec.Struct, frozen=True):
    """One round: when it was made, and what was seen. `interval` says when the next is due
    at the latest."""

    vantage: str
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    interval: Annotated[float, msgspec.Meta(gt=0, le=LONGEST_INTERVAL)]
    sightings: tuple[Sighting, ...]


def load(file: Path) -> ProberConfig:
    """The configuration; raises `ProberError`."""
    try:
        document = parse_toml(read_regular(file).decode())
        config = msgspec.convert(document, ProberConfig)
        targets = [one.target for one in config.probe] + [one.target for one in config.canary]
        for target in targets:
            Target.parse(target)
    except OSError as error:
        raise ProberError(f"{file}: {error.strerror}") from error
    except msgspec.ValidationError as error:
        raise ProberError(f"{file}: {decoding.sentence(error)}") from error
    except ValueError as error:
        raise ProberError(f"{file}: {error}") from error
    return config


def key_of(file: Path) -> Ed25519PrivateKey:
    """The signing key; made, for its owner alone, when the file is not there."""
    try:
        if not file.exists():
            raw = Ed25519PrivateKey.generate().private_bytes_raw()
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as made:
                made.write(base64.b64encode(raw) + b"\n")
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(file.read_bytes()))
    except (OSError, ValueError) as error:
        raise ProberError(f"{file}: {error}") from error


def public_key(key: Ed25519PrivateKey) -> str:
    """Return the public half of the key in base64, for `nocd`'s configuration."""
    public = key.public_key()
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def sign_report(report: ProberReport, key: Ed25519PrivateKey) -> bytes:
    """Return the report as bytes with its signature."""
    line = msgspec.json.encode(report)
    return line + b"\n" + base64.b64encode(key.sign(line)) + b"\n"


def verify_report(raw: bytes, public: str) -> ProberReport:
    """Check the report's signature and return the report; raises `ProberError`."""
    try:
        line, signature = raw.splitlines()
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(
            base64.b64decode(signature), line
        )
        return msgspec.json.decode(line, type=ProberReport)
    except InvalidSignature as error:
        raise ProberError("the signature is not this vantage's") from error
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        raise ProberError(f"not a signed report: {error}") from error


@dataclass(frozen=True, slots=True)
class Prober:
    """Probes at its pace and leaves a signed file a round."""

    config: ProberConfig
    key: Ed25519PrivateKey
    drop: Path
    clock: Clock

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            due = self.clock.monotonic() + self.config.interval
            await self.round()
            await self.clock.sleep(due - self.clock.monotonic())

    async def round(self) -> Path | None:
        """One round; None when this vantage is cut off itself, and so concluded nothing."""
        at = self.clock.now()
        sightings = await asyncio.gather(*map(self._look, self.config.probe))
        if any(one is not None and not one.good for one in sightings):
            targets = [Target.parse(one.target) for one in self.config.canary]
            if not await Canary(targets, self.config.timeout).sings():
                return None
        found = tuple(one for one in sightings if one is not None)
        return self._leave(ProberReport(self.config.name, at, self.config.pace, found))

    async def _look(self, probe: ProbeIn) -> Sighting | None:
        target = Target.parse(probe.target)
        seen = await check(target, self.config.timeout)
        if seen.good is None:
            return None
        return Sighting(probe.name, probe.tenant, seen.good, seen.reason, target.kind == "icmp")

    def _leave(self, report: ProberReport) -> Path:
        """Write it whole: under another name first, so that nobody takes half a file."""
        self.drop.mkdir(parents=True, exist_ok=True)
        name = f"{report.vantage}-{int(report.at.timestamp() * 1_000_000):020}"
        part = self.drop / f".{name}.part"
        part.write_bytes(sign_report(report, self.key))
        return part.rename(self.drop / f"{name}{SUFFIX}")
