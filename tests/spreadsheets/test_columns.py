from datetime import date, datetime

import numpy as np
import pytest

from analytics.spreadsheets.columns import Column, Rows

CELLS = ["a", 1.0, True, "a", date(2026, 4, 3), datetime.fromisoformat("2026-04-03"), False, 0.0, "", "1"]


def test_a_column_gives_its_cells_back_with_their_types():
    assert [(type(cell), cell) for cell in Column.of(CELLS)] == [(type(cell), cell) for cell in CELLS]


def test_each_distinct_cell_is_read_once():
    read = []
    column = Column.of(["oui", "non", "oui", "oui"])
    assert column.map(lambda word: read.append(word) or word == "oui").array(bool).tolist() == [True, False, True, True]
    assert read == ["oui", "non"]


def test_only_what_stands_in_a_row_is_counted():
    column = Column.of(["En-tête", "oui", "non", "oui"])
    assert column[1:].counted() == [("oui", 2), ("non", 1)]
    assert column[np.array([2])].counted() == [("non", 1)]


@pytest.mark.parametrize("n", [0, 1, 249, 250, 251, 600])
def test_rows_are_the_same_by_column_however_many_there_are(n):
    rows = [[f"n{i}", float(i % 3), i % 2 == 0] for i in range(n)]
    kept = Rows(iter(rows))
    assert len(kept) == n
    assert kept == rows
    assert kept[n // 2 :] == rows[n // 2 :]
    assert [kept[i] for i in range(n)] == rows


def test_rows_of_unequal_length_are_an_error():
    with pytest.raises(ValueError, match="shorter"):
        Rows([["a", "b"], ["c"]])
