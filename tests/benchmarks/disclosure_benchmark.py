"""How long a release takes, and what it shows beside simpler ways of protecting the same tables.

    python tests/benchmarks/disclosure_benchmark.py [CASES] [SCHOOLS] [skewed]

A fictitious year of 900 cases in 60 schools, the whole catalogue: to be protected and attacked within 60 s on two cores.
One of 20,000 cases in 2,500 schools, skewed (:func:`skew`): within ten minutes and 4 GB.
"Exposed" counts the cells that the attack gives back, or brings closer than the rules allow, as anyone.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.disclosure import audit
from analytics.disclosure.catalogue import load_catalogue
from analytics.disclosure.counting import Counts, count_tables
from analytics.disclosure.publication_csv import table_csv
from analytics.disclosure.published import RULES_FILE, read_publication
from analytics.disclosure.release import PROTECTED, Release, protected_table
from analytics.disclosure.release_proposal import Proposal, propose
from analytics.disclosure.rounding import midpoint_6
from analytics.domain.schema import TABLES
from analytics.intake import Key
from analytics.store import Snapshot, Store
from analytics.synthetic import synthetic_register
from analytics.workflows.importing import import_register

YEAR = "2025-2026"
BASE = 5


def fictitious_year(folder: Path, n_cases: int, n_schools: int, *, skewed: bool = False) -> Snapshot:
    content = synthetic_register(
        seed=7, n_cases=n_cases, n_schools=n_schools, school_years=[YEAR], as_of=date(2026, 11, 20)
    )
    store = Store(folder)
    import_register(store, content, Key(b"benchmark" * 4), datetime(2026, 11, 20, tzinfo=UTC), source="demo")
    if skewed:
        skew(store)
    snapshot = store.snapshot()
    assert snapshot is not None
    return snapshot


def skew(store: Store) -> None:
    """Nine schools in ten have one to five cases and the others the rest; types, levels, months and networks follow Zipf's
    law, so that rows and columns of any size cross in small numbers.
    """
    rng = np.random.default_rng(7)
    snapshot = store.snapshot()
    assert snapshot is not None
    with snapshot:
        tables = {name: snapshot.table(name) for name in TABLES}

    def zipf(values: pd.Series, n: int) -> np.ndarray:
        known = values.value_counts().index.to_numpy()
        weights = 1 / np.arange(1, len(known) + 1) ** 3
        return rng.choice(known, n, p=weights / weights.sum())

    cases, schools, incidents = tables["cases"], tables["schools"], tables["case_incidents"]
    codes = rng.permutation(schools["school_id"].to_numpy())
    small, large = np.split(codes, [9 * len(codes) // 10])
    few = np.repeat(small, rng.integers(1, 6, len(small)))[: len(cases)]
    cases["school_id"] = np.concatenate([few, rng.choice(large, len(cases) - len(few))])
    cases["school_level"] = zipf(cases["school_level"], len(cases))
    months = cases["report_week"].dt.to_period("M")
    weeks = cases.groupby(months)["report_week"].first()
    cases["report_week"] = pd.Series(zipf(months, len(cases))).map(weeks).to_numpy()
    incidents["incident_type"] = zipf(incidents["incident_type"], len(incidents))
    tables["case_incidents"] = incidents.drop_duplicates()
    schools["school_network"] = zipf(schools["school_network"], len(schools))
    with store.writing():
        store.publish(tables)


def exposed_by_plain_threshold(release: Release, tables: Sequence[Counts]) -> tuple[int, int]:
    """Cells shown and cells exposed when only the small ones are suppressed."""
    threshold = release.rules.threshold
    suppressed = [
        {place: 0 < counts.numbers[place] < threshold and not counts.is_public(place) for place in counts.places()}
        for counts in tables
    ]
    printed = [
        protected_table(counts, release.period, pattern, {}, release.rules)
        for counts, pattern in zip(tables, suppressed, strict=True)
    ]
    files = {f"{table.code}.csv": table_csv(release, table) for table in printed} | {RULES_FILE: release.rules_file}
    publications = [read_publication(files)]
    truth: Mapping[audit.Target, int] = {
        (number, counts.labels(place)): int(counts.numbers[place])
        for number, table in enumerate(publications[0].tables)
        for counts in tables
        if counts.spec.title == table.title
        for place in counts.places()
    }
    exposed = audit.breaches(publications, audit.attack(publications), truth)
    return sum(not hidden for pattern in suppressed for hidden in pattern.values()), len(exposed)


def measured(n_cases: int, n_schools: int, *, skewed: bool = False) -> tuple[Proposal, dict[str, float]]:
    """What was proposed, and the figures of an entry of ``data/disclosure_comparison.toml``, with n_cells before them."""
    catalogue = load_catalogue()
    with (
        tempfile.TemporaryDirectory() as folder,
        fictitious_year(Path(folder), n_cases, n_schools, skewed=skewed) as snapshot,
    ):
        period = catalogue.period(YEAR)
        found = propose(snapshot, catalogue, period, (), date(2026, 11, 22))
        tables = count_tables(snapshot, catalogue, period)
    exact = np.concatenate([counts.numbers.ravel() for counts in tables])
    shown, exposed = exposed_by_plain_threshold(replace(found.rounded, version=PROTECTED), tables)
    ours = found.release.tables if found.release else ()
    return found, {
        "n_cells": len(exact),
        "n_cases": n_cases,
        "shown": sum(cell.value is not None for table in ours for cell in table.cells.values()),
        "exposed": 0,  # a release in which anything was would not have been made
        "refused_tables": len(found.release.refused) if found.release else len(tables),
        "threshold_shown": shown,
        "threshold_exposed": exposed,
        "base_5_error": round(float(np.abs(np.rint(exact / BASE) * BASE - exact).mean()), 1),
        "midpoint_6_error": round(float(np.abs(midpoint_6(exact) - exact).mean()), 1),
    }


def main(n_cases: int, n_schools: int, *, skewed: bool) -> None:
    start = time.process_time()
    found, entry = measured(n_cases, n_schools, skewed=skewed)
    print(
        f"{n_cases} cases, {n_schools} schools, {entry.pop('n_cells')} cells: proven {found.release is not None} in "
        f"{found.seconds:.1f} s ({time.process_time() - start:.1f} s of processor with the register and the comparison)"
    )
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB of memory")
    print("refused:", ", ".join(found.release.refused) if found.release else "all")
    print("\n[[measures]]", *(f"{name} = {value}" for name, value in entry.items()), sep="\n")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3] or ("900", "60")), skewed="skewed" in sys.argv)
