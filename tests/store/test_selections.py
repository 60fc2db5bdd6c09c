"""What the store counts by packed numbers, beside the same counted from the tables by pandas, on selections drawn by lot."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.domain.selection import Selection
from analytics.domain.vocabulary import (
    INCIDENT_TYPES,
    POSTVENTION_FOLLOWED,
    REASONS,
    RESPONSES,
    SCHOOL_LEVELS,
    SCHOOL_NETWORKS,
    STEPS,
)

N_SELECTIONS = 6  # measured once on 1,000
SCHOOLS = [f"S{place}" for place in range(12)]
BY = ("school_id", "school_level", "danger", "school_year", "report_week", "school_network", "zone", "status")
IN_ORDER = [code for code, step in STEPS.items() if not step.postvention]


def some(values: Sequence, rng: np.random.Generator, n: int, missing: float = 0.0) -> pd.Series:
    drawn = pd.Series(rng.choice(np.array(values, dtype=object), n))
    return drawn.mask(rng.random(n) < missing, pd.NA)


def drawn_tables() -> dict[str, pd.DataFrame]:
    """Cases of each kind: undated, not recorded, closed on an unknown day, in danger, under own deadlines of both units."""
    rng, n = np.random.default_rng(11), 160
    cases = pd.DataFrame({"case_id": [f"{number:04d}" for number in range(n)], "school_id": some(SCHOOLS, rng, n)})
    cases["report_week"] = pd.Timestamp("2024-08-26") + pd.to_timedelta(7 * rng.integers(0, 90, n), unit="D")
    cases["school_year"] = np.where(cases["report_week"] < "2025-08-25", "2024-2025", "2025-2026")
    cases["school_level"] = some(list(SCHOOL_LEVELS), rng, n)
    cases["danger"], cases["status"] = rng.random(n) < 0.3, some(["open", "closed"], rng, n)
    hours = some(range(3000), rng, n, missing=0.1)
    waited = some(range(721), rng, n, missing=0.2).mask(cases["status"] == "open", pd.NA)
    cases["followed_hours"], cases["waited_hours"] = hours.astype("Int64"), waited.astype("Int64")
    for name in ("followed", "waited"):
        cases[f"{name}_school_days"] = cases[f"{name}_hours"] // 36
    cases["detection_days"] = some(range(40), rng, n, missing=0.3).astype("Int64")
    types = [(case, code) for case in cases["case_id"] for code in rng.choice(list(INCIDENT_TYPES), 2, replace=False)]
    steps = pd.MultiIndex.from_product([cases["case_id"], STEPS], names=["case_id", "step"]).to_frame(index=False)
    outcomes = ["done"] * 5 + ["not_done"] * 3 + ["not_applicable", "not_recorded"]
    steps["outcome"] = some(outcomes, rng, len(steps))
    is_dated = (steps["outcome"] == "done") & (rng.random(len(steps)) < 0.9)
    steps["delay_hours"] = some([*range(60), *range(0, 1500, 50)], rng, len(steps)).where(is_dated).astype("Int64")
    steps["delay_school_days"] = steps["delay_hours"] // 36
    steps["time_completed"] = is_dated & (rng.random(len(steps)) < 0.4)
    steps["completed_hours"] = np.where(steps["time_completed"], rng.choice([8, 16], len(steps)), 0)
    steps["reason"] = some(list(REASONS), rng, len(steps)).where(steps["outcome"] == "not_done")
    deadlines = pd.MultiIndex.from_product([SCHOOLS, STEPS], names=["school_id", "step"]).to_frame(index=False)
    deadlines = deadlines[rng.random(len(deadlines)) < 0.3].reset_index(drop=True)
    deadlines["max_hours"] = some([0, 24, 100], rng, len(deadlines), missing=0.5).astype("Int64")
    deadlines["max_school_days"] = some([0, 1, 10], rng, len(deadlines), missing=0.5).astype("Int64")
    schools = pd.DataFrame({"school_id": SCHOOLS[:-1], "zone": some(["A", "B", "C"], rng, 11, missing=0.2)})
    schools["school_network"] = some(list(SCHOOL_NETWORKS), rng, 11, missing=0.2)
    return {
        "cases": cases,
        "case_incidents": pd.DataFrame(types, columns=["case_id", "incident_type"]),
        "case_steps": steps,
        "school_deadlines": deadlines,
        "schools": schools,
    }


@pytest.fixture(scope="module")
def asked(publish, tmp_path_factory):
    tables = drawn_tables()
    return publish(tmp_path_factory.mktemp("store"), **tables), tables, plain(tables)


def plain(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per case and step: event, delay and earliest by each clock, deadline and in_hours."""
    rows = (
        tables["case_steps"].merge(tables["cases"], on="case_id").merge(tables["schools"], on="school_id", how="left")
    )
    rows = rows.merge(tables["school_deadlines"].assign(is_own=True), on=["school_id", "step"], how="left")
    postvention = rows["step"].map({code: step.postvention for code, step in STEPS.items()}).to_numpy(bool)
    is_open = (rows["status"] == "open") | (postvention & rows["waited_hours"].notna())
    is_done, is_not = rows["outcome"] == "done", rows["outcome"] == "not_done"
    for unit, most in POSTVENTION_FOLLOWED.items():
        wait = rows[f"followed_{unit}"].mask(postvention & rows[f"waited_{unit}"].notna(), rows[f"waited_{unit}"])
        delay = rows[f"delay_{unit}"].mask(is_not, wait).mask(~is_done & ~is_not, pd.NA)
        event = rows["outcome"].mask(is_done & delay.isna(), "undated").mask(is_not & is_open, "pending")
        event = event.mask(is_not & ~is_open, "closed").mask(is_not & ~is_open & delay.isna(), "closed_undated")
        rows[f"judged_{unit}"], rows[f"judged_event_{unit}"] = delay, event
        is_late = postvention & (delay > most).fillna(False)
        rows[f"event_{unit}"] = event.mask(is_late & (event == "done"), "done_later")
        rows[f"kept_{unit}"] = delay.mask(is_late, most)
    limits = {}
    for unit in POSTVENTION_FOLLOWED:
        of_service = rows["step"].map({code: getattr(step.deadline, unit, None) for code, step in STEPS.items()})
        limits[unit] = np.where(rows["is_own"].notna(), numbers(rows[f"max_{unit}"]), numbers(of_service))
    in_hours = ~np.isnan(limits["hours"]) | rows["danger"].to_numpy(bool)
    in_danger = np.where(np.isnan(limits["hours"]), 24 * limits["school_days"], limits["hours"])
    rows["limit"] = limit = np.where(in_hours, in_danger, limits["school_days"])
    elapsed = np.where(in_hours, numbers(rows["judged_hours"]), numbers(rows["judged_school_days"]))
    rows["part"] = part(elapsed, limit)
    completed = np.where(in_hours, rows["completed_hours"], 0)
    rows["earliest_part"] = part(elapsed - np.minimum(elapsed, completed), limit)
    return rows


def numbers(values: pd.Series) -> np.ndarray:
    return values.astype("Float64").to_numpy(float, na_value=np.nan)


def part(elapsed: np.ndarray, limit: np.ndarray) -> np.ndarray:
    late = np.where(elapsed > 0, elapsed + 1, elapsed)
    return np.where(limit == 0, late, elapsed / np.where(limit == 0, 1, limit))


def selections() -> list[tuple[Selection, list[str]]]:
    lots = random.Random(5)

    def drawn(values: Sequence[str]) -> tuple[str, ...]:
        return tuple(lots.sample(list(values), 2)) if lots.random() < 0.25 else ()

    def week() -> date | None:
        return date(2024, 8, 26) + timedelta(weeks=lots.randrange(90)) if lots.random() < 0.15 else None

    return [
        (
            Selection(
                drawn(["2024-2025", "2025-2026"])[:1],
                week(),
                week(),
                drawn(list(INCIDENT_TYPES)),
                drawn(list(SCHOOL_LEVELS)),
                drawn(list(SCHOOL_NETWORKS)),
                drawn(["A", "B", "C"]),
                drawn(SCHOOLS),
                danger=lots.random() < 0.2,
            ),
            lots.sample(BY, lots.randrange(3)),
        )
        for _ in range(N_SELECTIONS)
    ]


def chosen(rows: pd.DataFrame, selection: Selection, incidents: pd.DataFrame) -> pd.DataFrame:
    kept = pd.Series(True, rows.index)
    for column, values in (
        ("school_year", selection.school_years),
        ("school_level", selection.school_levels),
        ("school_network", selection.school_networks),
        ("zone", selection.zones),
        ("school_id", selection.school_ids),
    ):
        kept &= rows[column].isin(values) if values else True
    if selection.first_week:
        kept &= rows["report_week"] >= pd.Timestamp(selection.first_week)
    if selection.last_week:
        kept &= rows["report_week"] <= pd.Timestamp(selection.last_week)
    if selection.incident_types:
        of_type = incidents["case_id"][incidents["incident_type"].isin(selection.incident_types)]
        kept &= rows["case_id"].isin(of_type)
    return rows[kept & (rows["danger"] | (not selection.danger))]


def same(answer: pd.DataFrame, rows: pd.DataFrame, by: list[str]) -> None:
    """Whether an answer has the cases of ``rows`` by ``by``, whatever the order of its rows."""
    found, expected = (
        table[by].apply(comparable).assign(n=table.get("n", 1)).groupby(by)["n"].sum().to_dict()
        for table in (answer, rows)
    )
    assert found == expected


def comparable(column: pd.Series) -> pd.Series:
    if column.name not in ("delay", "earliest", "part", "earliest_part"):
        return column.astype("str")
    return pd.Series(numbers(column), column.index).round(9).fillna(-1)


def test_each_step_counts_by_each_clock_as_pandas_counts_it(asked):
    snapshot, tables, rows = asked
    for selection, by in selections():
        kept = chosen(rows, selection, tables["case_incidents"])
        for unit in POSTVENTION_FOLLOWED:
            kept_as = {f"event_{unit}": "event", f"kept_{unit}": "delay"}
            completed = kept["completed_hours"] if unit == "hours" else 0
            early = kept[f"kept_{unit}"] - np.minimum(kept[f"kept_{unit}"], completed)
            same(
                snapshot.step_counts(unit, selection, by),
                kept.rename(columns=kept_as).assign(earliest=early),
                ["step", *by, "event", "delay", "earliest"],
            )
        event = kept["judged_event_hours"].mask(
            kept["limit"].isna() & ~kept["outcome"].isin(["not_applicable", "not_recorded"]), "no_deadline"
        )
        judged = kept.assign(event=event, delay=kept["part"], earliest=kept["earliest_part"])
        answer = snapshot.step_counts("deadline", selection, by)
        same(answer, judged, ["step", *by, "event", "delay", "earliest"])
        assert answer["n_time_completed"].sum() == kept["time_completed"].sum()


def test_each_response_is_the_first_of_its_steps_and_its_least_part(asked):
    snapshot, tables, rows = asked
    for selection, by in selections():
        kept = chosen(rows, selection, tables["case_incidents"])
        expected = pd.concat(response(kept, code) for code in RESPONSES)
        answer = snapshot.response_counts(selection, by)
        columns = ["interval", *by, "event", "delay", "earliest", "part", "earliest_part"]
        same(answer[answer["interval"] != "detection"], expected, columns)
        relays = expected[expected["interval"] == "first_relay"]
        same(snapshot.first_relay_counts("hours", selection, by), relays, [*by, "event", "delay", "earliest"])


def response(rows: pd.DataFrame, code: str) -> pd.DataFrame:
    """One row per case."""
    of_steps = rows[rows["step"].isin(RESPONSES[code])]
    ranks = {
        "done": 0,
        "undated": 1,
        "pending": 2,
        "closed": 3,
        "closed_undated": 4,
        "not_recorded": 5,
        "not_applicable": 6,
    }
    rank = of_steps["judged_event_hours"].map(ranks).astype(int)
    first = rank.groupby(of_steps["case_id"]).transform("min")
    counted = of_steps[(rank == first) & (rank.isin([0, 2, 3]))]
    early = counted["judged_hours"] - np.minimum(counted["judged_hours"], counted["completed_hours"])
    least = counted.assign(delay=counted["judged_hours"], earliest=early).groupby("case_id")
    least = least[["delay", "earliest", "part", "earliest_part"]].min()
    answer = of_steps.assign(event=first.map({rank: event for event, rank in ranks.items()})).drop_duplicates("case_id")
    answer = answer.drop(columns=["part", "earliest_part"]).merge(least, on="case_id", how="left")
    return answer.assign(interval=code)


def test_the_order_of_the_protocol_and_its_transitions(asked):
    snapshot, tables, rows = asked
    for selection, _ in selections():
        kept = chosen(rows, selection, tables["case_incidents"])
        shape = kept["case_id"].nunique(), len(STEPS)
        wide = {
            name: pd.DataFrame(kept[name].to_numpy().reshape(shape), columns=list(STEPS))
            for name in ("outcome", "status")
        }
        hours, days, waits = (
            pd.DataFrame(numbers(kept[name]).reshape(shape), columns=list(STEPS))
            for name in ("delay_hours", "delay_school_days", "judged_hours")
        )
        timed = hours.mask(kept["time_completed"].to_numpy(bool).reshape(shape))
        answer, moved = snapshot.order_counts(selection).set_index("step"), snapshot.transition_counts(selection)
        for place, step in enumerate(IN_ORDER if len(kept) else []):
            after = IN_ORDER[place + 1 :]
            done, closed = wide["outcome"] == "done", wide["status"][step] == "closed"
            overtaken = (days[after].min(axis=1) < days[step]) | (timed[after].min(axis=1) < timed[step])
            skipped = (wide["outcome"][step] == "not_done") & done[after].any(axis=1) & closed
            counted = [done[step], done[step] & days[step].isna(), done[step] & overtaken, done[step] & closed, skipped]
            assert answer.loc[step].tolist() == [int(cases.sum()) for cases in counted], step
            if after:
                is_next = done[step] & wide["outcome"][after[0]].isin(["done", "not_done"])
                waited = (waits[after[0]] - hours[step])[is_next].dropna()
                of_step = moved[moved["step"] == step]
                expected = waited.clip(lower=0).value_counts()
                found = of_step.groupby("delay")["n"].sum()
                assert found.to_dict() == expected.to_dict()


def test_of_many_cases_the_first_by_pseudonym_are_compared(asked, monkeypatch):
    snapshot, tables, rows = asked
    monkeypatch.setattr("analytics.store.steps.COMPARED", 40)
    for selection, _ in selections():
        kept = chosen(rows, selection, tables["case_incidents"])
        kept = kept[kept["step"] == "cpms"].sort_values("case_id").head(40)
        answer = snapshot.school_step_counts("school_days", selection, "cpms")
        expected = kept[kept["judged_event_hours"].isin(["done", "pending", "closed"])]
        expected = expected[expected["judged_school_days"].notna()]
        power = np.floor(np.log2(1 + expected["judged_school_days"].astype(float)))
        is_paced = answer["event"].notna()
        same(
            answer[is_paced],
            expected.assign(event=expected["judged_event_hours"], delay=power),
            ["school_id", "event", "delay"],
        )
        assert answer["n"].sum() == len(kept)
