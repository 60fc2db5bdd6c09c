"""The tables of the schema, written as a version: those of cases as the one of :mod:`analytics.store.layout`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from analytics.domain.schema import CASES, SCHOOLS, TABLES, SchemaError
from analytics.domain.vocabulary import INCIDENT_TYPES, OUTCOMES, REASONS, STEPS
from analytics.store.layout import (
    BITS,
    CLOCKS,
    EVENTS,
    FIRSTS,
    IN_ORDER,
    NOT_DONE,
    NUMBERS_OF_FIRSTS,
    OF_SCHOOL,
    ROW_GROUP,
    SETS,
    VIEWS,
    limit,
    of_step,
    of_type,
    statements,
)


def writing_threads(rows: Mapping[str, pa.Table]) -> int:
    """A thread per row group: others would only wait, which costs as much as the work."""
    return min(os.cpu_count() or 1, 1 + len(rows[CASES.name]) // ROW_GROUP)


def write(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, pa.Table], *, words_as_text: bool = False) -> None:
    """Make the tables of a version where ``connection`` creates tables, and write ``rows`` (all tables of the schema)."""
    # In the order of its key a table takes half the room; records have an order of their own.
    stored: dict[str, tuple[Sequence[str], pa.Table]] = {
        name: (() if table.is_in_order(rows[name]) else table.key, rows[name])
        for name, table in TABLES.items()
        if name not in VIEWS
    }
    stored["records"] = (), records(rows)
    for statement in statements(words_as_text=words_as_text):
        connection.execute(statement)
    for name, (order, kept) in stored.items():
        # A batch a row group of DuckDB, so that its threads share the work: a whole table in one keeps them waiting.
        connection.register("incoming", kept.to_reader(ROW_GROUP))
        in_order = f"ORDER BY {', '.join(order)}" if order else ""
        connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM incoming {in_order}")
        connection.unregister("incoming")


def records(rows: Mapping[str, pa.Table]) -> pa.Table:
    """The rows of the three tables of cases as one table, one row per case, by school year, week and pseudonym.

    SchemaError when an incident type or a step is of a case that is not there, or a delay is not of this world.
    """
    cases, incidents, steps = (rows[name] for name in VIEWS)
    lot = pc.subtract(pc.rank(cases["case_id"], "ascending", tiebreaker="first"), 1).cast(pa.int32())
    order = [(name, "ascending") for name in ("school_year", "report_week", "case_id")]
    cases = cases.append_column("lot", lot).sort_by(order).combine_chunks()
    case_id, types = cases["case_id"].combine_chunks(), pa.array(list(INCIDENT_TYPES))
    has_type = np.zeros((len(types), len(cases)), dtype=bool)
    has_type[
        _places(incidents, "incident_type", types).to_numpy(), _places(incidents, "case_id", case_id).to_numpy()
    ] = True
    wide = dict(zip(cases.column_names, cases.columns, strict=True))
    school = pc.index_in(cases["school_id"], value_set=rows[SCHOOLS.name]["school_id"]).combine_chunks()
    wide |= {name: rows[SCHOOLS.name][name].take(school) for name in OF_SCHOOL}
    wide |= {of_type(code): pa.array(row) for code, row in zip(INCIDENT_TYPES, has_type, strict=True)}

    reasons, placed = pa.array(list(REASONS)), _of_steps(cases, steps, case_id)
    placed["own"] = _own_limits(cases, rows["school_deadlines"])
    for name, numbers in placed.items():
        for code, row in zip(STEPS, numbers, strict=True):
            stored = pa.array(row, mask=row < 0)
            wide[of_step(code, name)] = pa.DictionaryArray.from_arrays(stored, reasons) if name == "reason" else stored
    wide |= {
        of_step(code, clock): pa.array(
            _firsts(cases, placed, clock, [list(STEPS).index(step) for step in FIRSTS[code]])
        )
        for code, clock in NUMBERS_OF_FIRSTS
    }
    return pa.table(wide | _sets(placed["hours"], placed["school_days"], _is(cases["status"], "closed")))


def _of_steps(cases: pa.Table, steps: pa.Table, case_id: pa.Array) -> dict[str, NDArray[np.int32]]:
    """The numbers of each clock and the reasons, steps by cases, -1 where the register tells nothing."""
    step = _places(steps, "step", pa.array(list(STEPS))).to_numpy()
    case = _places(steps, "case_id", case_id).to_numpy()
    placed = {clock: np.full((len(STEPS), len(cases)), -1, "int32") for clock in (*CLOCKS, "reason")}
    postvention = np.array([entry.postvention for entry in STEPS.values()], dtype="int8")[step]
    outcome = _places(steps, "outcome", pa.array(list(OUTCOMES))).to_numpy()
    of_day = 16 * _is(steps["time_completed"], True).astype("int32")
    completed = steps["completed_hours"].combine_chunks().to_numpy()
    if (completed > 31).any():
        raise SchemaError("case_steps.completed_hours : plus que les heures d’une journée.")
    place = step * np.int64(len(cases)) + case
    for clock, low in (("hours", of_day + (completed << 5)), ("school_days", of_day)):
        placed[clock].reshape(-1)[place] = _numbers(cases, steps, case, postvention, outcome, clock) + low
    placed["reason"].reshape(-1)[place] = _places(steps, "reason", pa.array(list(REASONS))).fill_null(-1).to_numpy()
    return placed


def _numbers(
    cases: pa.Table,
    steps: pa.Table,
    case: NDArray[np.int32],
    postvention: NDArray[np.int8],
    outcome: NDArray[np.int32],
    clock: str,
) -> NDArray[np.int32]:
    """Each row of ``case_steps`` as one number by a clock, as the module says, but for the time of day.

    ``outcome``: its place in OUTCOMES. What is not done is the same for all steps of a case, postvention apart.
    """
    event, shift = {name: np.int32(place) for place, name in enumerate(EVENTS)}, CLOCKS[clock]
    followed, waited = (_known(cases[f"{name}_{clock}"]) for name in ("followed", "waited"))
    took = _known(steps[f"delay_{clock}"])
    if max(lasted.max(initial=0) for lasted in (followed, waited, took)) + 1 >= 1 << 31 - shift:
        raise SchemaError(f"case_steps.delay_{clock} : un délai de plus de deux siècles.")
    closed = np.where(followed >= 0, event["closed"], event["closed_undated"])
    left = (followed + 1 << shift) + np.where(_is(cases["status"], "open"), event["pending"], closed)
    afterwards = np.where(waited >= 0, (waited + 1 << shift) + event["pending"], left)
    done = (took + 1 << shift) + np.where(took >= 0, event["done"], event["undated"])
    without_delay = np.array([event.get(name, 0) for name in OUTCOMES], dtype="int32")
    is_done, is_not_done = (outcome == list(OUTCOMES).index(name) for name in ("done", "not_done"))
    return np.where(
        is_done, done, np.where(is_not_done, np.stack([left, afterwards])[postvention, case], without_delay[outcome])
    )


def _firsts(
    cases: pa.Table, placed: Mapping[str, NDArray[np.int32]], clock: str, steps: Sequence[int]
) -> NDArray[np.int32]:
    """The number of the first of several steps of each case, by a clock: of those whose day is known, where one is."""
    hours, numbers = placed["hours"][steps], placed[clock][steps]
    became, never = np.where(hours < 0, -1, hours & 15), np.int32(np.iinfo("int32").max)

    def any_is(*names: str) -> NDArray[np.bool_]:
        return np.logical_or.reduce([became == EVENTS.index(name) for name in names]).any(axis=0)

    is_dated = became == EVENTS.index("done")
    took, took_hours, earliest = (
        np.where(is_dated, lasted, never).min(axis=0, initial=never)
        for lasted in (
            numbers >> CLOCKS[clock],
            hours >> CLOCKS["hours"],
            np.maximum((hours >> CLOCKS["hours"]) - ((hours >> 5) & 31), 1),
        )
    )
    is_done, is_awaited, followed = any_is("done", "undated"), any_is(*NOT_DONE), _known(cases[f"followed_{clock}"])
    found = np.select(
        [
            is_dated.any(axis=0),
            is_done,
            is_awaited & _is(cases["status"], "open"),
            is_awaited & (followed >= 0),
            is_awaited,
            any_is("not_recorded"),
        ],
        [EVENTS.index(name) for name in ("done", "undated", *NOT_DONE, "not_recorded")],
        EVENTS.index("not_applicable"),
    )
    lasted = np.where(is_done, np.where(took < never, took, 0), np.where(is_awaited, followed + 1, 0))
    completed = np.where(took_hours < never, took_hours - earliest, 0)
    numbers = (lasted << CLOCKS[clock]) + 16 * (completed > 0) + found
    return (numbers + ((completed << 5) if clock == "hours" else 0)).astype("int32")


def _own_limits(cases: pa.Table, deadlines: pa.Table) -> NDArray[np.int32]:
    """The own deadline of each case's school for each step, as :func:`limit` writes it: steps by cases, -1 without one."""
    schools = deadlines["school_id"].combine_chunks().unique()
    known = np.full((2, len(STEPS), len(schools) + 1), -1, "int32")
    place = {code: i for i, code in enumerate(STEPS)}
    of_school = {code: i for i, code in enumerate(schools.to_pylist())}
    for row in deadlines.to_pylist():
        for danger in (False, True):
            of_row = limit(row["max_hours"], row["max_school_days"], danger=danger)
            known[int(danger), place[row["step"]], of_school[row["school_id"]]] = of_row
    school = pc.index_in(cases["school_id"], value_set=schools).combine_chunks().fill_null(len(schools)).to_numpy()
    return known[_is(cases["danger"], True).astype(int)[None, :], np.arange(len(STEPS))[:, None], school[None, :]]


def _sets(
    hours: NDArray[np.int32], school_days: NDArray[np.int32], is_closed: NDArray[np.bool_]
) -> dict[str, pa.Array]:
    """The sets of steps of each case. Steps are read from the last to the first, with the soonest of those after each."""
    sets = {name: np.zeros(hours.shape[1], "int32") for name in SETS}
    never = np.full(hours.shape[1], np.iinfo("int32").max, "int32")
    soonest_day, soonest_hour, is_any_done = never, never, np.zeros(hours.shape[1], dtype=bool)
    place = {step: i for i, step in enumerate(STEPS)}
    for step in reversed(IN_ORDER):
        number, days = hours[place[step]], school_days[place[step]]
        became = np.where(number < 0, -1, number & 15)
        is_dated, is_undated = (became == EVENTS.index(name) for name in ("done", "undated"))
        is_timed = is_dated & (number & 16 == 0)
        day = np.where((days >= 0) & (days & 15 == 0), days >> CLOCKS["school_days"], never)
        hour = np.where(is_timed, number >> CLOCKS["hours"], never)
        is_done = is_dated | is_undated
        was_overtaken = is_done & (((soonest_day < day) & (day < never)) | (is_timed & (soonest_hour < hour)))
        is_left_out = np.isin(became, [EVENTS.index(name) for name in NOT_DONE])
        found = (is_done, is_undated, was_overtaken, is_left_out & is_any_done & is_closed)
        for name, is_in in zip(SETS, found, strict=True):
            sets[name] |= np.where(is_in, BITS[step], 0).astype("int32")
        soonest_day, soonest_hour = np.minimum(soonest_day, day), np.minimum(soonest_hour, hour)
        is_any_done |= is_done
    return {name: pa.array(numbers) for name, numbers in sets.items()}


def _known(values: pa.ChunkedArray) -> NDArray[np.int32]:
    """Whole numbers, -1 where one is missing: nothing that is stored is negative."""
    return values.combine_chunks().fill_null(-1).to_numpy()


def _is(values: pa.ChunkedArray, value: object) -> NDArray[np.bool_]:
    return pc.equal(values, value).combine_chunks().fill_null(False).to_numpy(zero_copy_only=False)


def _places(table: pa.Table, name: str, among: pa.Array) -> pa.Array:
    """The index of each value of a column in ``among``, null where it is null; SchemaError for another value."""
    places = pc.index_in(table[name], value_set=among).combine_chunks()
    if places.null_count > table[name].null_count:
        raise SchemaError(f"{name} : un dossier porte une valeur inconnue.")
    return places
