"""What has no day, counted by a slow reading of the drawn cases in plain Python that shares no code with the product."""

from __future__ import annotations

import random
from fractions import Fraction

import pandas as pd
import pytest

from analytics.measures import relays

HOURS = 24
DEADLINE = 48
STEPS = ("cpms", "parents", "police_contact")


def draw_cases(seed: int) -> list[dict]:
    """Forty cases: open, closed on a day, or closed on a day that is not known; steps with and without one."""
    dice = random.Random(seed)
    cases = []
    for number in range(40):
        status, dated = dice.choice([("open", True), ("closed", True), ("closed", False)])
        case = {"case_id": f"{number:02}", "status": status, "followed": dice.randint(40, 90) if dated else None}
        case["steps"] = {}
        for step in STEPS:
            outcome = dice.choice(["done", "done", "undated", "not_done", "not_applicable", "not_recorded"])
            last = case["followed"] or 90
            case["steps"][step] = (outcome, dice.randint(0, last) if outcome == "done" else None)
        cases.append(case)
    return cases


def read_outcomes(cases: list[dict], step: str) -> dict[str, int]:
    n = dict.fromkeys(("done", "undated", "pending", "closed", "closed_undated", "not_applicable", "not_recorded"), 0)
    for case in cases:
        outcome, _ = case["steps"][step]
        if outcome == "not_done":
            n["pending" if case["status"] == "open" else "closed"] += 1
            n["closed_undated"] += case["followed"] is None
        elif outcome == "undated":
            n["done"] += 1
            n["undated"] += 1
        else:
            n[outcome] += 1
    return n


def read_incidence(cases: list[dict], step: str) -> dict[int, Fraction]:
    """Share done by each hour among the cases with a day (Aalen-Johansen), hour by hour."""
    waits = []
    for case in cases:
        outcome, delay = case["steps"][step]
        if outcome == "done":
            waits.append((delay, "done"))
        elif outcome == "not_done" and case["followed"] is not None:
            waits.append((case["followed"], case["status"]))
    waiting, share, by_hour = Fraction(1), Fraction(0), {}
    for hour in range(100):
        at_risk = sum(delay >= hour for delay, _ in waits)
        if at_risk:
            done = sum(wait == (hour, "done") for wait in waits)
            closed = sum(wait == (hour, "closed") for wait in waits)
            share += waiting * Fraction(done, at_risk)
            waiting *= 1 - Fraction(done + closed, at_risk)
        by_hour[hour] = share
    return by_hour


def read_bounds(cases: list[dict], step: str, hour: int) -> tuple[float, float]:
    """The share of all the cases in which the step applies: none, then all, of the undated in time."""
    n = read_outcomes(cases, step)
    n_cases = n["done"] + n["pending"] + n["closed"]
    n_dated = n_cases - n["undated"] - n["closed_undated"]
    in_time = read_incidence(cases, step)[hour] * n_dated
    return float(in_time / n_cases), float((in_time + n["undated"]) / n_cases)


@pytest.fixture(params=range(5))
def drawn(request, publish, tmp_path):
    cases = draw_cases(request.param)
    rows = [(c["case_id"], step, outcome, delay) for c in cases for step, (outcome, delay) in c["steps"].items()]
    steps = pd.DataFrame(rows, columns=["case_id", "step", "outcome", "delay_hours"])
    frame = pd.DataFrame(cases).rename(columns={"followed": "followed_hours"})
    deadlines = pd.DataFrame({"school_id": "1", "step": STEPS, "max_hours": DEADLINE, "max_school_days": pd.NA})
    snapshot = publish(
        tmp_path,
        cases=frame.drop(columns="steps").assign(followed_school_days=frame["followed_hours"]),
        case_steps=steps.assign(
            outcome=steps["outcome"].replace("undated", "done"), delay_school_days=steps["delay_hours"]
        ),
        school_deadlines=deadlines,
    )
    return cases, snapshot


def test_what_became_of_the_steps_counts_what_has_no_day(drawn):
    cases, snapshot = drawn
    for clock in ("hours", "school_days"):
        answer = relays.outcomes(snapshot.step_counts(clock)).set_index("step")
        for step in STEPS:
            assert {name: answer.loc[step, f"n_{name}"] for name in read_outcomes(cases, step)} == read_outcomes(
                cases, step
            )
            assert answer.loc[step, "n_total"] == len(cases)


def test_curves_and_medians_leave_out_what_has_no_day(drawn):
    cases, snapshot = drawn
    counts = snapshot.step_counts("hours")
    curves = relays.curves(counts).table()
    medians = relays.curves(counts).quantile().set_index("step")["delay"]
    for step in STEPS:
        by_hour = read_incidence(cases, step)
        curve = curves[curves["step"] == step]
        expected = [float(by_hour[int(delay)]) for delay in curve["delay"]]
        assert curve["incidence"].tolist() == pytest.approx(expected)
        reached = [hour for hour, share in by_hour.items() if share >= Fraction(1, 2)]
        assert (medians[step] == reached[0]) if reached else pd.isna(medians[step])


def test_a_share_in_time_lies_between_none_and_all_of_the_undated_in_time(drawn):
    cases, snapshot = drawn
    summary = relays.summary(snapshot.step_counts("hours"), (HOURS, DEADLINE)).set_index("step")
    judged = relays.against_deadline(snapshot.step_counts("deadline")).set_index("step")
    for step in STEPS:
        for hour in (HOURS, DEADLINE):
            found = summary.loc[step, [f"within_{hour}", f"most_within_{hour}"]]
            assert found.tolist() == pytest.approx(read_bounds(cases, step, hour))
            assert summary.loc[step, f"within_{hour}_lower"] < found.iloc[0] <= found.iloc[1]
            assert found.iloc[1] < summary.loc[step, f"within_{hour}_upper"]
        assert judged.loc[step, ["share", "most_share"]].tolist() == pytest.approx(read_bounds(cases, step, DEADLINE))


def test_against_its_deadline_every_case_is_in_one_part(drawn):
    cases, snapshot = drawn
    answer = relays.deadline_status(snapshot.step_counts("deadline")).set_index("step")
    for step in STEPS:
        n = read_outcomes(cases, step)
        delays = [delay for outcome, delay in (case["steps"][step] for case in cases) if outcome == "done"]
        waits = [c["followed"] for c in cases if c["status"] == "open" and c["steps"][step][0] == "not_done"]
        expected = {
            "n_in_time": sum(delay <= DEADLINE for delay in delays),
            "n_late": sum(delay > DEADLINE for delay in delays),
            "n_undated": n["undated"],
            "n_waiting": sum(wait <= DEADLINE for wait in waits),
            "n_overdue": sum(wait > DEADLINE for wait in waits),
            "n_closed": n["closed"],
            "n_total": len(cases),
            "n_cases": n["done"] + n["pending"] + n["closed"],
        }
        assert {name: answer.loc[step, name] for name in expected} == expected


def test_a_step_is_skipped_for_one_done_after_it_and_overtaken_only_where_both_have_a_day(drawn):
    cases, snapshot = drawn
    answer = snapshot.order_counts().set_index("step")
    for place, step in enumerate(STEPS):
        n_overtaken = n_skipped = 0
        for case in cases:
            outcome, delay = case["steps"][step]
            after = [case["steps"][other] for other in STEPS[place + 1 :]]
            is_skipped = outcome == "not_done" and any(other in ("done", "undated") for other, _ in after)
            n_skipped += is_skipped and case["status"] == "closed"
            n_overtaken += outcome == "done" and any(hours is not None and hours < delay for _, hours in after)
        assert answer.loc[step, ["n_overtaken", "n_skipped"]].tolist() == [n_overtaken, n_skipped]
        assert answer.loc[step, "n_undated"] == read_outcomes(cases, step)["undated"]


def test_the_first_relay_is_that_of_the_relays_whose_day_is_known(drawn):
    cases, snapshot = drawn
    counts = snapshot.first_relay_counts("hours")
    found = {event: counts.loc[counts["event"] == event] for event in ("done", "undated")}
    firsts, n_undated = [], 0
    for case in cases:
        outcomes = [outcome for outcome, _ in case["steps"].values()]
        delays = [delay for _, delay in case["steps"].values() if delay is not None]
        firsts += [min(delays)] if delays else []
        n_undated += not delays and "undated" in outcomes
    assert sorted(found["done"]["delay"].repeat(found["done"]["n"].astype(int)).tolist()) == sorted(firsts)
    assert found["undated"]["n"].sum() == n_undated
