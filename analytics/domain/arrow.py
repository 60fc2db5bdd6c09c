"""Arrow's types of the columns of a schema, and its tables as pandas: apart, since who needs no table waits for neither."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

TYPES = {
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "INTEGER": pa.int32(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMPTZ": pa.timestamp("us", "UTC"),
}
_PANDAS = {pa.int32(): pd.Int64Dtype(), pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
_FEW = 2_048
"""Rows of text that cost less as Python's own: a call to Arrow takes longer than they do."""
_OF_FEW = _PANDAS | {pa.string(): pd.StringDtype("python", na_value=np.nan)}


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as pandas: nullable integers and booleans, ``str`` text, days as datetime64, instants in UTC."""
    for place, field in enumerate(table.schema):
        plain = _plain(field.type)
        if plain != field.type:
            table = table.set_column(place, field.name, table[place].cast(plain))
    types = _OF_FEW if len(table) < _FEW else _PANDAS
    # One thread: texts are not copied, so that starting others costs an answer more than they save.
    return table.to_pandas(types_mapper=types.get, date_as_object=False, use_threads=False)


def _plain(kind: pa.DataType) -> pa.DataType:
    """DuckDB gives instants the time zone of the machine, and words of a closed list as places in it."""
    if pa.types.is_timestamp(kind) and kind.tz:
        return TYPES["TIMESTAMPTZ"]
    return kind.value_type if pa.types.is_dictionary(kind) else kind
