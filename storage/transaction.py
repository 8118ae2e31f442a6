"""A transaction of the one writer, as `storage` has it: statements, a revision, an instant.

Nothing outside `storage` is given one: what is written goes through `storage.change.Change`, which
knows which rows need an entry on the evidence log.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from storage.connection import Connection, Row, Value


class Transaction:
    """One change: all of it is committed, or nothing.

    `revision` is a number no earlier change had; every row that is written carries it.
    `at` is the writer's clock when the transaction began.
    """

    def __init__(self, connection: Connection, revision: int, at: datetime) -> None:
        self._connection = connection
        self.revision = revision
        self.at = at

    async def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of one query, which sees what this transaction has written."""
        return await self._connection.rows(sql, parameters)

    async def execute(self, sql: str, parameters: Sequence[Value] = ()) -> int:
        """Run one statement; returns how many rows it changed."""
        return await self._connection.execute(sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Value]]) -> int:
        """Run one statement for each set of parameters; returns how many rows were changed."""
        return await self._connection.executemany(sql, parameters)

    async def execute_each(
        self,
        sql: str,
        parameters: Sequence[Sequence[Value]],
        look: str = "",
        key: Sequence[int] = (),
    ) -> list[tuple[bool, Row | None]]:
        """Run one statement for each set of parameters, and tell of each whether it changed a row.

        `look` is a query that is asked before each, with the parameters at the indexes of `key`:
        its first row is the second half of the answer.
        """
        return await self._connection.execute_each(sql, parameters, look, key)
