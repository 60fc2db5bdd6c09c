"""Tabulation: what a table of the catalogue counts, by school and in total."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.disclosure.catalogue import CatalogueError, Category, Dimension, TableSpec, load_catalogue
from analytics.disclosure.counting import count_tables, tabulate
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import RELAYS
from analytics.measures import relays
from tests.released import TERM, shared_store

SPEC = TableSpec(
    "t",
    "T",
    "incidents",
    (
        Dimension("a", "a", "A", tuple(Category(code.upper(), frozenset({code})) for code in "xy")),
        Dimension("b", "b", "B", (Category("Z", frozenset({"z"})), Category("W", frozenset({"w"}), only_if_any=True))),
    ),
    ("a", "b"),
    ("a",),
)


@pytest.fixture
def counted(table):
    return tabulate(
        SPEC,
        ("1", "2"),
        table("""
            school_id | a | b | n
            1.        | x | z | 2
            1.        | y | z | 1
            2.        | x | z | 4
            2.        | y | w | 0
        """).assign(school_id=lambda rows: rows["school_id"].astype(int).astype(str)),
    )


def test_numbers_are_summed_over_schools_and_totals_come_last(counted):
    assert counted.numbers.tolist() == [[6, 6], [1, 1], [7, 7]]
    assert counted.by_school[0].tolist() == [[2, 2], [1, 1], [3, 3]]


def test_a_category_that_is_only_there_if_anything_falls_in_it_is_left_out(counted):
    assert [category.label for category in counted.spec.dimensions[1].categories] == ["Z"]


def test_a_place_has_a_label_for_each_dimension_and_total_where_it_sums(counted):
    assert counted.labels((1, 0)) == ("Y", "Z")
    assert counted.labels((2, 1)) == ("Total", "Total")
    assert len(counted.places()) == 6


def test_a_cell_is_public_where_it_sums_over_all_but_public_dimensions(counted):
    assert [place for place in counted.places() if counted.is_public(place)] == [(0, 1), (1, 1), (2, 1)]


def test_a_code_that_no_category_holds_is_an_error():
    rows = pd.DataFrame({"school_id": ["1"], "a": ["q"], "b": ["z"], "n": [1]})
    with pytest.raises(CatalogueError, match="« q » n’est dans aucune catégorie de « A »"):
        tabulate(SPEC, ("1",), rows)


def test_a_relay_is_in_time_as_on_the_screens_and_a_threat_in_hours():
    """A threat reported before a holiday and passed on after it is late, though hardly a school day has gone by."""
    catalogue = load_catalogue()
    period = catalogue.period(TERM)
    weeks = Selection(school_years=(period.school_year,), first_week=period.first_day, last_week=period.last_day)
    with shared_store().snapshot() as snapshot:
        counted = next(c for c in count_tables(snapshot, catalogue, period) if c.spec.code == "relays_by_level")
        answer = relays.against_deadline(snapshot.step_counts("deadline", weeks)).set_index("step")
    of_all_levels = counted.numbers[:, -1]
    for place, relay in enumerate(RELAYS):
        row = answer.loc[relay]
        late = row["n_late"] + row["n_overdue"] + row["n_closed"]
        assert of_all_levels[place].tolist() == [row["n_in_time"], late, row["n_in_time"] + late]
