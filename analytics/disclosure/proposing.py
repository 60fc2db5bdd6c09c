"""From the store to a release: count, protect, attack, and only then let out.

A release that is not proven safe is not made; the rounded version is then the only one on offer.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from analytics.disclosure import audit
from analytics.disclosure.attack import ContradictionError, OutOfTimeError
from analytics.disclosure.catalogue import Catalogue, CatalogueError, Period, Rules, load_catalogue
from analytics.disclosure.counting import Counts, count_tables
from analytics.disclosure.linking import Key, Linked, key_of
from analytics.disclosure.protect import UnprotectableError, hopeless, withhold
from analytics.disclosure.publication_csv import table_csv
from analytics.disclosure.published import RULES_FILE, Publication, PublishedTable, read_publication
from analytics.disclosure.records import Record
from analytics.disclosure.release import PROTECTED, ROUNDED, Release, Table, protected_table, rounded_table
from analytics.store import Snapshot

SMALL, SCHOOL, PAST, COMPLEMENT = "small", "school", "past", "complement"
REASONS = {
    SMALL: "plus petit que le seuil",
    SCHOOL: "une école en déduirait presque tout le reste",
    PAST: "déjà retenu dans une publication précédente",
    COMPLEMENT: "permettrait d’en recalculer un autre",
}


@dataclass(frozen=True)
class Proposal:
    """What can be published for a period.

    ``release`` is proven safe; None when no proof was found, and ``rounded`` is then on offer. ``reasons``, for the service
    alone: why each cell is withheld, by table code and labels. ``seconds``: how long it took.
    """

    release: Release | None
    rounded: Release
    reasons: Mapping[tuple[str, tuple[str, ...]], str]
    seconds: float


@dataclass(frozen=True)
class _Pattern:
    """The tables that can be protected, and where they withhold."""

    tables: tuple[Counts, ...]
    withheld: tuple[dict[tuple[int, ...], bool], ...]
    reasons: dict[tuple[str, tuple[str, ...]], str]
    refused: tuple[str, ...]


def propose(
    snapshot: Snapshot, catalogue: Catalogue, period: Period, past: Sequence[Record], published_on: date
) -> Proposal:
    """Protect and attack every table of the catalogue over ``period``, with all ``past`` releases.

    Raises CatalogueError when the period is not closed, overlaps a published one, or was published with other numbers.
    """
    start = time.monotonic()
    tables = count_tables(snapshot, catalogue, period)
    past = [entry for entry in past if entry.is_demo == snapshot.is_demo]
    before = _of_period(snapshot, period, past)
    blank = Release(
        period,
        published_on,
        snapshot.as_of,
        snapshot.is_demo,
        ROUNDED,
        catalogue.rules,
        catalogue.source,
        tuple(map(rounded_table, tables)),
        (),
        len(tables[0].schools) if tables else 0,
        len(past),
    )
    release, reasons = None, {}
    try:
        pattern = _pattern(tables, before, catalogue.rules, start + catalogue.rules.seconds)
        release = _proven(blank, pattern, before, past, start + catalogue.rules.seconds)
        reasons = pattern.reasons
    except (UnprotectableError, OutOfTimeError, ContradictionError):
        release = None
    return Proposal(release, blank, reasons, time.monotonic() - start)


@dataclass(frozen=True)
class _Before:
    """What was published for the same period: the tables as they count today, and as they were printed."""

    counts: tuple[Counts, ...] = ()
    status: Mapping[Key, bool] = field(default_factory=dict)


def _of_period(snapshot: Snapshot, period: Period, past: Sequence[Record]) -> _Before:
    counted: list[Counts] = []
    status: dict[Key, bool] = {}
    for entry in past:
        if not period.overlaps(entry.first_day, entry.last_day):
            continue
        if entry.period != period.code:
            raise CatalogueError(
                f"Cette période recouvre {entry.period}, déjà publiée : la différence des deux en serait une troisième. "
                "Publiez des périodes qui ne se recouvrent pas."
            )
        tables = {table.title: table for table in entry.publication.tables}
        for counts in count_tables(snapshot, load_catalogue(entry.rules_file), period):
            if counts.spec.title not in tables:
                continue
            printed = tables[counts.spec.title]
            if printed.is_rounded or _has_changed(counts, printed):
                raise CatalogueError(
                    "Cette période a déjà été publiée avec d’autres nombres. Les corrections tardives ne republient pas une "
                    "période close."
                )
            counted.append(counts)
            status |= {key_of(counts, place): printed.cells[counts.labels(place)] is None for place in counts.places()}
    return _Before(tuple(counted), status)


def _has_changed(counts: Counts, printed: PublishedTable) -> bool:
    now = {counts.labels(place): int(counts.numbers[place]) for place in counts.places()}
    return now.keys() != printed.cells.keys() or any(
        value not in (None, now[labels]) for labels, value in printed.cells.items()
    )


def _pattern(tables: Sequence[Counts], before: _Before, rules: Rules, stop: float) -> _Pattern:
    """Protect all tables; those that would be withheld for too large a part are refused one by one, the worst first."""
    chosen, refused = list(tables), []
    while chosen:
        linked = Linked([*chosen, *before.counts], rules)
        system = linked.system(before.status)
        lost = hopeless(system)
        worst = _worst(linked, len(chosen), lost, above=0)
        if worst is None:
            if lost.any():
                raise UnprotectableError
            worst = _worst(linked, len(chosen), system.reach > 0, rules.refused_above)
        if worst is None:
            withheld = withhold(system, stop - time.monotonic())
            worst = _worst(linked, len(chosen), withheld, rules.refused_above)
            if worst is None:
                return _read_pattern(linked, tuple(chosen), withheld, before, tuple(refused))
        refused.append(chosen.pop(worst).spec.title)
    raise UnprotectableError


def _worst(linked: Linked, n_tables: int, marked: NDArray[np.bool_], above: float) -> int | None:
    """The table of which the largest part of the non-empty cells is ``marked``, if it is more than ``above``."""
    parts = []
    for number in range(n_tables):
        filled = [
            linked.quantity[number, place]
            for place in linked.tables[number].places()
            if linked.tables[number].numbers[place]
        ]
        parts.append(float(marked[filled].mean()) if filled else 0.0)
    worst = int(np.argmax(parts))
    return worst if parts[worst] > above else None


def _read_pattern(
    linked: Linked, tables: tuple[Counts, ...], withheld: NDArray[np.bool_], before: _Before, refused: tuple[str, ...]
) -> _Pattern:
    patterns, reasons = [], {}
    for number, counts in enumerate(tables):
        places = {place: linked.quantity[number, place] for place in counts.places()}
        patterns.append({place: bool(withheld[at]) for place, at in places.items()})
        for place, at in places.items():
            if withheld[at]:
                reasons[counts.spec.code, counts.labels(place)] = _reason(linked, at, before.status, counts, place)
    return _Pattern(tables, tuple(patterns), reasons, refused)


def _reason(linked: Linked, at: int, status: Mapping[Key, bool], counts: Counts, place: tuple[int, ...]) -> str:
    if linked.is_small[at]:
        return SMALL
    if linked.leaves_few[at]:
        return SCHOOL
    return PAST if status.get(key_of(counts, place)) else COMPLEMENT


def _proven(blank: Release, pattern: _Pattern, before: _Before, past: Sequence[Record], stop: float) -> Release | None:
    """The release with the interval of each withheld cell, when no attack on its files breaks it; else None."""
    release = replace(blank, version=PROTECTED, refused=pattern.refused, tables=_tables(pattern, blank.rules, {}))
    files = {RULES_FILE: release.rules_file} | {f"{t.code}.csv": table_csv(release, t) for t in release.tables}
    publications = [*(entry.publication for entry in past), read_publication(files)]
    truth, schools = _knowledge(publications, blank.period, [*before.counts, *pattern.tables])
    findings = audit.attack(publications, schools, stop - time.monotonic())
    if audit.breaches(publications, findings, truth, schools):
        return None
    first = sum(len(publication.tables) for publication in publications[:-1])
    titles = [table.title for table in publications[-1].tables]
    bounds = {
        (titles[number - first], labels): interval
        for (number, labels), interval in findings.intervals.items()
        if number >= first
    }
    return replace(release, tables=_tables(pattern, blank.rules, bounds))


def _tables(
    pattern: _Pattern, rules: Rules, bounds: Mapping[tuple[str, tuple[str, ...]], tuple[float, float]]
) -> tuple[Table, ...]:
    return tuple(
        protected_table(
            counts,
            withheld,
            {labels: interval for (title, labels), interval in bounds.items() if title == counts.spec.title},
            rules,
        )
        for counts, withheld in zip(pattern.tables, pattern.withheld, strict=True)
    )


def _knowledge(
    publications: Sequence[Publication], period: Period, tables: Sequence[Counts]
) -> tuple[dict[audit.Target, int], dict[str, dict[audit.Target, int]]]:
    """The truth behind the tables of this period, and what each school knows of it."""
    truth: dict[audit.Target, int] = {}
    schools: dict[str, dict[audit.Target, int]] = {}
    days = (period.first_day.toordinal(), period.last_day.toordinal())
    for number, table in enumerate(chain.from_iterable(publication.tables for publication in publications)):
        if table.period != days:
            continue
        counts = next(c for c in tables if c.spec.title == table.title and _same_cells(c, table))
        for place in counts.places():
            target = number, counts.labels(place)
            of_schools = counts.by_school[(slice(None), *place)]
            truth[target] = int(of_schools.sum())
            for at in np.flatnonzero(of_schools):
                schools.setdefault(counts.schools[at], {})[target] = int(of_schools[at])
    return truth, schools


def _same_cells(counts: Counts, table: PublishedTable) -> bool:
    return {counts.labels(place) for place in counts.places()} == table.cells.keys()
