"""The counts under the pages, beside the same ones by pandas from tables that lie in memory, and by DuckDB alone.

    python tests/benchmarks/pandas_benchmark.py [CASES ...]

A store of 100,000 and of a million fictitious cases is drawn in a temporary folder (:mod:`measures_benchmark`). Its tables
of cases, incident types and steps are loaded into pandas, words as categories, which is not timed. Then each question is
answered three ways, without a filter and of one level: by pandas, as an analyst would write it; by the store, up to pandas;
by DuckDB with the store's own statement, up to an Arrow table. The answers of pandas and the store must be equal. Printed:
the best of three in milliseconds, how many times faster the store is than pandas, how many times slower than DuckDB alone,
and the memory of pandas' tables.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2]))

from analytics.domain.selection import EVERYTHING, Selection
from analytics.domain.vocabulary import STEPS
from analytics.store import Snapshot, Store
from analytics.store.reading import Reader
from tests.benchmarks.measures_benchmark import draw_store

SIZES = (100_000, 1_000_000)
LEVEL = "secondary_2"
SELECTIONS = {"none": EVERYTHING, LEVEL: Selection(school_levels=(LEVEL,))}
Tables = dict[str, pd.DataFrame]


def tables_of(snapshot: Snapshot) -> Tables:
    """The three tables of cases in memory, as compact as pandas holds them."""
    found = {name: snapshot.table(name) for name in ("cases", "case_incidents", "case_steps")}
    for table in found.values():
        for name in table.columns[[isinstance(kind, pd.StringDtype) for kind in table.dtypes]]:
            table[name] = table[name].astype("category")
    return found


def chosen(tables: Tables, level: str | None) -> Tables:
    """The tables of the cases of one level."""
    if level is None:
        return tables
    cases = tables["cases"][tables["cases"]["school_level"] == level]
    return {name: table[table["case_id"].isin(cases["case_id"])] for name, table in tables.items()}


def by_week(tables: Tables) -> pd.Series:
    return tables["cases"].groupby("report_week").size()


def by_type(tables: Tables) -> pd.Series:
    of_cases = tables["case_incidents"].merge(tables["cases"][["case_id", "school_year"]], on="case_id")
    return of_cases.groupby(["incident_type", "school_year"], observed=True).size()


def by_pair(tables: Tables) -> pd.Series:
    types = tables["case_incidents"]
    pairs = types.merge(types, on="case_id", suffixes=("", "_other"))
    pairs = pairs[pairs["incident_type"].astype("str") != pairs["incident_type_other"].astype("str")]
    return pairs.groupby(["incident_type", "incident_type_other"], observed=True).size()


def by_school(tables: Tables) -> pd.Series:
    return tables["cases"].groupby("school_id", observed=True).size()


def by_hours(tables: Tables) -> pd.Series:
    """Cases by step, what became of it and when, postvention apart."""
    steps = tables["case_steps"]
    steps = steps[~steps["step"].isin([code for code, step in STEPS.items() if step.postvention])]
    steps = steps.merge(tables["cases"][["case_id", "status", "followed_hours"]], on="case_id")
    left = np.where(steps["status"] == "open", "pending", "closed")
    event = np.where(steps["outcome"] == "not_done", left, steps["outcome"].astype("str"))
    delay = steps["delay_hours"].where(steps["outcome"] == "done", steps["followed_hours"])
    delay = delay.where(steps["outcome"].isin(["done", "not_done"]))
    return pd.DataFrame({"step": steps["step"], "event": event, "delay": delay}).value_counts(dropna=False, sort=False)


QUESTIONS: dict[str, tuple[Callable[[Tables], pd.Series], Callable[[Snapshot, Selection], pd.DataFrame]]] = {
    "cases by week": (by_week, lambda snapshot, asked: snapshot.case_counts(asked, ["report_week"])),
    "types by year": (by_type, lambda snapshot, asked: snapshot.incident_counts(asked, ["school_year"])),
    "types together": (by_pair, lambda snapshot, asked: snapshot.type_pairs(asked)),
    "cases by school": (by_school, lambda snapshot, asked: snapshot.case_counts(asked, ["school_id"])),
    "steps by outcome and hours": (by_hours, lambda snapshot, asked: snapshot.step_counts("hours", asked)),
}


def best(answer: Callable[[], Any]) -> tuple[float, Any]:
    """The answer, and the least of three times in seconds."""
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        found = answer()
        taken.append(time.perf_counter() - start)
    return min(taken), found


def totals(found: pd.Series | pd.DataFrame) -> list[int]:
    """The numbers of cases in ascending order, postvention apart: what both ways of asking must have alike."""
    if isinstance(found, pd.Series):
        return sorted(found[found > 0].tolist())
    if "step" in found:
        found = found[~found["step"].isin([code for code, step in STEPS.items() if step.postvention])]
        found = found.groupby(["step", "event", "delay"], dropna=False)["n"].sum().to_frame()
    return sorted(found["n"].tolist())


def measure(snapshot: Snapshot, tables: Tables, question: str, words: str) -> str:
    by_pandas, by_store = QUESTIONS[question]
    asked: list[tuple[str, dict[str, object]]] = []

    def ask(reader: Reader, sql: str, parameters: Any) -> pd.DataFrame:
        asked.append((sql, dict(parameters)))
        return reader.ask(sql, parameters)

    with patch.object(Reader, "query", ask):  # without the memory of answers
        of_store, ours = best(lambda: by_store(snapshot, SELECTIONS[words]))
    level = None if words == "none" else words
    of_pandas, theirs = best(lambda: by_pandas(chosen(tables, level)))
    assert totals(ours) == totals(theirs), question

    def bare() -> None:
        with snapshot._connection.cursor() as cursor:
            cursor.execute(*asked[-1]).to_arrow_table()

    alone, _ = best(bare)
    times = " | ".join(f"{1000 * seconds:.0f}" for seconds in (of_pandas, of_store, alone))
    ratios = f"{of_pandas / of_store:.1f} | {of_store / alone:.2f}"
    return f"| {len(tables['cases'])} | {question} | {words} | {times} | {ratios} |"


def main(sizes: list[int]) -> None:
    print(
        "| cases | question | filter | pandas (ms) | store (ms) | DuckDB alone (ms) | times faster | times slower |\n"
        + "|---" * 8
        + "|"
    )
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            draw_store(Path(folder), size)
            snapshot = Store(Path(folder)).snapshot()
            assert snapshot is not None
            with snapshot:
                tables = tables_of(snapshot)
                for question, words in product(QUESTIONS, SELECTIONS):
                    print(measure(snapshot, tables, question, words), flush=True)
                memory = sum(table.memory_usage(deep=True).sum() for table in tables.values())
                print(f"{size} cases in pandas: {memory / 1e6:.0f} MB", flush=True)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
