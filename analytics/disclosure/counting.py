"""What the tables of the catalogue count, exact and by school: never shown, never written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.disclosure.catalogue import Catalogue, CatalogueError, Dimension, Period, TableSpec, month_code
from analytics.domain.checks import NOT_RECORDED
from analytics.domain.french import day
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import RELAYS
from analytics.store import Snapshot


@dataclass(frozen=True)
class Counts:
    """A table of counts, totals included.

    ``by_school`` has an axis of schools, then one a dimension; along a dimension that is summed over, the last place is the
    total. ``numbers`` is what all schools count together.
    """

    spec: TableSpec
    schools: tuple[str, ...]
    by_school: NDArray[np.int64]

    @property
    def numbers(self) -> NDArray[np.int64]:
        return self.by_school.sum(axis=0)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.by_school.shape[1:]

    def is_total(self, place: tuple[int, ...]) -> tuple[bool, ...]:
        """For each dimension, whether ``place`` sums over it."""
        return tuple(at == len(dimension.categories) for at, dimension in zip(place, self.spec.dimensions, strict=True))

    def labels(self, place: tuple[int, ...]) -> tuple[str, ...]:
        """The label of each dimension at ``place``; "Total" where it sums over it."""
        return tuple(
            "Total" if total else dimension.categories[at].label
            for at, dimension, total in zip(place, self.spec.dimensions, self.is_total(place), strict=True)
        )

    def places(self) -> list[tuple[int, ...]]:
        """The place of every cell, in reading order."""
        return list(product(*(range(size) for size in self.shape)))

    def is_known(self, place: tuple[int, ...]) -> bool:
        """Whether the cell is public anyway: it sums over everything but the dimensions that are known."""
        totals = self.is_total(place)
        return bool(self.spec.known) and all(
            total or dimension.code in self.spec.known
            for total, dimension in zip(totals, self.spec.dimensions, strict=True)
        )


def count_tables(snapshot: Snapshot, catalogue: Catalogue, period: Period) -> tuple[Counts, ...]:
    """Every table of the catalogue over a closed period. CatalogueError when the period is not over at the extraction."""
    if snapshot.as_of <= period.last_day:
        raise CatalogueError(
            f"Cette période n’est pas close : elle finit le {day(period.last_day)} et les données vont jusqu’au "
            f"{day(snapshot.as_of)}."
        )
    counters = {"incidents": _incidents, "relays": _relays, "schools": _schools}
    schools = tuple(snapshot.school_counts()["school_id"])
    return tuple(
        tabulate(_over(spec, period), schools, counters[spec.unit](snapshot, period, spec)) for spec in catalogue.tables
    )


def _over(spec: TableSpec, period: Period) -> TableSpec:
    """``spec`` with the months of the period only."""
    if not period.months:
        return spec
    dimensions = tuple(
        dimension.within(period.months) if dimension.code == "month" else dimension for dimension in spec.dimensions
    )
    return replace(spec, dimensions=dimensions)


def tabulate(spec: TableSpec, schools: tuple[str, ...], rows: pd.DataFrame) -> Counts:
    """Rows [school_id, one code a dimension, n] as counts by school with their totals."""
    spec = replace(spec, dimensions=tuple(_needed(dimension, rows) for dimension in spec.dimensions))
    rows = rows[rows["n"] > 0]
    known = {school: place for place, school in enumerate(schools)}
    for dimension in spec.dimensions:
        if missing := set(rows[dimension.counts]) - dimension.place.keys():
            raise CatalogueError(
                f"publications.toml : « {min(missing)} » n’est dans aucune catégorie de « {dimension.heading} »."
            )
    at = [rows["school_id"].map(known)] + [rows[dimension.counts].map(dimension.place) for dimension in spec.dimensions]
    counts = np.zeros((len(schools), *(len(dimension.categories) for dimension in spec.dimensions)), dtype=np.int64)
    np.add.at(counts, tuple(places.to_numpy(int) for places in at), rows["n"].to_numpy(int))
    for axis, dimension in enumerate(spec.dimensions, start=1):
        if dimension.code in spec.totals:
            counts = np.concatenate([counts, counts.sum(axis=axis, keepdims=True)], axis=axis)
    return Counts(spec, schools, counts)


def _needed(dimension: Dimension, rows: pd.DataFrame) -> Dimension:
    """Without the categories that only stand where something falls in them."""
    met = set(rows.loc[rows["n"] > 0, dimension.counts])
    return replace(
        dimension,
        categories=tuple(
            category for category in dimension.categories if not category.only_if_any or category.codes & met
        ),
    )


def _in_period(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Rows of the period, with the column month in place of report_week. A week goes by its Thursday."""
    months = [month_code((week + timedelta(days=3)).date(), period.school_year) for week in rows["report_week"]]
    rows = rows.assign(month=months)
    return rows[rows["month"].isin(period.months)] if period.months else rows


def _selection(period: Period) -> Selection:
    return Selection(school_years=(period.school_year,))


def _incidents(snapshot: Snapshot, period: Period, spec: TableSpec) -> pd.DataFrame:
    rows = snapshot.incident_counts(_selection(period), ("school_id", "school_network", "school_level", "report_week"))
    return _in_period(rows.fillna({"school_network": NOT_RECORDED}), period)


def _schools(snapshot: Snapshot, period: Period, spec: TableSpec) -> pd.DataFrame:
    """Each school once, in the band of its number of cases."""
    cases = _in_period(snapshot.case_counts(_selection(period), ("school_id", "report_week")), period)
    n_cases = cases.groupby("school_id")["n"].sum()
    schools = snapshot.school_counts()[["school_id", "school_network"]].fillna({"school_network": NOT_RECORDED})
    counted = schools["school_id"].map(n_cases).fillna(0)
    bands = next(dimension for dimension in spec.dimensions if dimension.code == "band").categories
    starts = np.array([band.at_least for band in bands])
    place = np.searchsorted(starts, counted.to_numpy(float), side="right") - 1
    codes = [next(iter(bands[at].codes)) for at in place]
    return schools.assign(band=codes, n=1)


def _relays(snapshot: Snapshot, period: Period, spec: TableSpec) -> pd.DataFrame:
    """Cases in which a relay applied, was recorded and had its whole delay: done within it, or not.

    Judged as on the screens: by the school's own deadline or else the service's, and a threat to life in hours.
    """
    rows = snapshot.step_counts("deadline", _selection(period), ("school_id", "school_level", "report_week"))
    rows = _in_period(rows[rows["step"].isin(RELAYS)], period)
    is_done, beyond = rows["event"] == "done", rows["delay"] > 1
    is_late = (is_done & beyond) | (rows["event"] == "closed") | ((rows["event"] == "pending") & beyond)
    timeliness = pd.Series("undecided", rows.index).mask(is_done & ~beyond, "within").mask(is_late, "late")
    rows = rows.assign(relay=rows["step"], timeliness=timeliness)
    return rows[rows["timeliness"] != "undecided"]
