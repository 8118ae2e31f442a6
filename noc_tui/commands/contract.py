"""`noc-tui contract import FILE|show CLAUSE`: the hoster's official text, clause by clause.

`show` gives the product's own summary, and the official text beside it once it was imported.
"""

import argparse
from pathlib import Path

from noc_tui.api.contract import IMPORT, OfficialText
from noc_tui.commands.configured import load_configuration, terms_book
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput
from noc_tui.commands.files import text_of
from noc_tui.commands.options import common_options
from noc_tui.commands.output import say, say_json
from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.contract.official_text import key_of, split_clauses
from noc_tui.contract.terms import Terms
from noc_tui.i18n import _, language
from noc_tui.text import visible, visible_lines
from storage.suspension import newest_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `import` and `show`."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    text = _("keep the hoster's contract, with its SHA-256 and date; leads only")
    one = verbs.add_parser("import", help=text, description=text, parents=[common_options()])
    one.add_argument("file", metavar=_("FILE"), type=Path)
    one.add_argument("--json", action="store_true", help=_("one JSON document"))
    text = _("a clause in short, and its official text if imported")
    one = verbs.add_parser("show", help=text, description=text, parents=[common_options()])
    one.add_argument("clause", metavar=_("CLAUSE"), help=_("6, 5.1, 6.3, C7, annexe 1"))
    one.add_argument("--json", action="store_true", help=_("one JSON document"))


def run(arguments: argparse.Namespace) -> int:
    """Import or show."""
    config = load_configuration(arguments)
    return _import(arguments, config) if arguments.verb == "import" else _show(arguments, config)


def _import(arguments: argparse.Namespace, config: Configuration) -> int:
    text = text_of(arguments.file)
    taken = ask(arguments, config, IMPORT(OfficialText(arguments.file.name, text)))
    if arguments.json:
        say_json(taken)
    else:
        say(f"sha256 {taken.sha256}")
        say(_("clauses found: {n}").format(n=len(taken.clauses)))
    return 0


def _show(arguments: argparse.Namespace, config: Configuration) -> int:
    key = key_of(arguments.clause)
    terms = terms_book(config).default
    title, summary = _summary(terms, key)
    kept = read(config, newest_text)
    official = split_clauses(kept.content).get(key) if kept is not None else None
    if not summary and official is None:
        known = ", ".join(
            [*(one.id for one in terms.articles), f"{terms.charte[0].id}–{terms.charte[-1].id}"]
        )
        raise BadInput(
            _("there is no clause {clause}; known: {known}").format(
                clause=visible(arguments.clause), known=known
            )
        )
    if arguments.json:
        say_json(
            {
                "clause": key,
                "title": title,
                "summary": summary,
                "official": official,
                "sha256": kept.sha256 if kept else None,
                "imported_at": kept.imported_at if kept else None,
            }
        )
        return 0
    say(f"{key}  {title}")
    say(summary)
    say()
    if kept is None:
        say(_("the official text was not imported: noc-tui contract import FILE"))
    elif official is None:
        say(_("the imported text has no such clause"))
    else:
        say(visible_lines(official))
        say(f"— {visible(kept.name)}, {kept.imported_at:%Y-%m-%d}, sha256 {kept.sha256[:16]}…")
    return 0


def _summary(terms: Terms, key: str) -> tuple[str, str]:
    """Title and summary of an article or of a Charte clause; empty when there is none."""
    try:
        clause = terms.clause(key)
        return clause.label.in_(language()), clause.summary.in_(language())
    except KeyError:
        pass
    try:
        article = terms.article(key)
    except KeyError:
        return _parts(terms, key)
    return article.title.in_(language()), article.summary.in_(language())


def _parts(terms: Terms, key: str) -> tuple[str, str]:
    """An article that is told in parts (5, 10, 16): their titles, and a summary a line."""
    parts = [one for one in terms.articles if one.id.startswith(f"{key}.")]
    spoken = language()
    titles = " · ".join(one.title.in_(spoken) for one in parts)
    return titles, "\n".join(f"{one.id}  {one.summary.in_(spoken)}" for one in parts)
