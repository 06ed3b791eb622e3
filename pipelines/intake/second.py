"""Step 2 over a column of pseudonyms, as intake and the TTP take it: Arrow in, Arrow out.

Lives here: doing the step once per different pseudonym, without making a Python text of each. Not here: the
HMAC and its keys (pipelines.keys), and whether the column holds pseudonyms only (check).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from pipelines.keys import HEX, Key, step2_blob


def second_column(column: pa.Array, key: Key, *, unique: bool = False) -> pa.Array:
    """The second pseudonyms of a text column; ValueError (without a value) if a cell is no first pseudonym.

    `unique` promises nothing: it says that looking for repetitions is not worth the time.
    """
    if column.null_count:
        raise ValueError("step 2 needs a pseudonym in every row")
    texts = column.cast(pa.string())
    if unique:
        return _texts(step2_blob(key, _blob(texts)))
    coded = texts.dictionary_encode()
    return _texts(step2_blob(key, _blob(coded.dictionary))).take(coded.indices)


def _blob(texts: pa.Array) -> bytes:
    """The texts one behind the other; ValueError if one has another length than a pseudonym."""
    if not len(texts):
        return b""
    _, offsets, data = texts.buffers()
    ends = memoryview(offsets).cast("i")[texts.offset : texts.offset + len(texts) + 1]
    if ends.tobytes() != _offsets(ends[0], len(texts)):
        raise ValueError("step 2 needs 64 lowercase hex characters")
    return data.slice(ends[0], ends[-1] - ends[0]).to_pybytes()


def _texts(blob: bytes) -> pa.Array:
    count = len(blob) // HEX
    return pa.Array.from_buffers(
        pa.string(), count, [None, pa.py_buffer(_offsets(0, count)), pa.py_buffer(blob)]
    )


def _offsets(first: int, count: int) -> bytes:
    """Where texts of 64 begin and end in an Arrow buffer."""
    return np.arange(first, first + HEX * count + 1, HEX, dtype=np.int32).tobytes()
