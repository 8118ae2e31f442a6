"""The outbox: whatever leaves for the world outside is committed first, sent, and its answer kept.

    async with writer.change(actor) as change:
        identifier = await queue_mail(change, mail, about="suspension:S-0001", …)

`nocd` sends what is due, in the order in which it was queued, and again after a failure, under the
same Message-ID. Every answer is on the evidence log with the exact message.

    GET  /v1/messages?about=SUBJECT    what was sent about something, with its state and answer
    POST /v1/messages/retry {"id"}     try one again at once; operators and leads
"""

from noc_tui.daemon.outbox.compose import BadAddressError, Mail
from noc_tui.daemon.outbox.letters import print_letter, queue_letter
from noc_tui.daemon.outbox.queue import queue_mail
from noc_tui.daemon.outbox.service import Outbox, build

__all__ = [
    "BadAddressError",
    "Mail",
    "Outbox",
    "build",
    "print_letter",
    "queue_letter",
    "queue_mail",
]
