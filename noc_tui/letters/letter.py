"""What a letter is: to whom, about what, and its text in blocks.

The plain text of the blocks is the letter's one text: it is what an operator edits and an approver
reads, and HTML is printed from it. Blocks are parted by an empty line. A block of one line that
begins with its number is a heading (`1. Faits`), a block whose lines begin with `- ` a list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from noc_tui.i18n import Language
from noc_tui.text import visible, visible_lines

Contested = Literal["measure", "termination", "decision", "figures"]
"""What a letter tells that its client may contest."""


@dataclass(frozen=True, slots=True)
class LetterSender:
    """The hoster as it signs, in the words of the configuration's `[hoster]`; empty is not given.

    `complaints` is where a measure is contested, `settlement` the body that settles disputes out of
    court, if the terms name one; `payment` is how a sum due is paid; `authorities` and `users` are
    the contact points of Regulation (EU) 2022/2065, articles 11 and 12.
    """

    name: str
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

    @property
    def reach(self) -> str:
        """How a client reaches the hoster: address and telephone."""
        return ", ".join(part for part in (self.contact, self.phone) if part)


@dataclass(frozen=True, slots=True)
class ClientLetter:
    """One letter; `body` is its text from the first sentence to the last, without greeting.

    `channel` is how a letter on paper is sent, empty for a mail. Where it says what it tells is
    contested, `contested` is that; None where there is nothing to contest, or the body says so.
    `address` is the recipient's by post, empty where it is not known. `warning` stands above a
    draft that may not leave as it is, as a mark that whoever signs takes away. `signed_by_person`
    is whether it binds by whoever signs it: its name and capacity are told as such.
    """

    language: Language
    subject: str
    recipient: str
    reference: str
    body: str
    channel: str = ""
    contested: Contested | None = None
    address: str = ""
    warning: str = ""
    signed_by_person: bool = False


@dataclass(slots=True)
class Blocks:
    """Collects the blocks of a letter's text; headings are numbered in their order."""

    parts: list[str] = field(default_factory=list)
    headings: int = 0

    def heading(self, title: str) -> None:
        """Begin a part of the letter."""
        self.headings += 1
        self.parts.append(f"{self.headings}. {visible(title)}")

    def say(self, *sentences: str) -> None:
        """Add a paragraph of these sentences; nothing if all are empty."""
        text = " ".join(visible(one) for one in sentences if one)
        if text:
            self.parts.append(text)

    def rows(self, lines: Iterable[str]) -> None:
        """Add a list; nothing if there is no line."""
        items = [f"- {visible(line)}" for line in lines if line]
        if items:
            self.parts.append("\n".join(items))

    def quoted(self, text: str) -> None:
        """Add what somebody wrote as it is, its own paragraphs kept."""
        self.parts += ["\n".join(block) for block in split_blocks(visible_lines(text))]

    def text(self) -> str:
        """The whole text, ending in a line feed."""
        return "\n\n".join(self.parts) + "\n"


def split_blocks(text: str) -> Sequence[Sequence[str]]:
    """The blocks of a text, each as its lines."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            blocks[-1].append(line.rstrip())
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]
