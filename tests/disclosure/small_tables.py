"""Small catalogues, counts drawn as text, and an attacker who tries every possibility."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import prod

import numpy as np
import pandas as pd

from analytics.disclosure import audit
from analytics.disclosure.catalogue import Category, Dimension, Rules, TableSpec
from analytics.disclosure.counting import Counts, tabulate
from analytics.disclosure.linked_tables import LinkedTables
from analytics.disclosure.published import TOTAL, Cell, Labels, Publication, PublicRules, Table
from analytics.disclosure.suppression import suppress

RULES = Rules(threshold=3, school_threshold=2, refused_above=1, share_from=10, share_step=0.05, seconds=60)


def counts_of(values: Mapping[str, np.ndarray]) -> list[Counts]:
    """Two-way tables of incidents by name of their two dimensions ("a x b"); each unit is in a school of its own."""
    tables = []
    for name, array in values.items():
        codes = name.split(" x ")
        dimensions = tuple(
            Dimension(
                code, code, code, tuple(Category(f"{code}{at}", frozenset({f"{code}{at}"})) for at in range(size))
            )
            for code, size in zip(codes, array.shape, strict=True)
        )
        rows = [
            {
                "school_id": f"{place}-{unit}",
                codes[0]: f"{codes[0]}{place[0]}",
                codes[1]: f"{codes[1]}{place[1]}",
                "n": 1,
            }
            for place in np.ndindex(*array.shape)
            for unit in range(array[place])
        ]
        frame = pd.DataFrame(rows, columns=["school_id", *codes, "n"])
        spec = TableSpec(name, name, "incidents", dimensions, tuple(codes))
        tables.append(tabulate(spec, tuple(frame["school_id"]), frame))
    return tables


def printed(
    name: str,
    categories: Mapping[str, Mapping[str, frozenset[str]]],
    values: Mapping[Labels, int | None],
    period: tuple[int, int] = (1, 1),
) -> Table:
    """A table of incidents as it would be published: None where a cell is suppressed."""
    cells = {labels: Cell(value) for labels, value in values.items()}
    return Table(name, name, "incidents", period, tuple(categories), tuple(categories), categories, cells)


def publish(tables: Sequence[Counts], suppressed: Sequence[set], rules: Rules = RULES) -> Publication:
    """The tables as they would be published, with the places in ``suppressed`` left out."""
    published = []
    for counts, hidden in zip(tables, suppressed, strict=True):
        categories = {
            d.counts: {category.label: category.codes for category in d.categories} for d in counts.spec.dimensions
        }
        values = {counts.labels(at): None if at in hidden else int(counts.numbers[at]) for at in counts.places()}
        published.append(printed(counts.spec.title, categories, values))
    return Publication(tuple(published), PublicRules(rules.threshold, rules.school_threshold))


def truth_of(tables: Sequence[Counts]) -> dict[audit.Target, int]:
    return {
        (number, counts.labels(place)): int(counts.numbers[place])
        for number, counts in enumerate(tables)
        for place in counts.places()
    }


def protected(tables: Sequence[Counts], rules: Rules = RULES) -> list[set]:
    """The places to suppress in each table."""
    linked = LinkedTables(tables, rules)
    pattern = suppress(linked.system())
    return [
        {place for place in counts.places() if pattern[linked.quantity[number, place]]}
        for number, counts in enumerate(tables)
    ]


def every_possibility(publication: Publication) -> dict[audit.Target, tuple[int, int]]:
    """The least and the most of each suppressed cell, by trying all tables of whole numbers that have the grand total.

    For two-way tables that share their first dimension.
    """
    possible = [_consistent(table) for table in publication.tables]
    shared = set.intersection(*({tuple(rows) for rows in grids.sum(axis=2).tolist()} for grids in possible))
    found = {}
    for number, (table, grids) in enumerate(zip(publication.tables, possible, strict=True)):
        kept = grids[[tuple(rows) in shared for rows in grids.sum(axis=2).tolist()]]
        for labels, cell in table.cells.items():
            if cell.value is None:
                sums = _sums(table, kept, labels)
                found[number, labels] = int(sums.min()), int(sums.max())
    return found


def _consistent(table: Table) -> np.ndarray:
    """All grids that agree with what one table prints: an axis of grids, then its rows and columns."""
    shape = [len(table.categories[column]) for column in table.columns]
    total = table.cells[TOTAL, TOTAL].value
    bars = np.array(list(combinations(range(total + prod(shape) - 1), prod(shape) - 1)), dtype=int)
    edges = np.pad(bars, ((0, 0), (1, 1)), constant_values=-1)
    edges[:, -1] = total + prod(shape) - 1
    grids = (np.diff(edges, axis=1) - 1).reshape(-1, *shape)
    for labels, cell in table.cells.items():
        sums = _sums(table, grids, labels)
        grids = grids[sums >= 1 if cell.value is None else sums == cell.value]
    return grids


def _sums(table: Table, grids: np.ndarray, labels: tuple[str, ...]) -> np.ndarray:
    row, column = (
        slice(None) if label == TOTAL else [list(table.categories[name]).index(label)]
        for name, label in zip(table.columns, labels, strict=True)
    )
    return grids[:, row][:, :, column].sum(axis=(1, 2))
