"""The failures of commands: a sentence for the operator and an exit code."""


class CommandFailure(Exception):
    """One sentence for the operator, and the exit code (2 input, 3 out of reach, 4 refused)."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


class BadInput(CommandFailure):
    """Bad usage or bad input: exit code 2."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, 2)


class OutOfReach(CommandFailure):
    """`nocd` or a cluster cannot be reached: exit code 3."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, 3)


class CommandRefused(CommandFailure):
    """Role, missing approval, open checklist step, read-only: exit code 4."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, 4)
