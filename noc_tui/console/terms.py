"""The contract's terms, as the configuration names them; read once a console."""

from functools import cache
from pathlib import Path

from noc_tui.console.session import Session
from noc_tui.contract.terms import Terms, load_terms


def terms_of(session: Session) -> Terms:
    """The terms that the rules apply; raises `TermsError` naming the file and the key."""
    return _terms(session.config.contract.terms_file)


@cache
def _terms(file: Path | None) -> Terms:
    return load_terms(file)
