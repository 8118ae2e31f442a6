"""The terms of the contract, as the configuration names them; read once a console."""

from functools import cache

from noc_tui.config import ContractConfig
from noc_tui.console.session import Session
from noc_tui.contract.terms_book import TermsBook, load_book


def terms_book(session: Session) -> TermsBook:
    """The terms that the rules apply; raises `TermsError` naming the file and the key."""
    return _book(session.config.contract)


@cache
def _book(contract: ContractConfig) -> TermsBook:
    return load_book(contract.terms_file, contract.other_terms)
