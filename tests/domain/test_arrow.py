"""Arrow tables as pandas: what stands for a missing value, a day and an instant."""

from datetime import UTC, date, datetime

import pandas as pd
import pyarrow as pa

from analytics.domain.arrow import TYPES, to_pandas


def test_numbers_and_booleans_may_be_missing_days_and_instants_are_those_of_pandas():
    instant = datetime(2026, 6, 12, 14, tzinfo=UTC)
    given = {"INTEGER": [1, None], "BOOLEAN": [True, None], "VARCHAR": ["a", None]}
    given |= {"DATE": [date(2026, 6, 12), None], "TIMESTAMPTZ": [instant, None]}
    read = to_pandas(pa.table({name: pa.array(values, TYPES[name]) for name, values in given.items()}))
    assert [str(kind) for kind in read.dtypes] == ["Int64", "boolean", "str", "datetime64[ms]", "datetime64[us, UTC]"]
    assert read.loc[0].tolist() == [1, True, "a", pd.Timestamp(2026, 6, 12), pd.Timestamp(instant)]
    assert read.loc[1].isna().all()


def test_instants_are_in_utc_and_words_of_a_closed_list_are_words():
    words = pa.array(["b", "a", "b"]).dictionary_encode()
    instants = pa.array([datetime(2026, 6, 12, 12, tzinfo=UTC)] * 3, pa.timestamp("us", "Europe/Brussels"))
    read = to_pandas(pa.table({"word": words, "instant": instants}))
    assert read["word"].tolist() == ["b", "a", "b"]
    assert str(read["instant"].dtype) == "datetime64[us, UTC]"
