"""Mails that were refused."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Violation


def found(view: AlertInputs) -> Iterator[Violation]:
    for mail in view.mails:
        words = (f"name={mail.recipient}", f"error={mail.answer}")
        yield Violation("mail", f"mail:{mail.id}", "nocd", words)
