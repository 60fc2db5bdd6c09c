"""The disclosure audit: published cases, and an attacker who tries every possibility."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from analytics.disclosure.audit import attack, breaches
from analytics.disclosure.published import TOTAL, Publication, PublicRules, Table
from tests.disclosure.small_tables import RULES, counts_of, every_possibility, printed, protected, publish, truth_of

REFERENCE = Path(__file__).parents[1] / "reference"
FIVE = PublicRules(threshold=5, school_threshold=2)


def reference(name: str) -> dict:
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))


def one_way(cells: dict, categories: dict | None = None, period: tuple[int, int] = (1, 1)) -> Table:
    labels = [label for label in cells if label != TOTAL]
    groups = categories or {label: frozenset({label}) for label in labels}
    return printed("t", {"what": groups}, {(label,): value for label, value in cells.items()}, period)


def exact(*tables: Table) -> dict[str, float]:
    found = attack([Publication(tables, FIVE)])
    return {target[1][0]: i.lower for target, i in found.intervals.items() if i.lower == i.upper}


class TestTwoLinkedTables:
    """Reference 01: each is safe alone, together they give a cell away."""

    case = reference("01_linked_tables_joint_audit.json")

    def tables(self, hidden: list[str]) -> list[Table]:
        units = self.case["input"]["units"]
        tables = []
        for name in ("groups_table_1", "groups_table_2"):
            groups = self.case["input"][name]
            cells = {unit: None if unit in hidden else n for unit, n in units.items()}
            cells |= {group: sum(units[unit] for unit in members) for group, members in groups.items()}
            categories = {unit: frozenset({unit}) for unit in units} | {g: frozenset(m) for g, m in groups.items()}
            tables.append(one_way({**cells, TOTAL: sum(units.values())}, categories))
        return tables

    def test_each_table_alone_gives_no_cell_away(self):
        first, second = self.tables(self.case["expected"]["primary"])
        assert exact(first) == exact(second) == {}

    def test_together_they_give_away_the_cell_that_the_arithmetic_says(self):
        assert exact(*self.tables(self.case["expected"]["primary"])) == self.case["expected"]["disclosed_value"]

    def test_suppressing_one_more_cell_cures_both(self):
        (cure,) = self.case["expected"]["minimal_extra_suppressions"]
        assert exact(*self.tables([*self.case["expected"]["primary"], *cure])) == {}


def test_a_single_suppressed_cell_in_a_line_is_the_total_less_the_others():
    case = reference("05_opensafely_rounding_and_differencing.json")["expected"]["secondary_disclosure_1"]
    ages = ["21-30", "31-40", "41-50", "51+"]
    cells = dict(zip(ages, [None, *case["heart"][1:]], strict=True)) | {TOTAL: case["total"]}
    assert exact(one_way(cells)) == {case["redacted_row"]: case["recovered"]}


def test_two_tables_without_a_small_number_give_the_small_difference():
    case = reference("05_opensafely_rounding_and_differencing.json")["expected"]["secondary_disclosure_2"]
    ages = ["21-30", "31-40", "41-50", "51+"]
    by_age = {age: frozenset({age}) for age in ages}
    sexes = {"male": frozenset({"m"}), "female": frozenset({"f"})}

    def table(numbers: list[int], sex: str, known: dict) -> Table:
        cells = {(age, sex): n for age, n in zip(ages, numbers, strict=True)}
        return printed("t", {"age": by_age, "sex": known}, cells)

    everyone = table(case["total"]["heart"], TOTAL, sexes)
    men = table(case["male"]["heart"], "male", {"male": frozenset({"m"})})
    together = [Publication((everyone, men), FIVE)]
    findings = attack(together)
    women = [i.lower for name, i in findings.differences.items() if frozenset({"f"}) in name[1]]
    assert women == case["female_by_difference"]["heart"]
    truth = {(0, (age, TOTAL)): n for age, n in zip(ages, case["total"]["heart"], strict=True)}
    assert breaches(together, findings, truth)
    assert not breaches([Publication((everyone,), FIVE)], attack([Publication((everyone,), FIVE)]), truth)


def test_cumulative_releases_give_each_week_away():
    case = reference("20_temporal_differencing.json")
    releases = [
        Publication((printed("t", {}, {(): n}, (1, week)),), FIVE)
        for week, n in enumerate(case["published_threshold5"], start=1)
    ]
    findings = attack(releases)
    weeks = {name[2][0]: interval for name, interval in findings.differences.items() if name[0] == 7}
    revealed = [weeks[week] for week in range(3, 9)]
    assert [interval.lower for interval in revealed] == [interval.upper for interval in revealed]
    assert [interval.lower for interval in revealed] == case["revealed_weekly_increments"][1:]
    truth = {(number, ()): n for number, n in enumerate(case["cumulative_true"])}
    assert breaches(releases, findings, truth)


@pytest.mark.parametrize("seed", range(200))
def test_the_audit_agrees_with_trying_every_possibility(seed):
    rng = np.random.default_rng(seed)
    shape = ((2, 2), (2, 3), (3, 2))[seed % 3]
    values = {"a x b": rng.multinomial(rng.integers(3, 10), np.full(shape[0] * shape[1], 1 / (shape[0] * shape[1])))}
    values["a x b"] = values["a x b"].reshape(shape)
    if seed % 2:
        halves = [rng.binomial(total, 0.5) for total in values["a x b"].sum(axis=1)]
        values["a x c"] = np.column_stack([halves, values["a x b"].sum(axis=1) - halves])
    tables = counts_of(values)
    grand_total = [tuple(size - 1 for size in counts.shape) for counts in tables]
    suppressed = [
        {place for place in counts.places() if counts.numbers[place] and rng.random() < 0.6} - {corner}
        for counts, corner in zip(tables, grand_total, strict=True)
    ]
    publication = publish(tables, suppressed)
    found = attack([publication]).intervals
    assert {target: tuple(interval) for target, interval in found.items()} == every_possibility(publication)


@pytest.mark.parametrize("seed", range(20))
def test_publishing_a_secondary_suppression_is_judged_as_trying_every_possibility_judges_it(seed):
    tables = counts_of({"a x b": np.random.default_rng(seed).integers(0, 5, (2, 3))})
    truth, suppressed = truth_of(tables), protected(tables)
    secondary = [place for place in suppressed[0] if tables[0].numbers[place] >= RULES.threshold]
    for place in sorted(secondary):
        publication = publish(tables, [suppressed[0] - {place}])
        possible = every_possibility(publication)
        too_narrow = any(
            0 < truth[target] < RULES.threshold and possible.get(target, (0, truth[target]))[1] < truth[target] + 2
            for target in truth
        )
        findings = attack([publication])
        assert bool(breaches([publication], findings, truth)) == too_narrow
