"""The key that signs heads, packs and documents, as the services share it."""

from dataclasses import dataclass

from noc_tui.daemon.core.errors import Unavailable
from noc_tui.i18n import _
from storage.heads import SigningKey


@dataclass(slots=True)
class KeyInForce:
    """`key` is None until it was read, and where it cannot be."""

    key: SigningKey | None = None

    def require(self) -> SigningKey:
        """Return the key. Raises `Unavailable` when there is none."""
        if self.key is None:
            raise Unavailable(_("there is no key to sign with: see the log of nocd"))
        return self.key
