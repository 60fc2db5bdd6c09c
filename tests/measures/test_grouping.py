"""Sums by group on arrays say what pandas says, whatever is missing."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.measures.grouping import groups, places, sums

ROWS = st.lists(
    st.tuples(st.sampled_from(["b", "a", None]), st.sampled_from([True, False, None]), st.integers(0, 10**6)),
    max_size=12,
)


def drawn(rows: list[tuple[str | None, bool | None, int]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["zone", "danger", "n"])
    return table.astype({"zone": "str", "danger": "boolean", "n": "Int64"})


@given(ROWS)
def test_groups_are_those_of_pandas_and_a_missing_value_is_the_last(rows):
    table = drawn(rows)
    number, found = groups(table, ["zone", "danger"])
    expected = table.groupby(["zone", "danger"], dropna=False, observed=True)["n"].sum().reset_index()
    pd.testing.assert_frame_equal(found, expected[["zone", "danger"]])
    assert sums(number, 0 * number, table["n"], (len(found), 1))[:, 0].tolist() == expected["n"].tolist()


@pytest.mark.parametrize(
    "values",
    [pd.Series(["b", "x", None, "a"], dtype="str"), pd.Categorical(["b", None, None, "a"]), ["b", "x", None, "a"]],
)
def test_what_is_not_among_the_names_has_no_place_and_is_in_no_sum(values):
    place = places(pd.Series(values), ["a", "b", "c"])
    assert place.tolist() == [1, -1, -1, 0]
    assert sums(0 * place, place, pd.Series([1, 2, 4, 8]), (1, 3)).tolist() == [[8, 1, 0]]
    assert sums(place, 0 * place, pd.Series([1, 2, 4, 8]), (3, 1)).tolist() == [[8], [1], [0]]


def test_a_table_without_a_row_has_no_group():
    number, found = groups(drawn([]), ["zone"])
    assert len(number) == len(found) == 0
    assert groups(drawn([]), [])[1].empty
