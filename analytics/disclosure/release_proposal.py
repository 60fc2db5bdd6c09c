"""From the store to a release: count, suppress, audit, and only then propose.

A release that the audit does not prove safe is not made; the rounded version is then the only one on offer.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from analytics.disclosure import audit
from analytics.disclosure.attack import ContradictionError, Interval, OutOfTimeError
from analytics.disclosure.catalogue import Catalogue, CatalogueError, Period, Rules
from analytics.disclosure.counting import Counts, count_tables
from analytics.disclosure.linked_tables import LinkedTables
from analytics.disclosure.publication_csv import table_csv
from analytics.disclosure.published import RULES_FILE, Labels, Publication, Table, read_publication
from analytics.disclosure.release import PROTECTED, ROUNDED, Place, Release, protected_table, rounded_table
from analytics.disclosure.release_records import Record
from analytics.disclosure.suppression import UnprotectableError, suppress, unprotectable
from analytics.store import Snapshot

# Why a cell is suppressed: primary by one of the two rules, else secondary.
THRESHOLD = "plus petit que le seuil"
DIFFERENCING = "une école en déduirait presque tout le reste"
SECONDARY = "permettrait d’en recalculer un autre"

Reasons = Mapping[tuple[str, Labels], str]
"""Why each cell is suppressed, by table code and labels: French, for the service alone."""


@dataclass(frozen=True)
class Proposal:
    """What can be published for a period.

    ``release`` is proven safe; None when no proof was found, and ``rounded`` is then on offer. ``seconds`` is what it took.
    """

    release: Release | None
    rounded: Release
    reasons: Reasons
    seconds: float


@dataclass(frozen=True)
class _Pattern:
    """The tables that can be protected, and which places of each are suppressed."""

    tables: tuple[Counts, ...]
    suppressed: tuple[dict[Place, bool], ...]
    reasons: Reasons
    refused: tuple[str, ...]


def propose(
    snapshot: Snapshot, catalogue: Catalogue, period: Period, past: Sequence[Record], published_on: date
) -> Proposal:
    """Protect and audit every table of the catalogue over ``period``, with all ``past`` releases.

    Raises CatalogueError when the period is not closed, or a part of it is published already: what changed since, records,
    rules or calendar, would tell one release from the other.
    """
    start = time.monotonic()
    tables = count_tables(snapshot, catalogue, period)
    past = [entry for entry in past if entry.is_demo == snapshot.is_demo]
    _refuse_overlap(period, past)
    rounded = Release(
        period,
        published_on,
        snapshot.as_of,
        snapshot.is_demo,
        ROUNDED,
        catalogue.rules,
        catalogue.source,
        tuple(rounded_table(counts, period) for counts in tables),
        (),
        len(tables[0].schools) if tables else 0,
        len(past),
    )
    stop = start + catalogue.rules.seconds
    release, reasons = None, {}
    try:
        pattern = _suppression_pattern(tables, catalogue.rules, stop)
        release = _proven(rounded, pattern, past, stop)
        reasons = pattern.reasons
    except (UnprotectableError, OutOfTimeError, ContradictionError):
        release = None
    return Proposal(release, rounded, reasons, time.monotonic() - start)


def _refuse_overlap(period: Period, past: Sequence[Record]) -> None:
    """CatalogueError where a day of ``period`` is in a release of ``past``: a day leaves once."""
    for entry in past:
        if entry.period == period.code:
            raise CatalogueError("Cette période est déjà publiée : elle ne l’est pas une seconde fois.")
        if period.overlaps(entry.first_day, entry.last_day):
            raise CatalogueError(
                f"Cette période recouvre {entry.period}, déjà publiée : la différence des deux en serait une troisième. "
                "Publiez des périodes qui ne se recouvrent pas."
            )


def _suppression_pattern(tables: Sequence[Counts], rules: Rules, stop: float) -> _Pattern:
    """Protect all tables; those of which too much would be suppressed are refused one by one, the worst first."""
    chosen, refused = list(tables), []
    while chosen:
        linked = LinkedTables(chosen, rules)
        system = linked.system()
        lost = unprotectable(system)
        worst = _worst(linked, lost, above=0)
        if worst is None:
            if lost.any():
                raise UnprotectableError
            worst = _worst(linked, system.protection_level > 0, rules.refused_above)
        if worst is None:
            suppressed = suppress(system, stop - time.monotonic())
            worst = _worst(linked, suppressed, rules.refused_above)
            if worst is None:
                return _read_pattern(linked, suppressed, tuple(refused))
        refused.append(chosen.pop(worst).spec.title)
    raise UnprotectableError


def _worst(linked: LinkedTables, marked: NDArray[np.bool_], above: float) -> int | None:
    """The table of which the largest part of the non-empty cells is ``marked``, if it is more than ``above``."""
    parts = []
    for number, counts in enumerate(linked.tables):
        filled = [linked.quantity[number, place] for place in counts.places() if counts.numbers[place]]
        parts.append(float(marked[filled].mean()) if filled else 0.0)
    worst = int(np.argmax(parts))
    return worst if parts[worst] > above else None


def _read_pattern(linked: LinkedTables, suppressed: NDArray[np.bool_], refused: tuple[str, ...]) -> _Pattern:
    reason = np.select([linked.fails_threshold, linked.fails_differencing], [THRESHOLD, DIFFERENCING], SECONDARY)
    patterns, reasons = [], {}
    for number, counts in enumerate(linked.tables):
        places = {place: linked.quantity[number, place] for place in counts.places()}
        patterns.append({place: bool(suppressed[at]) for place, at in places.items()})
        reasons |= {
            (counts.spec.code, counts.labels(place)): str(reason[at]) for place, at in places.items() if suppressed[at]
        }
    return _Pattern(linked.tables, tuple(patterns), reasons, refused)


def _proven(rounded: Release, pattern: _Pattern, past: Sequence[Record], stop: float) -> Release | None:
    """The release with the interval of each suppressed cell, when no attack on its files breaks it; else None."""
    unproven = replace(rounded, version=PROTECTED, refused=pattern.refused)
    release = replace(unproven, tables=_tables(pattern, unproven, {}))
    files = {RULES_FILE: release.rules_file} | {f"{t.code}.csv": table_csv(release, t) for t in release.tables}
    publications = [*(entry.publication for entry in past), read_publication(files)]
    truth, schools = _knowledge(publications, release.period, pattern.tables)
    findings = audit.attack(publications, schools, stop - time.monotonic())
    if audit.breaches(publications, findings, truth, schools):
        return None
    first = sum(len(publication.tables) for publication in publications[:-1])
    codes = [table.code for table in publications[-1].tables]
    bounds: dict[str, dict[Labels, Interval]] = {code: {} for code in codes}
    for (number, labels), interval in findings.intervals.items():
        if number >= first:
            bounds[codes[number - first]][labels] = interval
    return replace(release, tables=_tables(pattern, release, bounds))


def _tables(pattern: _Pattern, release: Release, bounds: Mapping[str, Mapping[Labels, Interval]]) -> tuple[Table, ...]:
    return tuple(
        protected_table(counts, release.period, suppressed, bounds.get(counts.spec.code, {}), release.rules)
        for counts, suppressed in zip(pattern.tables, pattern.suppressed, strict=True)
    )


def _knowledge(
    publications: Sequence[Publication], period: Period, tables: Sequence[Counts]
) -> tuple[dict[audit.Target, int], dict[str, dict[audit.Target, int]]]:
    """The true values of the tables of this period, and the own part of each school in them."""
    truth: dict[audit.Target, int] = {}
    schools: dict[str, dict[audit.Target, int]] = {}
    days = (period.first_day.toordinal(), period.last_day.toordinal())
    for number, table in enumerate(chain.from_iterable(publication.tables for publication in publications)):
        if table.period != days:
            continue
        counts = next(
            c for c in tables if c.spec.title == table.title and set(map(c.labels, c.places())) == set(table.cells)
        )
        for place in counts.places():
            target = number, counts.labels(place)
            contributions = counts.by_school[(slice(None), *place)]
            truth[target] = int(contributions.sum())
            for at in np.flatnonzero(contributions):
                schools.setdefault(counts.schools[at], {})[target] = int(contributions[at])
    return truth, schools
