"""TOML as strangers may write it: every text is a document or an error of TOML."""

import tomllib
from collections.abc import Callable
from typing import Any


def parse_toml(text: str, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """The document; raises `tomllib.TOMLDecodeError`, also for what is nested too deeply for the
    interpreter, or a whole number with too many digits for it.
    """
    try:
        return tomllib.loads(text, parse_float=parse_float)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError as error:
        raise tomllib.TOMLDecodeError("nested too deeply") from error
    except (ValueError, ArithmeticError) as error:
        raise tomllib.TOMLDecodeError("a number that cannot be read") from error
