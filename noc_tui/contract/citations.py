"""Cites what a rule of the product reads: the article of the contract, in both languages.

The numbers of rules (R1 to R41) are for code, tests and `docs/contract-rules.md`. Whoever uses the
product reads articles, which its contract has too.
"""

from collections.abc import Mapping

from noc_tui.contract.terms_shape import BilingualText


def _articles(*numbers: str) -> BilingualText:
    if len(numbers) == 1:
        return BilingualText(fr=f"article {numbers[0]}", en=f"article {numbers[0]}")
    first, last = ", ".join(numbers[:-1]), numbers[-1]
    return BilingualText(fr=f"articles {first} et {last}", en=f"articles {first} and {last}")


_CHARTE = BilingualText(fr="annexe 1", en="annex 1")
_CITED: Mapping[str, BilingualText] = {
    "R4": _articles("6"),
    "R10": _articles("10.1"),
    "R13": _articles("10.2"),
    "R15": _articles("5.1", "6", "8"),
    "R16": _articles("6"),
    "R17": _CHARTE,
    "R18": _articles("8"),
    "R19": _CHARTE,
    "R20": _articles("6", "7"),
    "R21": _articles("6"),
    "R22": _articles("6", "16.1"),
    "R23": _articles("10.1"),
    "R32": _articles("5.3"),
    "R35": _articles("6"),
    "R36": _articles("5.1"),
    "R37": _articles("6"),
    "R38": _articles("10.1"),
}


def cite(rule: str, article: str = "") -> BilingualText:
    """Return how a refusal or a line of the checklist is cited: by `article` where that is given,
    else by the articles that its rule reads.

    `article` is one or more of the terms (`7`, `6, 7`, `annexe 1`), or a law as it is written
    (`C. civ. 1343-5`). Raises `KeyError` for a rule that no refusal and no checklist gives.
    """
    if not article:
        return _CITED[rule]
    if article.startswith("annexe "):
        return BilingualText(fr=article, en=f"annex {article.removeprefix('annexe ')}")
    if article[0].isdigit():
        return _articles(*article.split(", "))
    return BilingualText(fr=article, en=article)
