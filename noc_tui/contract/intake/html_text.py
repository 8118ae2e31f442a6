"""The words of an HTML mail, without its styles and scripts."""

from html.parser import HTMLParser

_BREAKS = frozenset(
    {"p", "br", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote", "hr", "pre"}
)
_UNSEEN = frozenset({"style", "script", "head", "title"})


def text_of_html(document: str) -> str:
    """Return the visible text, a line a block; quoted blocks begin with `>` as in plain mails."""
    reader = _Reader()
    reader.feed(document)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "body":
            self._unseen = 0  # a head that was never closed hides nothing more
        if tag == "blockquote":
            self._quoted += 1
        if tag in _BREAKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        if tag in _BREAKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data.replace("\r", " ").replace("\n", " "))

    def _break(self) -> None:
        self.parts.append("\n> " if self._quoted else "\n")
