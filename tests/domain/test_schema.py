"""The tables' declarations: what they create, what they let in, and what they say when they do not."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pandas as pd
import pytest

from analytics.domain.schema import CASE_STEPS, CASES, SCHOOL_DEADLINES, SCHOOLS, TABLES, SchemaError

SECRET = "Zoé Lambert"

STEP: dict[str, object] = {
    "case_id": "A",
    "step": "cpms",
    "outcome": "done",
    "delay_hours": 5,
    "delay_school_days": 0,
    "time_completed": False,
    "completed_hours": 0,
    "reason": None,
}


def steps(*changes: Mapping[str, object]) -> pd.DataFrame:
    return pd.DataFrame([{**STEP, **change} for change in changes])


@pytest.mark.parametrize("name", TABLES)
def test_what_is_declared_is_what_duckdb_creates(name):
    table = TABLES[name]
    with duckdb.connect() as connection:
        connection.execute(table.ddl)
        described = connection.execute(f"DESCRIBE {name}").fetchall()
    types = {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}
    declared = [(c.name, types.get(c.type, c.type), "YES" if c.nullable else "NO") for c in table.columns]
    assert [row[:3] for row in described] == declared


def test_every_table_and_column_says_what_it_means_and_a_key_names_columns():
    for table in TABLES.values():
        assert table.row
        assert all(column.meaning for column in table.columns)
        assert set(table.key) <= set(table.names)
        assert not any(column.nullable for column in table.columns if column.name in table.key)


def test_the_tables_hold_the_columns_of_the_design():
    assert CASES.names == [
        *("case_id", "school_id", "school_year", "report_week", "school_level", "reporter", "channel"),
        *("minor", "danger", "status", "followed_hours", "followed_school_days", "waited_hours", "waited_school_days"),
        *("detection_days", "first_seen_on", "changed_on", "office"),
    ]
    assert CASE_STEPS.names[:5] == ["case_id", "step", "outcome", "delay_hours", "delay_school_days"]
    assert CASE_STEPS.names[5:] == ["time_completed", "completed_hours", "reason"]
    assert SCHOOLS.names == ["school_id", "name", "school_network", "school_level", "zone", "n_pupils", "provisional"]
    assert SCHOOL_DEADLINES.names == ["school_id", "step", "max_hours", "max_school_days"]


def test_an_empty_table_has_the_types_of_a_full_one():
    full = CASE_STEPS.conform(steps({}))
    assert CASE_STEPS.empty.dtypes.equals(full.dtypes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"outcome": None}, "case_steps.outcome : une valeur manque."),
        ({"outcome": SECRET}, "case_steps.outcome : une valeur n’est pas dans le vocabulaire."),
        ({"step": "other"}, "case_steps.step : une valeur n’est pas dans le vocabulaire."),
        ({"delay_hours": -1}, "case_steps.delay_hours : un nombre est négatif."),
        ({}, "case_steps : deux lignes ont les mêmes case_id, step."),
    ],
)
def test_a_table_that_breaks_a_constraint_is_refused_without_its_value(change, said):
    with pytest.raises(SchemaError) as caught:
        CASE_STEPS.checked(steps({}, change))
    assert str(caught.value) == said


def in_order(*rows: str) -> bool:
    return CASE_STEPS.is_in_order(
        CASE_STEPS.to_arrow(steps(*(dict(zip(("case_id", "step"), row.split(), strict=True)) for row in rows)))
    )


def test_rows_are_in_order_when_each_comes_after_the_one_before_by_the_whole_key():
    assert in_order("A cpms", "A parents", "B complaint", "Z cpms", "a cpms", "É cpms")  # by bytes
    assert in_order("A cpms")
    assert CASE_STEPS.is_in_order(CASE_STEPS.to_arrow(CASE_STEPS.empty))
    assert not in_order("A parents", "A cpms")
    assert not in_order("B cpms", "A parents")
    assert not in_order("A cpms", "A cpms")


def test_a_row_that_stands_twice_is_refused_wherever_it_stands():
    for case_ids in ("AAB", "ABA", "BAA"):
        with pytest.raises(SchemaError, match="deux lignes"):
            CASE_STEPS.checked(steps(*({"case_id": case_id} for case_id in case_ids)))


def test_a_delay_may_be_missing():
    CASE_STEPS.checked(steps({"outcome": "not_done", "delay_hours": None, "delay_school_days": None}))


def test_a_column_too_many_or_too_few_is_refused():
    for frame in (steps({}).assign(name=SECRET), steps({}).drop(columns="step")):
        with pytest.raises(SchemaError, match="ses colonnes doivent être case_id") as caught:
            CASE_STEPS.to_arrow(frame)
        assert SECRET not in str(caught.value)


@pytest.mark.parametrize("change", [{"delay_hours": SECRET}, {"delay_hours": 1.5}, {"case_id": None}, {"case_id": 7}])
def test_a_value_of_another_type_is_refused_without_being_said(change):
    with pytest.raises(SchemaError) as caught:
        CASE_STEPS.to_arrow(steps({}, change))
    assert caught.value.__suppress_context__
    assert not [value for value in change.values() if str(value) in str(caught.value)]


def test_a_strided_view_keeps_its_missing_values():
    """DuckDB reads the wrong ones from a strided pandas view; through Arrow they stay where they are."""
    every_other = CASE_STEPS.conform(steps(*({"case_id": str(i), "delay_hours": i or None} for i in range(8)))).iloc[
        ::2
    ]
    assert CASE_STEPS.conform(every_other)["delay_hours"].tolist() == [pd.NA, 2, 4, 6]
