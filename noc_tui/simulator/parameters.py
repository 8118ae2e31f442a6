"""Parameters of a call as Proxmox verifies them, with its own words for what is wrong."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from noc_tui.simulator.errors import bad_parameters

Value = str | int
Verify = Callable[[str], Value]
"""Turns the text that came in into a value, or raises `ValueError` with Proxmox's words."""

NOT_IN_SCHEMA = (
    "property is not defined in schema and the schema does not allow additional properties"
)
MISSING = "property is missing and it is not optional"

_TRUE = frozenset(("1", "yes", "on", "true"))
_FALSE = frozenset(("0", "no", "off", "false"))


@dataclass(frozen=True, slots=True)
class Parameter:
    """One property of a call's schema."""

    verify: Verify
    optional: bool = True


def text(least: int = 0, most: int = 0) -> Verify:
    """Any text of at least `least` and, when `most` is given, at most `most` characters."""

    def verify(given: str) -> Value:
        if least and len(given) < least:
            raise ValueError(f"value must be at least {least} characters long")
        if most and len(given) > most:
            raise ValueError(f"value may only be {most} characters long")
        return given

    return verify


def match_pattern(pattern: str) -> Verify:
    """Text that a regular expression matches wholly."""
    compiled = re.compile(pattern)

    def verify(given: str) -> Value:
        if not compiled.fullmatch(given):
            raise ValueError("value does not match the regex pattern")
        return given

    return verify


def integer(least: int | None = None, most: int | None = None) -> Verify:
    def verify(given: str) -> Value:
        if not re.fullmatch(r"[+-]?\d+", given):
            raise ValueError(f"type check ('integer') failed - got '{given}'")
        number = int(given)
        if least is not None and number < least:
            raise ValueError(f"value must have a minimum value of {least}")
        if most is not None and number > most:
            raise ValueError(f"value must have a maximum value of {most}")
        return number

    return verify


def boolean(given: str) -> Value:
    """Proxmox's spellings of yes and no, whatever their case."""
    if given.lower() in _TRUE:
        return 1
    if given.lower() in _FALSE:
        return 0
    raise ValueError(f"type check ('boolean') failed - got '{given}'")


def choice(*allowed: str) -> Verify:
    def verify(given: str) -> Value:
        if given not in allowed:
            names = ", ".join(allowed)
            raise ValueError(f"value '{given}' does not have a value in the enumeration '{names}'")
        return given

    return verify


def vmid(given: str) -> Value:
    """A guest's number, 100 to 999999999."""
    number = integer()(given)
    if not 100 <= int(number) <= 999_999_999:
        raise ValueError("invalid format - value does not look like a valid VM ID\n")
    return number


FLAG = Parameter(boolean)
TEXT = Parameter(text())
NUMBER = Parameter(integer(0))
VMID = Parameter(vmid, optional=False)
UPID = Parameter(text(), optional=False)
DIGEST = Parameter(text(most=64))
Schema = Mapping[str, Parameter]


def verify_parameters(schema: Schema, given: Mapping[str, str]) -> dict[str, Value]:
    """The values of `given` under `schema`; raises 400 naming every parameter that is wrong."""
    errors: dict[str, str] = {}
    values: dict[str, Value] = {}
    for name, value in given.items():
        parameter = schema.get(name)
        if parameter is None:
            errors[name] = NOT_IN_SCHEMA
            continue
        try:
            values[name] = parameter.verify(value)
        except ValueError as wrong:
            errors[name] = str(wrong)
    for name, parameter in schema.items():
        if not parameter.optional and name not in given:
            errors[name] = MISSING
    if errors:
        raise bad_parameters(errors)
    return values
