"""The configuration as frozen values: one struct a table of the file, its keys as fields.

`config.example.toml` documents every key for the people who write the file; a test holds that it
names them all. A part of the product that needs settings adds a struct here and a field to
`Configuration`; reading, unknown keys and types are then checked without more code.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from noc_tui.i18n import Language
from noc_tui.public_networks import PRIVATE

Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")]
Seconds = Annotated[float, Meta(gt=0)]
Port = Annotated[int, Meta(ge=1, le=65535)]
RoleName = Literal["viewer", "operator", "lead"]


CAST: dict[str, RoleName] = {
    "vera": "viewer",
    "omar": "operator",
    "olga": "operator",
    "lea": "lead",
}


class Database(Struct, frozen=True, kw_only=True):
    """Where `nocd` keeps everything; its folder is given mode 2750, the file 0640.

    Copies made before a migration or a restore are removed after `keep_copies_days`.
    """

    path: Path
    group: str | None = None
    keep_copies_days: Annotated[int, Meta(ge=1)] = 30


class BackupConfig(Struct, frozen=True, kw_only=True):
    """How the backups that `nocd backup` makes are watched, and sent to another site.

    One older than `max_age_hours` is an alert. `send` is a command without a shell, run after each
    backup, in which `{file}`, `{manifest}` and `{directory}` are filled; `send_timeout` in seconds.
    """

    max_age_hours: Annotated[float, Meta(gt=0)] = 26.0
    send: tuple[str, ...] = ()
    send_timeout: Seconds = 3600.0


class Socket(Struct, frozen=True, kw_only=True):
    """Where `nocd` listens: a Unix socket, whose path the kernel limits to 107 bytes."""

    path: Path


class Log(Struct, frozen=True, kw_only=True):
    """How much `nocd` writes to its log: that level and the ones above it."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class Hoster(Struct, frozen=True, kw_only=True):
    """Who speaks in mails and statements, and who it is by law (R16).

    `registration` is the entry in the trade register as it is cited, `capital` with its currency.
    `complaints` is where a measure is contested (else `contact`); `settlement` the body for
    out-of-court settlement, where the terms name one; `authorities` and `users` are the contact
    points of Regulation (EU) 2022/2065, articles 11 and 12. `payment` is how a client pays, as
    `virement, IBAN …`; `signatory` who signs, with its capacity.
    """

    name: str = ""
    contact: str = ""
    phone: str = ""
    legal_name: str = ""
    legal_form: str = ""
    capital: str = ""
    registration: str = ""
    address: str = ""
    signatory: str = ""
    complaints: str = ""
    settlement: str = ""
    authorities: str = ""
    users: str = ""
    payment: str = ""


class SiteConfig(Struct, frozen=True, kw_only=True):
    """A datacentre. `country` is its ISO 3166 code: R34 wants France."""

    name: Name
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}\Z")]
    label: str = ""


Fingerprints = str | tuple[str, ...] | dict[str, str]
"""SHA-256 of one certificate, of several that each endpoint may show, or of one by endpoint."""


class ClusterConfig(Struct, frozen=True, kw_only=True):
    """A Proxmox VE cluster, and how to trust and enter it.

    `ssh` is where an operator's own client reaches each node: `user@host`, by its name.
    """

    name: Name
    site: str
    endpoints: Annotated[tuple[str, ...], Meta(min_length=1)]
    read_token_file: Path
    action_token_file: Path | None = None
    ca_file: Path | None = None
    fingerprint: Fingerprints | None = None
    ssh: dict[str, str] = field(default_factory=dict)
    timeout: Seconds = 8.0


class BackupServer(Struct, frozen=True, kw_only=True):
    """A Proxmox Backup Server; `clusters` names whose guests it keeps, all of them when empty.

    `owners` are the accounts that write each cluster's backups: one of another owner is doubtful.
    `check_names` is whether the notes of a backup hold the guest's name, as Proxmox writes it.
    """

    name: Name
    site: str
    url: str
    datastore: Name
    token_file: Path
    namespace: str = ""
    clusters: tuple[str, ...] = ()
    owners: dict[str, str] = field(default_factory=dict)
    check_names: bool = True
    ca_file: Path | None = None
    fingerprint: str | tuple[str, ...] | None = None
    timeout: Seconds = 30.0


class Poll(Struct, frozen=True, kw_only=True):
    """How often `nocd` looks, in seconds."""

    fast: Seconds = 10.0
    slow: Seconds = 300.0
    stale_after: Seconds = 45.0


class ContractTerms(Struct, frozen=True, kw_only=True):
    """Terms in that file for the tenants with these ids, from a day on; without one, always."""

    file: Path
    tenants: Annotated[tuple[str, ...], Meta(min_length=1)]
    since: date | None = field(name="from", default=None)


class ContractConfig(Struct, frozen=True, kw_only=True):
    """The terms file, when the hoster's own is not the one that is shipped; tenants' other terms.

    Of a tenant's other terms the last begun apply; before them, and to all others, `terms_file`.
    """

    terms_file: Path | None = None
    vocabulary_file: Path | None = None
    other_terms: tuple[ContractTerms, ...] = ()


class Members(Struct, frozen=True, kw_only=True):
    """Unix users and groups that have a role."""

    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class Roles(Struct, frozen=True, kw_only=True):
    """Who may do what. `confidential` gives no role: of the accounts that have one it names those
    who see that a secret order of an authority exists (R37).
    """

    viewer: Members = Members()
    operator: Members = Members()
    lead: Members = Members()
    confidential: Members = Members()


class RegisterConfig(Struct, frozen=True, kw_only=True):
    """The tenant register, TOML or CSV by its suffix."""

    file: Path


class Smtp(Struct, frozen=True, kw_only=True):
    """How mails leave. `security`: from the first byte, upgraded, or none (loopback relays)."""

    host: str
    sender: str
    port: Port = 587
    security: Literal["tls", "starttls", "none"] = "starttls"
    user: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    timeout: Seconds = 20.0


class Probing(Struct, frozen=True, kw_only=True):
    """Probes in general: those of the register's endpoints, and signed observations from outside.

    `interval` and `timeout` in seconds; `failures` in a row confirm an outage (None: the terms').
    `drop` is the folder in which outside probers leave what they saw.
    """

    endpoints: bool = True
    interval: Seconds = 30.0
    timeout: Seconds = 5.0
    failures: Annotated[int, Meta(ge=1)] | None = None
    drop: Path | None = None


class Probe(Struct, frozen=True, kw_only=True):
    """A probe of its own: of a tenant's connectivity, or of one instance (`cluster/vmid`)."""

    name: Name
    tenant: str
    target: str
    instance: str = ""
    interval: Seconds | None = None
    timeout: Seconds | None = None
    failures: Annotated[int, Meta(ge=1)] | None = None


class CanaryConfig(Struct, frozen=True, kw_only=True):
    """A target of the hoster's own; when none of them answers, this machine is cut off."""

    name: Name
    target: str


class Vantage(Struct, frozen=True, kw_only=True):
    """A prober on another network: its name and public key (Ed25519, base64)."""

    name: Name
    public_key: str


class EvidenceConfig(Struct, frozen=True, kw_only=True):
    """How the evidence is kept: the key that signs its head, where heads go, what is erased when.

    A head is signed at once after what concerns money, promises, services and mails, and
    `sign_every` seconds after anything else: at most ten minutes, also where it says more.

    Contents are erased when their time is over (`noc_tui/contract/retention.toml`). `keep_days`
    keeps some for longer, by kind or by prefix ending in a dot; never for less. `disputed` are
    subjects (`tenant:acme`) of which nothing is erased while a dispute lasts.
    """

    key_file: Path | None = None
    sign_every: Seconds = 600.0
    anchor_file: Path | None = None
    anchor_mail: str | None = None
    anchor_url: Annotated[str, Meta(pattern=r"^https?://")] | None = None
    keep_days: dict[str, Annotated[int, Meta(ge=1)]] = {}
    disputed: tuple[str, ...] = ()


class AnchorConfig(Struct, frozen=True, kw_only=True):
    """The time-stamping authority (RFC 3161) that signed heads are sent to, `tsa_every` seconds
    apart at least; `tsa_ca_file` holds the certificates that its stamps are checked by, PEM.
    """

    tsa_url: Annotated[str, Meta(pattern=r"^https?://")] | None = None
    tsa_ca_file: Path | None = None
    tsa_every: Seconds = 600.0


class SuspensionConfig(Struct, frozen=True, kw_only=True):
    """How suspensions are carried out: guests at once a node, seconds between looks and tries.

    `private_networks` (CIDR) go on where a guest is cut from what is public.
    """

    mail_templates: Path | None = None
    copy_to: str = ""
    guests_per_node: Annotated[int, Meta(ge=1, le=10)] = 2
    check_seconds: Seconds = 300.0
    retry_seconds: Seconds = 15.0
    shutdown_seconds: Annotated[int, Meta(ge=1)] = 180
    private_networks: tuple[str, ...] = PRIVATE


class Receiver(Struct, frozen=True, kw_only=True):
    """A receiver of alerts; `level` 1 gets a page when nobody acknowledges at level 0.

    A chat's URL is a secret by itself: give it in `url_file`. `secret_file` holds the key that
    signs `json`, or ntfy's token. With `account`, who is not on call is told a level later.
    """

    name: Name
    kind: Literal["json", "chat", "ntfy", "mail"]
    url: str | None = None
    url_file: Path | None = None
    address: str | None = None
    secret_file: Path | None = None
    severities: tuple[Literal["critical", "warning", "notice"], ...] = ("critical",)
    level: Annotated[int, Meta(ge=0, le=9)] = 0
    account: str | None = None


class OnCallConfig(Struct, frozen=True, kw_only=True):
    """The receivers of alerts, and the dead man's switch.

    A certificate or token that holds for no more than `expiry_warning_days` is an alert.
    """

    escalate_after: Seconds = 900.0
    expiry_warning_days: Annotated[int, Meta(ge=0)] = 30
    expiry_critical_days: Annotated[int, Meta(ge=0)] = 7
    dead_man_url: str | None = None
    dead_man_every: Seconds = 60.0
    receivers: tuple[Receiver, ...] = field(default=(), name="receiver")


Percent = Annotated[int, Meta(ge=1, le=100)]


class PromisesConfig(Struct, frozen=True, kw_only=True):
    """How the promises of annexe 2 are watched.

    A guest's newest intact backup may be `verified_days` old, and each tenant's last restore test
    `restore_test_days`. CPU, memory and the fullest disk of a guest are in strain from so many
    percent on, unless its tenant or the guest has a limit of its own; CPU and memory are told after
    `sustained_minutes`. In each slow round `guests_a_round` guests of a cluster are asked in turn.
    """

    verified_days: Annotated[int, Meta(ge=1)] = 7
    restore_test_days: Annotated[int, Meta(ge=1)] = 92
    cpu_percent: Percent = 95
    memory_percent: Percent = 95
    disk_percent: Percent = 90
    sustained_minutes: Annotated[float, Meta(ge=0)] = 15.0
    guests_a_round: Annotated[int, Meta(ge=1, le=100)] = 10


class Console(Struct, frozen=True, kw_only=True):
    """How consoles look at first: a theme, and keys remapped by the binding's stable id. `notify`
    is the sequence by which the operator's desktop is told of a new alert, `remember` whether a
    console keeps its operator's habits from one time to the next.
    """

    theme: str = "noc-dark"
    notify: Literal["osc9", "osc777", "off"] = "osc9"
    remember: bool = True
    keys: dict[str, str] = {}


class Demo(Struct, frozen=True, kw_only=True):
    """Present in a demo alone: who plays, which of them see secret orders of authorities, and the
    three numbers of its clock.
    """

    account: int
    cast: dict[str, RoleName] = field(default_factory=lambda: dict(CAST))
    default: str = "omar"
    confidential: tuple[str, ...] = ("olga", "lea")
    clock_origin: datetime | None = None
    clock_real_origin: float = 0.0
    clock_speed: Seconds = 1.0


class Configuration(Struct, frozen=True, kw_only=True):
    """All of it. `file` is where it was read; paths in it are absolute."""

    database: Database
    socket: Socket
    file: Path = Path()
    language: Language | None = None
    log: Log = Log()
    hoster: Hoster = Hoster()
    sites: tuple[SiteConfig, ...] = field(default=(), name="site")
    clusters: tuple[ClusterConfig, ...] = field(default=(), name="cluster")
    backup_servers: tuple[BackupServer, ...] = field(default=(), name="pbs")
    poll: Poll = Poll()
    contract: ContractConfig = ContractConfig()
    roles: Roles = Roles()
    register: RegisterConfig | None = None
    smtp: Smtp | None = None
    probing: Probing = Probing()
    probes: tuple[Probe, ...] = field(default=(), name="probe")
    canaries: tuple[CanaryConfig, ...] = field(default=(), name="canary")
    vantages: tuple[Vantage, ...] = field(default=(), name="vantage")
    evidence: EvidenceConfig = EvidenceConfig()
    backup: BackupConfig | None = None
    anchor: AnchorConfig = AnchorConfig()
    suspension: SuspensionConfig = SuspensionConfig()
    oncall: OnCallConfig = OnCallConfig()
    promises: PromisesConfig = PromisesConfig()
    console: Console = Console()
    demo: Demo | None = None
