"""Disclosure audit: attack a publication as an outsider would, and compute the interval of each suppressed cell.

The attack takes only the published files and the public rules, all releases together. A school attacks again with what it
knows of its own. Only :func:`breaches` compares with the true values. Nothing here comes from the modules that suppress.

Unknowns are the counts behind the cells: one per table and combination of the finest categories and periods that any
release uses. A published number is the sum of some of them; tables that count the same unit have the same sums over what
they share.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise, product

import numpy as np

from analytics.disclosure.attack import Attack, Constraint, Interval
from analytics.disclosure.published import TOTAL, Labels, Publication, PublicRules, Table

Target = tuple[int, Labels]
"""A cell: the number of its table among all releases, and its labels."""
Own = Mapping[Target, int]
"""What one school knows: its own part of each cell."""
MIDPOINT = (2, 3)
"""A count rounded to the midpoint of six lies from 2 below to 3 above what is printed."""


@dataclass(frozen=True)
class Findings:
    """What an attacker can compute. ``intervals``: of each suppressed cell, by anyone. ``uppers``: for each school, the
    upper bound of a suppressed cell, where it is lower. ``differences``: of counts that no cell prints, but that the
    differencing of two releases or tables may give.
    """

    intervals: Mapping[Target, Interval]
    uppers: Mapping[str, Mapping[Target, float]] = field(default_factory=dict)
    differences: Mapping[tuple, Interval] = field(default_factory=dict)


def attack(
    publications: Sequence[Publication], schools: Mapping[str, Own] | None = None, seconds: float = np.inf
) -> Findings:
    """Attack all ``publications`` together; then once more as each of ``schools``.

    Raises ContradictionError when the publications contradict one another, OutOfTimeError after ``seconds``.
    """
    stop = time.monotonic() + seconds
    problem = _Problem([table for publication in publications for table in publication.tables])
    anyone = Attack(problem.n, problem.constraints, stop)
    intervals = {target: anyone.interval(problem.unknowns(target)) for target in problem.suppressed}
    differences = {name: anyone.interval([unknown]) for name, unknown in problem.unprinted()}
    uppers = {
        school: _attack_as_school(problem, anyone, own, intervals, stop)
        for school, own in sorted((schools or {}).items())
    }
    return Findings(intervals, uppers, differences)


def _attack_as_school(
    problem: _Problem, anyone: Attack, own: Own, intervals: Mapping[Target, Interval], stop: float
) -> dict[Target, float]:
    """The upper bound of each suppressed cell to a school, where what it knows says more than the rules do."""
    knows = [target for target in problem.suppressed if own.get(target, 0) > 1]
    touched = frozenset().union(*(anyone.blocks(problem.unknowns(target)) for target in knows))
    if not touched:
        return {}
    own_parts = [Constraint(dict.fromkeys(problem.unknowns(target), 1.0), own[target], np.inf) for target in knows]
    insider = Attack(problem.n, [*problem.constraints, *own_parts], stop)
    return {
        target: insider.upper(problem.unknowns(target))
        for target in problem.suppressed
        if intervals[target].upper < np.inf and touched & anyone.blocks(problem.unknowns(target))
    }


class _Problem:
    """The unknowns of all tables, and all constraints that the tables put on them."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.tables = tables
        self._periods = _elementary_periods(tables)
        self._atoms = _finest_categories(tables)
        self._place: dict[tuple, int] = {}
        self._n_cases: list[float] = []  # the least number of cases that one unit of an unknown stands for
        for number, table in enumerate(tables):
            for atoms in product(*(self._atoms_of(table, column) for column in table.columns)):
                for period in self._periods_of(table):
                    self._place[number, atoms, period] = len(self._place)
                    self._n_cases.append(max((table.at_least[a] for a in atoms if a in table.at_least), default=1.0))
        self.n = len(self._place)
        self._of_cell = {
            (number, labels): self._behind(number, labels)
            for number, table in enumerate(tables)
            for labels in table.cells
        }
        self.suppressed = [target for target in self._of_cell if self._value(target) is None]
        self.constraints = [*self._printed(), *self._shared_sums(), *self._inequalities()]

    def unknowns(self, target: Target) -> list[int]:
        return self._of_cell[target]

    def _value(self, target: Target) -> int | None:
        number, labels = target
        return self.tables[number].cells[labels].value

    def _atoms_of(self, table: Table, column: str) -> list[frozenset[str]]:
        """The finest categories of a column that lie within the categories of ``table``."""
        covered = frozenset().union(*table.categories[column].values())
        return [atom for atom in self._atoms[column] if atom <= covered]

    def _periods_of(self, table: Table) -> list[tuple]:
        """The elementary periods of a table. Schools do not add up over time: theirs is one and undivided."""
        if table.unit == "schools":
            return [table.period]
        return [span for span in self._periods if table.period[0] <= span[0] and span[1] <= table.period[1]]

    def _behind(self, number: int, labels: tuple[str, ...]) -> list[int]:
        table = self.tables[number]
        choices = [
            [
                atom
                for atom in self._atoms_of(table, column)
                if label == TOTAL or atom <= table.categories[column][label]
            ]
            for column, label in zip(table.columns, labels, strict=True)
        ]
        return [self._place[number, atoms, period] for atoms in product(*choices) for period in self._periods_of(table)]

    def _printed(self) -> Iterator[Constraint]:
        """What each cell says. A suppressed cell is at least 1."""
        for target, unknowns in self._of_cell.items():
            (number, labels), value = target, self._value(target)
            weights = dict.fromkeys(unknowns, 1.0)
            if value is None:
                yield Constraint(weights, 1, np.inf)
            elif self.tables[number].is_rounded and TOTAL in labels:
                continue  # the sum of what is rounded says nothing more
            elif self.tables[number].is_rounded and value:
                yield Constraint(weights, value - MIDPOINT[0], value + MIDPOINT[1])
            else:
                yield Constraint(weights, value, value)

    def _shared_sums(self) -> Iterator[Constraint]:
        """Tables of one unit have the same sum over each combination of the categories and periods that they share."""
        for (one, left), (other, right) in combinations(enumerate(self.tables), 2):
            if left.unit != right.unit or (left.unit == "schools" and left.period != right.period):
                continue
            shared = [column for column in left.columns if column in right.columns]
            ones, others = self._by_shared(one, shared), self._by_shared(other, shared)
            for key in (key for key in ones if key in others):
                yield Constraint(dict.fromkeys(ones[key], 1.0) | dict.fromkeys(others[key], -1.0), 0, 0)

    def _by_shared(self, number: int, shared: Sequence[str]) -> dict[tuple, list[int]]:
        """The unknowns of a table by their categories in the ``shared`` columns and their period."""
        table = self.tables[number]
        at = [table.columns.index(column) for column in shared]
        found: dict[tuple, list[int]] = {}
        for (of, atoms, period), unknown in self._place.items():
            if of == number:
                found.setdefault((tuple(atoms[place] for place in at), period), []).append(unknown)
        return found

    def _inequalities(self) -> Iterator[Constraint]:
        """A relay is called in for a case, and a case has at least one incident: so relays are at most incidents. A school
        in a band has at least the cases of that band.
        """
        for number, table in enumerate(self.tables):
            for other, incidents in enumerate(self.tables):
                shared = [column for column in table.columns if column in incidents.columns]
                if incidents.unit != "incidents" or table.unit == "incidents" or not shared:
                    continue
                if table.unit == "schools" and table.period != incidents.period:
                    continue
                yield from self._inequalities_between(number, other, shared)

    def _inequalities_between(self, number: int, other: int, shared: list[str]) -> Iterator[Constraint]:
        apart = [column for column in self.tables[number].columns if column == "relay"]
        whole = self._by_shared(other, shared)
        for (combination, period), part in self._by_shared(number, [*shared, *apart]).items():
            limit = [
                unknown
                for (categories, span), unknowns in whole.items()
                if categories == combination[: len(shared)] and period[0] <= span[0] and span[1] <= period[1]
                for unknown in unknowns
            ]
            if limit:
                weights = {unknown: float(self._n_cases[unknown]) for unknown in part}
                yield Constraint(weights | dict.fromkeys(limit, -1.0), -np.inf, 0)

    def unprinted(self) -> Iterator[tuple[tuple, int]]:
        """The unknowns that no cell prints alone, with their table, categories and period."""
        printed = {unknowns[0] for unknowns in self._of_cell.values() if len(unknowns) == 1}
        for name, unknown in self._place.items():
            if unknown not in printed:
                yield name, unknown


def _elementary_periods(tables: Sequence[Table]) -> list[tuple]:
    """The spans from one beginning or end of a period to the next, as (first day, last day)."""
    starts = sorted({day for table in tables for day in (table.period[0], table.period[1] + 1)})
    return [(first, following - 1) for first, following in pairwise(starts)]


def _finest_categories(tables: Sequence[Table]) -> dict[str, list[frozenset[str]]]:
    """For each column the largest groups of codes that every category of every table has whole or not at all."""
    groups: dict[str, dict[tuple, set[str]]] = {}
    categories: dict[str, list[frozenset[str]]] = {}
    for table in tables:
        for column, labels in table.categories.items():
            categories.setdefault(column, []).extend(labels.values())
    for column, sets in categories.items():
        for code in sorted(frozenset().union(*sets)):
            groups.setdefault(column, {}).setdefault(tuple(code in group for group in sets), set()).add(code)
    return {column: [frozenset(codes) for codes in found.values()] for column, found in groups.items()}


@dataclass(frozen=True)
class Breach:
    """A disclosive cell: the upper bound that can be computed, and the one that is ``needed``.

    ``school`` is who can compute it, empty for anyone.
    """

    target: tuple
    upper: float
    needed: float
    school: str = ""


def breaches(
    publications: Sequence[Publication],
    findings: Findings,
    truth: Mapping[Target, int],
    schools: Mapping[str, Own] | None = None,
) -> list[Breach]:
    """The disclosive cells: what can be computed, compared with the true values (``truth``).

    A count v from 1 to below the threshold k needs an upper bound of v + k - 1, to anyone and to each school (threshold
    rule); so does what is left of a count when a school takes its own part away, with the threshold for schools
    (differencing). A count that no cell prints must not be surely below the threshold.
    """
    rules = publications[-1].rules
    tables = [table for publication in publications for table in publication.tables]
    exposed = {target: value for target, value in truth.items() if not tables[target[0]].is_public(target[1])}
    uppers = {target: _upper(findings, target, value) for target, value in exposed.items()}
    found = [
        Breach(target, uppers[target], value + rules.threshold - 1)
        for target, value in exposed.items()
        if 0 < value < rules.threshold and uppers[target] < value + rules.threshold - 1
    ]
    for school, own in (schools or {}).items():
        for target, value in exposed.items():
            upper = findings.uppers.get(school, {}).get(target, uppers[target])
            needed = value + _protection_level(value, own.get(target, 0), rules)
            if upper < needed:
                found.append(Breach(target, upper, needed, school))
    found += [
        Breach(name, interval.upper, rules.threshold)
        for name, interval in findings.differences.items()
        if interval.lower > 0 and interval.upper < rules.threshold
    ]
    return found


def _upper(findings: Findings, target: Target, value: int) -> float:
    return findings.intervals[target].upper if target in findings.intervals else value


def _protection_level(value: int, own: int, rules: PublicRules) -> int:
    """How far above its value the upper bound of a cell must lie to a school that knows its ``own`` part."""
    if 0 < value < rules.threshold:
        return rules.threshold - 1
    return rules.school_threshold - 1 if own and 0 < value - own < rules.school_threshold else 0
