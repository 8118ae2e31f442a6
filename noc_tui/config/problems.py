"""The problems of a file that people wrote: all of them at once, each with its place."""

from pathlib import Path

import msgspec


class ConfigProblem(msgspec.Struct, frozen=True):
    """One thing wrong: in which file, at which key or line, and what."""

    file: Path
    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.text}" if self.key else f"{self.file}: {self.text}"


class ConfigurationError(Exception):
    """The configuration cannot be used; `problems` holds every reason, in the file's order."""

    def __init__(self, problems: tuple[ConfigProblem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Problems(msgspec.Struct):
    """Collects problems of one file while it is read."""

    file: Path
    found: list[ConfigProblem] = msgspec.field(default_factory=list)

    def add(self, key: str, text: str) -> None:
        """Note that `key` is wrong, and why."""
        self.found.append(ConfigProblem(self.file, key, text))

    def found_at(self, key: str) -> bool:
        """Return whether something was found at that key or else in its part of the table."""
        root = key.split(".")[0].split("[")[0]
        return any(p.key.split(".")[0].split("[")[0] == root for p in self.found)

    def settle(self) -> None:
        """Raise `ConfigurationError` when anything was found."""
        if self.found:
            raise ConfigurationError(tuple(self.found))
