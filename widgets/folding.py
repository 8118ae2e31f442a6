"""Text as it is compared: without case and without accents."""

import unicodedata


def fold(text: str) -> str:
    """`text` as it is compared: without case, accents and ligatures."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(char for char in plain if not unicodedata.combining(char))
