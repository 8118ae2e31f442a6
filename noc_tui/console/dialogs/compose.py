"""A mail to read and edit: `await app.push_screen_wait(Compose(recipient, subject, body))`."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, TextArea

from noc_tui.console.dialogs.base import Dialog, Keeper, keep_nowhere
from noc_tui.i18n import N_, _

Mail = tuple[str, str]
"""Subject and body."""
KEEP_SECONDS = 2.0


class Compose(Dialog[Mail | None]):
    """Subject and body; None when the operator leaves. The recipient is fixed.

    `keep` gets the mail while it is written, and as it was when the operator cancels.
    """

    DEFAULT_CSS = """
    Compose > Vertical { width: 90; height: 90%; max-height: 26; }
    Compose TextArea { height: 1fr; margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", N_("Keep"), show=False, priority=True, id="dialog.keep"),
    ]

    def __init__(
        self,
        recipient: str,
        subject: str,
        body: str,
        keep: Callable[[Mail], Awaitable[object]] = keep_nowhere,
    ) -> None:
        super().__init__(recipient)
        self._before = (subject, body)
        self._keeper = Keeper(keep, self._before)

    def content(self) -> ComposeResult:
        subject, body = self._before
        yield Input(subject, id="subject")
        yield TextArea(body, id="body")
        with Horizontal():
            yield Button(_("Cancel ({key})").format(key=self.key_of("dialog.cancel")), id="cancel")
            keep = _("Keep ({key})").format(key=self.key_of("dialog.keep"))
            yield Button(Content(keep), id="keep", variant="primary")

    def on_mount(self) -> None:
        self.set_interval(KEEP_SECONDS, self._keep_writing)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Return the mail, or leave."""
        self._finish(self._read_mail() if event.button.id == "keep" else None)

    def action_keep(self) -> None:
        """Return subject and body as they are."""
        self._finish(self._read_mail())

    def action_leave(self) -> None:
        """Return without a change."""
        self._finish(None)

    def _read_mail(self) -> Mail:
        subject = self.query_one("#subject", Input).value.strip()
        return subject, self.query_one("#body", TextArea).text

    @work(group="keep")
    async def _keep_writing(self) -> None:
        await self._keeper.keep(self._read_mail())

    @work(group="finish", exclusive=True)
    async def _finish(self, mail: Mail | None) -> None:
        await self._keeper.keep(self._before if mail is None else mail)
        self.dismiss(mail)
