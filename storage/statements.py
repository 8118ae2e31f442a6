"""The statements that write rows: only what differs from what is stored, with its revision."""

from collections.abc import Sequence, Set

ONE_OF_TENANTS = "tenant IN (SELECT value FROM json_each(?))"
"""A condition whose parameter is `json_list` of tenants: one statement, however many they are."""


def json_list(names: Set[str]) -> str:
    """Return names as one parameter of a condition such as `ONE_OF_TENANTS`."""
    import json  # most statements need none

    return json.dumps(sorted(names))


def quote_name(identifier: str) -> str:
    """Return a table's or column's name, quoted for SQL."""
    return f'"{identifier}"'


def upsert(name: str, fields: Sequence[str], key: Sequence[str]) -> str:
    """Insert a row of `fields` and a revision, or change the one with the same key."""
    columns = [quote_name(field) for field in (*fields, "revision")]
    values = [quote_name(field) for field in fields if field not in key]
    insert = (
        f"INSERT INTO {quote_name(name)}({', '.join(columns)})"  # noqa: S608 - names from code
        f" VALUES ({', '.join('?' * len(columns))})"
        f" ON CONFLICT({', '.join(map(quote_name, key))})"
    )
    if not values:
        return f"{insert} DO NOTHING"
    settings = ", ".join(f"{column} = excluded.{column}" for column in [*values, '"revision"'])
    stored = ", ".join(f"{quote_name(name)}.{column}" for column in values)
    offered = ", ".join(f"excluded.{column}" for column in values)
    return f"{insert} DO UPDATE SET {settings} WHERE ({stored}) IS NOT ({offered})"


def update(name: str, fields: Sequence[str], key: Sequence[str]) -> tuple[str, list[int]]:
    """Change the row with that key, where there is one.

    Returns the statement and, for each of its parameters, the place among `upsert`'s.
    """
    values = [field for field in fields if field not in key]
    set_to = [*values, "revision"]
    settings = ", ".join(f"{quote_name(field)} = ?" for field in set_to)
    where = " AND ".join(f"{quote_name(field)} = ?" for field in key)
    stored, offered = ", ".join(map(quote_name, values)), ", ".join("?" * len(values))
    sql = (
        f"UPDATE {quote_name(name)} SET {settings}"  # noqa: S608 - names from code
        f" WHERE {where} AND ({stored}) IS NOT ({offered})"
    )
    given = (*fields, "revision")
    return sql, [given.index(field) for field in (*set_to, *key, *values)]
