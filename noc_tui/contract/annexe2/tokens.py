"""Words of a ticket: folded, classed, and still pointing at the text they came from."""

import re
import unicodedata
from dataclasses import dataclass

_FOLDED = str.maketrans(
    {"œ": "oe", "æ": "ae", "’": "'", "‘": "'", "ʼ": "'", "«": '"', "»": '"', "“": '"', "”": '"'}
)

# Ordered: the first that matches wins. The class replaces the word, so that an address or a
# machine's name carries no vocabulary of its own (SRV-SAGE is not a question about SAGE).
_CLASSES = (
    # Bounded as addresses are: a client's line of 60 000 dots would be walked from each of them.
    ("mail_", r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,253}"),
    ("url_", r"(?:https?|ftp)://\S+|www\.\S+"),
    ("unc_", r"\\\\[\w.$-]+(?:\\[\w.$-]+)*"),
    ("net_", r"\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}"),
    ("ip_", r"\d{1,3}(?:\.\d{1,3}){3}"),
    ("ora_err", r"ora-\d{3,5}"),
    ("hex_", r"0x[0-9a-f]{3,}"),
    ("pct_", r"\d+(?:[.,]\d+)? ?%"),
    ("time_", r"\d{1,2} ?h(?:\d{2})?\b|\d{1,2}:\d{2}(?::\d{2})?"),
    ("date_", r"\d{1,2}/\d{1,2}(?:/\d{2,4})?\b|\d{4}-\d{2}-\d{2}"),
    ("size_", r"\d+(?:[.,]\d+)? ?(?:go|gb|to|tb|mo|mb|gio|tio|ko|gigas?|teras?)\b"),
    ("rate_", r"\d+(?:[.,]\d+)? ?(?:[gmk]bit/s|[gmk]bps|[gmk]bits?)\b"),
    (
        "host_",
        r"(?:srv|serveur|server|vm|vps|web|app|db|sql|dc|pve|host|esx|nas)[-_][a-z0-9][\w-]*"
        r"|(?:srv|pve|esx)[a-z]*\d+\b|[a-z]+-(?:prod|preprod|test|dev|recette|web|db)\b"
        r"|[a-z]+-[a-z]*\d{2,}\b",
    ),
    ("drive_", r"\b[a-z]:(?=[\s,.;!?)\\]|$)(?:\\[\w\\. -]*)?"),
)
_WORD = r"[a-z][a-z0-9_.]*[a-z0-9_]|[a-z]|\.net\b|/[a-z]+|\d+(?:[.,]\d+)?"
_PATTERN = re.compile(
    "|".join(f"(?P<c{n}>{rule})" for n, (_, rule) in enumerate(_CLASSES)) + f"|(?P<word>{_WORD})"
)
_NAMES = {f"c{n}": name for n, (name, _) in enumerate(_CLASSES)}


@dataclass(frozen=True, slots=True)
class WordToken:
    """One folded word, `start` and `end` being its place in the text."""

    word: str
    start: int
    end: int


def fold(text: str) -> str:
    """Lower case without accents, each character still at its own place (same length)."""
    if text.isascii():
        return text.lower()
    return text.translate(_FOLDING)


class _Folding(dict[int, str]):
    """What each character is folded to, by its code: worked out when first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if code < _REMEMBERED:
            self[code] = folded
        return folded


# The scripts of Europe and the punctuation: no text makes the table longer than this.
_REMEMBERED = 0x2100
_FOLDING = _Folding()


def _fold_character(character: str) -> str:
    if character < "\x80":
        return character.lower()
    plain = _QUOTES.get(character)
    if plain:
        return plain
    base = unicodedata.normalize("NFKD", character)[0].lower()
    return base if len(base) == 1 else character


_QUOTES = {"’": "'", "‘": "'", "ʼ": "'", "«": '"', "»": '"', "“": '"', "”": '"', "œ": "o", "Œ": "o"}


def tokens(text: str, offset: int = 0) -> list[WordToken]:
    """The words of a text already folded or not; places are counted from `offset`."""
    folded = fold(text)
    return [_token(found, offset) for found in _PATTERN.finditer(folded)]


def _token(found: re.Match[str], offset: int) -> WordToken:
    group = found.lastgroup or "word"
    word = _NAMES.get(group) or found.group()
    if group == "word" and word[0].isdigit():
        word = word.replace(",", ".") if "." in word or "," in word else word
    return WordToken(word, found.start() + offset, found.end() + offset)
