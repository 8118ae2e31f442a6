"""Are the rows of one thing, such as a case, what the last entries about it hold?

A few look-ups before somebody acts on these rows; `storage.verify` compares all of them, and the
chain. Rows from before entries held digests are left to it.
"""

from collections.abc import Mapping
from typing import Any

from storage import chain
from storage.connection import Readable
from storage.payload_rows import PayloadRows, decode_rows
from storage.row_checks import NO_ENTRY, NO_ROW
from storage.row_digests import ADOPTED, row_digest
from storage.statements import quote_name
from storage.tables import Table
from storage.verdict import AlteredRow

_ABOUT = (
    "SELECT seq, payload_hash, salt, content, erased_by FROM evidence_subject"
    " JOIN evidence USING (seq) LEFT JOIN evidence_payload USING (seq)"
    " WHERE subject = ? ORDER BY seq"
)
Digest = tuple[int, str | None]
"""The number of an entry, and a row's digest there; None where it was removed."""


async def find_altered(
    db: Readable, subject: str, name: str, tables: Mapping[Table[Any], str]
) -> AlteredRow | None:
    """Return the first row that is not as the entries about the subject hold it; None where all
    are. `tables` have the column by which rows are those of `name`.
    """
    known: dict[tuple[str, str], Digest] = {}
    for seq, hashed, salt, content, erased_by in await db.rows(_ABOUT, (subject,)):
        if content is None:
            held = (await _read(db, erased_by)).rows_of.get(str(seq), {})
        elif chain.payload_hash(salt, content) != hashed:
            return AlteredRow("evidence", str(seq), seq, hashed.hex(), "another content")
        else:
            held = decode_rows(content).rows
        for kind, rows in held.items():
            known |= {(kind, key): (seq, digest) for key, digest in rows.items()}
    adopted = await db.rows("SELECT 1 FROM evidence WHERE kind = ? LIMIT 1", (ADOPTED,))
    for table, column in tables.items():
        said = {key: one for (of, key), one in known.items() if of == table.name}
        for key, found in (await _digests(db, table, column, name)).items():
            entry, expected = said.pop(key, (None, NO_ENTRY))
            if expected != found and not (adopted and entry is None):
                return AlteredRow(table.name, key, entry, expected or NO_ROW, found)
        for key, (entry, digest) in said.items():
            if digest is not None:
                return AlteredRow(table.name, key, entry, digest, NO_ROW)
    return None


async def _read(db: Readable, seq: int | None) -> PayloadRows:
    found = await db.rows("SELECT content FROM evidence_payload WHERE seq = ?", (seq,))
    return decode_rows(found[0][0] if found else None)


async def _digests(db: Readable, table: Table[Any], column: str, name: str) -> dict[str, str]:
    columns = ", ".join(map(quote_name, table.fields))
    sql = f"SELECT {columns} FROM {quote_name(table.name)} WHERE {quote_name(column)} = ?"  # noqa: S608 - names from code
    rows = await db.rows(sql, (name,))
    return {table.stored_key(row): row_digest(table.canonical(row)) for row in rows}
