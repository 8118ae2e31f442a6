"""Asking the look-up off the interface's loop, and its answer as a message."""

from pathlib import Path

from textual.message import Message

from noc_tui.contract.annexe2 import judge
from noc_tui.contract.annexe2.answer import Answer
from noc_tui.contract.annexe2.lexicon import VocabularyError
from noc_tui.contract.annexe2.reading import UnreadableTicketError
from noc_tui.contract.terms import Terms
from noc_tui.threads import in_thread


class Judged(Message):
    """The look-up's answer to a text, or why there is none."""

    def __init__(self, text: str, answer: Answer | None, error: str = "") -> None:
        super().__init__()
        self.text = text
        self.answer = answer
        self.error = error


async def judged(terms: Terms, words: Path | None, text: str) -> Judged:
    """Look `text` up with the vocabulary of the file `words`; an empty text has no answer."""
    if not text.strip():
        return Judged(text, None)
    try:
        return Judged(text, await in_thread(_answer, terms, words, text))
    except (UnreadableTicketError, VocabularyError) as error:
        return Judged(text, None, str(error))


def _answer(terms: Terms, words: Path | None, text: str) -> Answer:
    return judge.shipped({row.id: row.verdict for row in terms.annexe2}, words).answer(text)
