"""Values that must never be printed, logged or sent anywhere but where they belong."""

import msgspec


class Secret:
    """A secret text. Only `reveal` gives it; printing, formatting and comparing do not."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that sends it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not copied into another process")


class SecretToken(msgspec.Struct, frozen=True):
    """A Proxmox API token: `name` is `user@realm!tokenname` and may be shown, `secret` may not."""

    name: str
    secret: Secret

    @property
    def user(self) -> str:
        """`user@realm`, the account that owns the token."""
        return self.name.partition("!")[0]


class Secrets(msgspec.Struct, frozen=True):
    """What `nocd` alone may hold, by the name of the cluster or backup server."""

    read: dict[str, SecretToken] = msgspec.field(default_factory=dict)
    action: dict[str, SecretToken] = msgspec.field(default_factory=dict)
    backup: dict[str, SecretToken] = msgspec.field(default_factory=dict)
    smtp_password: Secret | None = None
    webhook_urls: dict[str, Secret] = msgspec.field(default_factory=dict)
    webhook_keys: dict[str, Secret] = msgspec.field(default_factory=dict)
