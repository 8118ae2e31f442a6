"""Follows this operator's orders in the database and reports how they ended."""

from typing import Protocol

import msgspec

from noc_tui.i18n import _, language
from noc_tui.text import visible
from storage.connection import Readable


class OrderEnd(msgspec.Struct, frozen=True):
    """How an order ended: a title, words, and how grave it is."""

    title: str
    text: str
    severity: str


class EndedOrder(Protocol):
    """What an intent tells of its end; `result` is JSON text."""

    @property
    def state(self) -> str: ...
    @property
    def result(self) -> str | None: ...


class _Result(msgspec.Struct):
    said: str | None = None


class Orders(msgspec.Struct):
    """The numbers of intents that are not over, with what the operator called them."""

    _open: dict[int, str] = msgspec.field(default_factory=dict)

    def follow(self, number: int, title: str) -> None:
        """Report the end of that intent when it comes."""
        self._open[number] = title

    @property
    def any_open(self) -> bool:
        """Return whether an order is still being carried out."""
        return bool(self._open)

    async def collect_ended(self, db: Readable) -> list[OrderEnd]:
        """Return what has ended since the last call."""
        from storage.intents import INTENTS  # with the first order

        found: list[OrderEnd] = []
        for number in list(self._open):
            intent = await INTENTS.get(db, number)
            if intent is None or intent.state not in ("done", "failed", "unknown"):
                continue
            title = self._open.pop(number, None)
            if title is not None:  # else another call took it while this one read
                found.append(word_end(title, intent))
        return found


def word_end(title: str, intent: EndedOrder) -> OrderEnd:
    """How an order that is over ended, in words."""
    from noc_tui.kept_words import read_words

    result = msgspec.json.decode(intent.result or "{}", type=_Result)
    said = visible(read_words(result.said or "", language()))
    if intent.state == "done":
        return OrderEnd(title, _("Done: {said}").format(said=said or "OK"), "information")
    if intent.state == "failed":
        return OrderEnd(title, _("Failed: {said}").format(said=said), "error")
    return OrderEnd(title, _("Outcome unknown: {said}").format(said=said), "warning")
