"""Suspensions, carried out by `nocd`: orders are durable, and finished whatever happens (R15-R23).

cases.py     events and refusals        runner.py  whole cases, resumed after a crash
steps.py     one means on one guest     guests.py  one guest through its steps
drift.py     what was ordered, and is   notices.py the mails
routes.py    what the socket answers    measures.py the means on guests
"""

from noc_tui.daemon.context import Context
from noc_tui.daemon.suspension.part import Suspensions


def build(context: Context) -> Suspensions:
    """The part, acting on the configured clusters."""
    return Suspensions.over(context)
