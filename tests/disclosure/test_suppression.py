"""Cell suppression: published cases, and no pattern that the audit breaks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from analytics.disclosure.audit import attack, breaches
from analytics.disclosure.catalogue import Category, Dimension, TableSpec
from analytics.disclosure.counting import tabulate
from analytics.disclosure.suppression import System, UnprotectableError, suppress, unprotectable
from tests.disclosure.small_tables import counts_of, protected, publish, truth_of

REFERENCE = Path(__file__).parents[1] / "reference" / "01_linked_tables_joint_audit.json"


def system(
    values: list[int], level: list[int], equations: list[list[int]], published: list[bool] | None = None
) -> System:
    n = len(values)
    nothing = np.zeros(n, dtype=bool)
    return System(
        values=np.array(values, dtype=float),
        lower_bounds=np.ones(n),
        protection_level=np.array(level, dtype=float),
        cost=np.array(values, dtype=float),
        published=nothing if published is None else np.array(published),
        auxiliary=nothing,
        equations=csr_array(np.array(equations, dtype=float)),
    )


def test_two_linked_tables_are_cured_by_the_one_cheapest_cell():
    case = json.loads(REFERENCE.read_text(encoding="utf-8"))
    units = case["input"]["units"]
    groups = {**case["input"]["groups_table_1"], **case["input"]["groups_table_2"]}
    names = [*units, *groups]
    values = [*units.values(), *(sum(units[unit] for unit in members) for members in groups.values())]
    equations = [[int(name in members) - int(name == group) for name in names] for group, members in groups.items()]
    pattern = suppress(system(values, [int(0 < n <= 3) for n in values], equations))
    (cure,) = case["expected"]["minimal_extra_suppressions"]
    assert [name for name, suppressed in zip(names, pattern, strict=True) if suppressed] == sorted(
        case["expected"]["primary"] + cure, key=names.index
    )


def test_a_cell_whose_neighbours_are_public_cannot_be_protected():
    alone = system([2, 6, 8], [2, 0, 0], [[1, 1, -1]], published=[False, True, True])
    assert unprotectable(alone).tolist() == [True, False, False]
    with pytest.raises(UnprotectableError):
        suppress(alone)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_protected_withstands_the_audit(seed):
    rng = np.random.default_rng(seed)
    rows, columns, others = rng.integers(2, 5, 3)
    first = rng.poisson(2.5, (rows, columns))
    second = np.array([rng.multinomial(total, np.full(others, 1 / others)) for total in first.sum(axis=1)])
    tables = counts_of({"a x b": first, "a x c": second})
    publication = publish(tables, protected(tables))
    assert not breaches([publication], attack([publication]), truth_of(tables))


def test_the_same_input_gives_the_same_pattern():
    tables = counts_of({"a x b": np.random.default_rng(3).poisson(3, (4, 5))})
    assert protected(tables) == protected(tables)


def test_a_zero_is_never_suppressed():
    tables = counts_of({"a x b": np.array([[0, 2, 5], [4, 0, 6], [3, 1, 0]])})
    assert all(tables[0].numbers[place] > 0 for place in protected(tables)[0])


class TestASchoolThatKnowsItsOwnCases:
    rows = pd.DataFrame(
        [("big", "a0", "b0", 7), ("small", "a0", "b0", 1), ("big", "a0", "b1", 9), ("other", "a0", "b1", 9)]
        + [(f"s{school}", "a1", f"b{column}", 3) for school in range(4) for column in range(2)],
        columns=["school_id", "a", "b", "n"],
    )

    def tables(self) -> list:
        dimensions = tuple(
            Dimension(name, name, name, tuple(Category(f"{name}{at}", frozenset({f"{name}{at}"})) for at in range(2)))
            for name in "ab"
        )
        spec = TableSpec("a x b", "a x b", "incidents", dimensions, ("a", "b"))
        return [tabulate(spec, tuple(self.rows["school_id"].unique()), self.rows)]

    def knowledge(self, tables: list) -> dict:
        known: dict = {}
        for at, school in enumerate(tables[0].schools):
            for place in tables[0].places():
                if own := int(tables[0].by_school[(at, *place)]):
                    known.setdefault(school, {})[0, tables[0].labels(place)] = own
        return known

    def test_the_cell_that_it_nearly_fills_is_suppressed(self):
        tables = self.tables()
        assert (0, 0) in protected(tables)[0]

    def test_publishing_that_cell_is_a_breach_by_that_school_alone(self):
        tables = self.tables()
        publication = publish(tables, [set()])
        schools = self.knowledge(tables)
        found = breaches([publication], attack([publication], schools), truth_of(tables), schools)
        assert {(breach.target[1], breach.school) for breach in found} == {(("a0", "b0"), "big")}

    def test_once_protected_no_school_breaks_it(self):
        tables = self.tables()
        publication = publish(tables, protected(tables))
        schools = self.knowledge(tables)
        assert not breaches([publication], attack([publication], schools), truth_of(tables), schools)
