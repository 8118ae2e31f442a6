"""Mails that were refused."""

from collections.abc import Iterator

from noc_tui.oncall.finding import Finding
from noc_tui.oncall.view import View


def found(view: View) -> Iterator[Finding]:
    for mail in view.mails:
        words = (f"name={mail.recipient}", f"error={mail.answer}")
        yield Finding("mail", f"mail:{mail.id}", "nocd", words)
