"""Checks of the configuration that types alone cannot make: references, trust, addresses,
lengths.
"""

import base64
import ipaddress
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import urlsplit

from noc_tui.addresses import is_address
from noc_tui.config.problems import Problems
from noc_tui.config.values import (
    BackupServer,
    ClusterConfig,
    Configuration,
    Demo,
    Fingerprints,
    Hoster,
    Receiver,
    Smtp,
)
from noc_tui.i18n import _
from noc_tui.probing.target import BadTargetError, Target

SOCKET_PATH_BYTES = 107
_DESTINATION = re.compile(r"(?:[A-Za-z0-9_][\w.-]*@)?[A-Za-z0-9][A-Za-z0-9.:-]*\Z")
"""Of SSH; never an option of the client."""
_OWNER = re.compile(r"[^\s:/!@]+@[A-Za-z][\w.-]+(?:![A-Za-z0-9._-]+)?\Z")
_FINGERPRINT = re.compile(r"^(?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}\Z")


def check(config: Configuration, document: dict[str, object], problems: Problems) -> None:
    """Note everything that is wrong with values that are each well formed.

    Names are taken from the document, so that an entry with another fault is not also "unknown".
    """
    length = len(os.fsencode(config.socket.path))
    if length > SOCKET_PATH_BYTES:
        text = _("{length} bytes; a socket's path has at most 107").format(length=length)
        problems.add("socket.path", text)
    sites, clusters = names(document, "site"), names(document, "cluster")
    for key, given in (("site", sites), ("cluster", clusters), ("pbs", names(document, "pbs"))):
        unique(key, given, problems)
    for cluster in config.clusters:
        check_cluster(cluster, sites, problems)
    for server in config.backup_servers:
        check_server(server, sites, clusters, problems)
    if config.smtp is not None:
        check_smtp(config.smtp, problems)
    check_addresses(config, problems)
    check_other_terms(config, problems)
    check_probes(config, document, problems)
    check_networks(config, problems)
    for receiver in config.oncall.receivers:
        check_receiver(receiver, config.smtp is not None, problems)
    if config.demo is not None:
        check_demo(config.demo, problems)


def check_probes(config: Configuration, document: dict[str, object], problems: Problems) -> None:
    """Targets can be probed, keys have their length, instances exist in a known cluster."""
    for kind in ("probe", "canary", "vantage"):
        unique(kind, names(document, kind), problems)
    for key, target in (
        *((f"probe.{probe.name}", probe.target) for probe in config.probes),
        *((f"canary.{canary.name}", canary.target) for canary in config.canaries),
    ):
        try:
            Target.parse(target)
        except BadTargetError as error:
            problems.add(f"{key}.target", str(error))
    clusters = names(document, "cluster")
    for probe in config.probes:
        cluster, _slash, vmid = probe.instance.partition("/")
        if probe.instance and (cluster not in clusters or not vmid.isdecimal()):
            text = _("{instance!r} is not a guest of a known cluster, like rennes/101")
            problems.add(f"probe.{probe.name}.instance", text.format(instance=probe.instance))
    for vantage in config.vantages:
        if not _is_key(vantage.public_key):
            text = _("this is not an Ed25519 public key in base64")
            problems.add(f"vantage.{vantage.name}.public_key", text)


def check_networks(config: Configuration, problems: Problems) -> None:
    """The private networks are networks, and leave something public."""
    for number, text in enumerate(config.suspension.private_networks):
        try:
            empty = ipaddress.ip_network(text).prefixlen == 0
        except ValueError as error:
            problems.add(f"suspension.private_networks[{number}]", str(error))
            continue
        if empty:
            words = _("{network} is every address: nothing would be public")
            problems.add(f"suspension.private_networks[{number}]", words.format(network=repr(text)))


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except ValueError:
        return False


def names(document: dict[str, object], key: str) -> list[str]:
    """The names that an array of tables gives its entries."""
    entries = document.get(key)
    tables = (
        [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    )
    return [name for entry in tables if isinstance(name := entry.get("name"), str)]


def unique(key: str, names: Sequence[str], problems: Problems) -> None:
    """Names tell entries apart."""
    for name, count in Counter(names).items():
        if count > 1:
            problems.add(f"{key}.{name}", _("entries of this name: {count}").format(count=count))


def check_cluster(cluster: ClusterConfig, sites: Sequence[str], problems: Problems) -> None:
    """A cluster stands on a known site and is reached over TLS that can be verified."""
    key = f"cluster.{cluster.name}"
    known_site(key, cluster.site, sites, problems)
    for number, endpoint in enumerate(cluster.endpoints):
        check_url(f"{key}.endpoints[{number}]", endpoint, problems)
    for node, destination in cluster.ssh.items():
        if not _DESTINATION.match(destination):
            text = _("{destination!r} is not user@host or host").format(destination=destination)
            problems.add(f"{key}.ssh.{node}", text)
    check_trust(key, cluster, problems)


def check_server(
    server: BackupServer, sites: Sequence[str], clusters: Sequence[str], problems: Problems
) -> None:
    """A backup server stands on a known site and keeps guests of known clusters."""
    key = f"pbs.{server.name}"
    known_site(key, server.site, sites, problems)
    check_url(f"{key}.url", server.url, problems)
    check_trust(key, server, problems)
    for number, name in enumerate(server.clusters):
        if name not in clusters:
            text = _("no [[cluster]] is named {name!r}").format(name=name)
            problems.add(f"{key}.clusters[{number}]", text)
    for name, owner in server.owners.items():
        if name not in clusters:
            text = _("no [[cluster]] is named {name!r}").format(name=name)
            problems.add(f"{key}.owners.{name}", text)
        if not _OWNER.match(owner):
            text = _("{owner!r} is not user@realm or user@realm!token").format(owner=owner)
            problems.add(f"{key}.owners.{name}", text)


def check_receiver(receiver: Receiver, mails: bool, problems: Problems) -> None:
    """A receiver has the one address that its kind needs."""
    key = f"oncall.receiver.{receiver.name}"
    if receiver.kind == "mail":
        if receiver.address is None:
            problems.add(f"{key}.address", _("a mail needs an address"))
        if not mails:
            problems.add(key, _("mails need a mail server: [smtp]"))
    elif (receiver.url is None) == (receiver.url_file is None):
        problems.add(f"{key}.url", _("give either url or url_file"))
    elif receiver.url is not None and not receiver.url.startswith(("https://", "http://")):
        problems.add(f"{key}.url", _("a URL begins with https:// or http://"))


def known_site(key: str, name: str, sites: Sequence[str], problems: Problems) -> None:
    """Every site named has its table, once there is any: its country matters (R34).

    Without any `[[site]]` table the countries are unknown, which is shown and alerted.
    """
    if sites and name not in sites:
        problems.add(f"{key}.site", _("no [[site]] is named {name!r}").format(name=name))


def check_url(key: str, text: str, problems: Problems) -> None:
    """`https://host[:port]` and nothing after it."""
    try:
        parts = urlsplit(text)
        complete = parts.scheme == "https" and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        complete = False
    if (
        not complete
        or parts.path not in ("", "/")
        or parts.query
        or parts.fragment
        or parts.username
    ):
        problems.add(key, _("{url!r} is not of the form https://host:port").format(url=text))


def check_trust(key: str, source: ClusterConfig | BackupServer, problems: Problems) -> None:
    """Exactly one of a CA and a fingerprint says whom we talk to."""
    if (source.ca_file is None) == (source.fingerprint is None):
        problems.add(key, _("exactly one of ca_file and fingerprint is needed"))
    for where, text in _fingerprints(f"{key}.fingerprint", source.fingerprint):
        if not _FINGERPRINT.match(text):
            problems.add(where, _("a SHA-256 fingerprint is 32 bytes: AB:CD:…"))
    if isinstance(source, ClusterConfig) and isinstance(source.fingerprint, dict):
        for endpoint in sorted(source.fingerprint.keys() ^ set(source.endpoints)):
            text = (
                _("no fingerprint for the endpoint {endpoint}")
                if endpoint in source.endpoints
                else _("{endpoint} is none of the endpoints")
            )
            problems.add(f"{key}.fingerprint", text.format(endpoint=endpoint))


def _fingerprints(key: str, given: Fingerprints | None) -> Iterator[tuple[str, str]]:
    """Each fingerprint, with the key it stands at."""
    if isinstance(given, str):
        yield key, given
    elif isinstance(given, dict):
        yield from ((f"{key}.{endpoint}", text) for endpoint, text in given.items())
    elif given is not None:
        if not given:
            yield key, ""
        yield from ((f"{key}[{number}]", text) for number, text in enumerate(given))


def check_smtp(smtp: Smtp, problems: Problems) -> None:
    """A mail account is a user and a password, or neither."""
    if (smtp.user is None) != (smtp.password_file is None):
        problems.add("smtp", _("user and password_file go together"))
    if smtp.user is not None and smtp.security == "none":
        problems.add("smtp.security", _("a password is not sent without TLS"))


def check_addresses(config: Configuration, problems: Problems) -> None:
    """Whom mails come from, go to and are copied to."""
    given = {
        "evidence.anchor_mail": config.evidence.anchor_mail,
        "suspension.copy_to": config.suspension.copy_to or None,
        **{f"oncall.receiver.{one.name}.address": one.address for one in config.oncall.receivers},
    }
    if config.smtp is not None:
        given["smtp.sender"] = config.smtp.sender
        given["hoster.contact"] = config.hoster.contact or None
        given["hoster.complaints"] = config.hoster.complaints or None
    for key, address in given.items():
        if address is not None and not is_address(address):
            text = _("{address!r} is not an e-mail address")
            problems.add(key, text.format(address=address))


def check_other_terms(config: Configuration, problems: Problems) -> None:
    """No tenant is given two terms from one day on."""
    given: dict[tuple[str, date | None], int] = {}
    for number, row in enumerate(config.contract.other_terms, 1):
        for tenant in row.tenants:
            first = given.setdefault((tenant, row.since), number)
            if first != number:
                text = _("{tenant!r} has other terms from that day on in #{first} too")
                problems.add(
                    f"contract.other_terms.#{number}.tenants",
                    text.format(tenant=tenant, first=first),
                )


def check_demo(demo: Demo, problems: Problems) -> None:
    """The default player is of the cast."""
    if demo.default not in demo.cast:
        problems.add("demo.default", _("{name!r} is not of the cast").format(name=demo.default))


IDENTITY = (
    "name",
    "contact",
    "phone",
    "legal_name",
    "legal_form",
    "capital",
    "registration",
    "address",
    "authorities",
    "users",
)
"""What every letter to a client says of the hoster (R16, R39)."""


def missing_identity(hoster: Hoster) -> tuple[str, ...]:
    """Return the keys of `[hoster]` that letters need and that are not given."""
    return tuple(key for key in IDENTITY if not getattr(hoster, key).strip())
