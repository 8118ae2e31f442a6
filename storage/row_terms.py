"""What a row adds to the sum of its table, so that one signature covers what no entry holds.

A term is SHAKE-256, 4096 bits of it, over the JSON text `[TABLE,KEY,VALUES,REVISION]`; a sum is
taken modulo 2^4096. At that size nobody finds other rows of the same sum (Wagner's attack on sums
takes 2^128 steps), and a change of one row costs two terms, however many rows there are.
"""

from collections.abc import Sequence

import msgspec

BYTES = 512
MODULUS = 1 << 8 * BYTES

_ENCODER = msgspec.json.Encoder()


def term_of(table: str, key: object, values: object, revision: object) -> int:
    """The term of a row: its table, its key, what moves without an entry, and its revision."""
    import hashlib  # libcrypto: readers do without

    text = _ENCODER.encode((table, key, values, revision))
    return int.from_bytes(hashlib.shake_256(text).digest(BYTES), "big")


ENTRIES = "evidence"
"""The kind of the sum over the numbers of the changes that wrote the entries: no hash holds those.
"""


def entry_term(seq: int, revision: int) -> int:
    """What an entry adds to the sum of them all."""
    return term_of(ENTRIES, [seq], [], revision)


def sum_bytes(total: int) -> bytes:
    """A sum as it is stored and signed."""
    return (total % MODULUS).to_bytes(BYTES, "big")


def add_terms(terms: Sequence[int]) -> int:
    """Several terms as one."""
    return sum(terms) % MODULUS
