"""The reader of what was published: it gives back the tables that were written."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analytics.disclosure.publication_csv import table_csv
from analytics.disclosure.published import RULES_FILE, TOTAL, Cell, Table, read_publication
from analytics.disclosure.release import Release
from tests.released import proposal, release


def files_of(release: Release) -> dict[str, bytes]:
    return {f"{t.code}.csv": table_csv(release, t) for t in release.tables} | {RULES_FILE: release.rules_file}


@pytest.mark.parametrize("made", [release, lambda: proposal().rounded], ids=["protected", "rounded"])
def test_what_is_read_back_is_what_was_written(made):
    written = sorted(made().tables, key=lambda table: table.code)
    assert read_publication(files_of(made())).tables == tuple(written)


def test_the_rules_that_are_read_are_those_of_the_release():
    rules = read_publication(files_of(release())).rules
    assert (rules.threshold, rules.school_threshold) == (release().rules.threshold, release().rules.school_threshold)


def test_a_file_that_is_not_one_of_ours_is_an_error():
    with pytest.raises(ValueError, match="not in list"):
        read_publication(files_of(release()) | {"other.csv": b"a;b\r\n1;2\r\n"})


def bands(**cells: Cell) -> Table:
    codes = {"a": frozenset({"a"}), "b": frozenset({"b"})}
    written = {(label if label != "total" else TOTAL,): cell for label, cell in cells.items()}
    return Table("t", "T", "schools", (1, 1), ("band",), ("Tranche",), {"band": codes}, written)


def test_a_frame_has_an_empty_number_where_a_cell_is_suppressed_and_a_share_only_where_there_is_one():
    frame = bands(a=Cell(7), b=Cell(None, 1, 4), total=Cell(None, 8)).frame
    assert list(frame.columns) == ["Tranche", "Nombre", "De", "À"]
    assert frame["Nombre"].tolist() == [7, pd.NA, pd.NA]
    assert frame["À"].tolist() == [pd.NA, 4, pd.NA]
    shares = bands(a=Cell(7, share=0.35), total=Cell(20)).frame["Part"]
    assert shares.iloc[0] == 0.35
    assert pd.isna(shares.iloc[1])


def test_a_cell_is_public_where_it_sums_over_all_but_public_columns():
    table = bands(a=Cell(7), total=Cell(7))
    assert not table.is_public((TOTAL,))
    assert replace(table, public=("band",)).is_public(("a",))
