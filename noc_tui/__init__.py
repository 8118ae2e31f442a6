"""The console of a network operations centre that knows its hoster's contract."""

__version__ = "0.1.0"
