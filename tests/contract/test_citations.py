"""People read articles, never the numbers of our rules."""

import ast
import re
from pathlib import Path

import pytest

from noc_tui.contract.authority import machine
from noc_tui.contract.citations import cite
from noc_tui.contract.suspension import reasons
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.terms import ProcedureStep, Requirement, load_terms
from noc_tui.i18n import LANGUAGES, translations

PACKAGE = Path(reasons.__file__).parents[2]
RULE = re.compile(r"\bR\d+\b")


def cited_rules() -> set[str]:
    """The rule of every reason that the code gives and an article asks for."""
    found = {machine.RULE}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found - {""}


def checklist_rows() -> list[Requirement | ProcedureStep]:
    terms = load_terms()
    return [*terms.requirements, *terms.steps]


def test_every_refusal_and_every_line_of_a_checklist_names_its_article() -> None:
    asked = {(rule, "") for rule in cited_rules()}
    asked |= {(row.rule, row.article) for row in checklist_rows()}
    assert len(asked) > 15
    for rule, article in asked:
        for language in LANGUAGES:
            cited = cite(rule, article).in_(language)
            assert re.match("[aA]rt|ann|C[.]", cited), (rule, article)
            assert not RULE.search(cited), (rule, article)


def test_every_article_that_the_terms_cite_is_one_of_theirs() -> None:
    terms = load_terms()
    known = {row.id for row in terms.articles}
    for row in checklist_rows():
        if row.article[:1].isdigit():
            assert set(row.article.split(", ")) <= known, row.id


def test_no_translated_text_holds_the_number_of_a_rule() -> None:
    catalogue = translations("fr")
    texts = {**vars(catalogue)["_catalog"]}
    assert len(texts) > 1000
    assert [key for key, text in texts.items() if RULE.search(f"{key} {text}")] == []


@pytest.mark.parametrize(
    ("article", "french", "english"),
    [
        ("7", "article 7", "article 7"),
        ("6, 7", "articles 6 et 7", "articles 6 and 7"),
        ("annexe 1", "annexe 1", "annex 1"),
        ("C. civ. 1343-5", "C. civ. 1343-5", "C. civ. 1343-5"),
        ("", "articles 6 et 7", "articles 6 and 7"),
    ],
)
def test_an_article_is_cited_as_each_language_writes_it(
    article: str, french: str, english: str
) -> None:
    cited = cite("R20", article)
    assert (cited.fr, cited.en) == (french, english)
    reason = Reason("R20", "no {what}", {"what": "debit"}, article)
    assert reason.english() == f"no debit ({english})"
