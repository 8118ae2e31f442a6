"""The mails of a sealed case: there are none (R37)."""

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import Case, Person
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.suspension.notice_delivery import Notices
from noc_tui.i18n import _
from noc_tui.letters.layout import PrintedLetter
from storage.change import Change


class SilentNotices(Notices):
    """Refuses every mail to the client, the one of the restoration too, and queues none: what is
    not overridden here ends at `_queue`.
    """

    async def send(self, identifier: str, by: Person) -> Case:
        """Raise `Conflict`: the client is not told while the case is secret."""
        raise _silence()

    async def _queue(
        self, change: Change, case: Case, letter: PrintedLetter, purpose: str, by: Person
    ) -> str:
        """Raise `Conflict`, whatever the letter is."""
        raise _silence()

    def require_withholdable(self) -> None:
        """Do nothing: a secret case is where a notice is withheld."""

    async def tell_restored(
        self, change: Change, case: Case, event: ev.Restored, by: Person
    ) -> None:
        """Queue nothing."""

    async def tell_withdrawn(self, change: Change, case: Case) -> Case:
        """Queue nothing."""
        return case

    async def send_owed(self, identifier: str) -> None:
        """Queue nothing: nothing is owed before the case is published."""

    async def follow(self) -> None:
        """There is nothing to follow."""


def _silence() -> Conflict:
    return Conflict(_("this case is secret: the client is told nothing before it is published"))
