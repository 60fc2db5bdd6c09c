"""The counts, held to a slow pandas oracle on the tables themselves, under any selection."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.domain.schema import TABLES
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import INCIDENT_TYPES, SCHOOL_LEVELS, SCHOOL_NETWORKS, STEPS
from analytics.intake import Key
from analytics.store import Snapshot, Store
from analytics.workflows.importing import import_register

FILES = Path(__file__).parents[1] / "files"
MONDAYS = [datetime(2025, 8, 25, tzinfo=UTC).date() + timedelta(weeks=week) for week in range(45)]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory) -> Snapshot:
    store = Store(tmp_path_factory.mktemp("store"))
    content = (FILES / "registre-2025-2026.xlsx").read_bytes()
    import_register(store, content, Key(b"k" * 32), datetime(2026, 11, 22, tzinfo=UTC))
    opened = store.snapshot()
    assert opened is not None
    return opened


@pytest.fixture(scope="module")
def tables(snapshot) -> dict[str, pd.DataFrame]:
    return {name: snapshot.table(name) for name in TABLES}


def some(values) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(list(values)), max_size=3, unique=True).map(tuple)


selections = st.builds(
    Selection,
    school_years=some(["2024-2025", "2025-2026"]),
    first_week=st.none() | st.sampled_from(MONDAYS),
    last_week=st.none() | st.sampled_from(MONDAYS),
    incident_types=some(INCIDENT_TYPES),
    school_levels=some(SCHOOL_LEVELS),
    school_networks=some(SCHOOL_NETWORKS),
    zones=some(["Nord", "Sud", "Est", "Ouest", "Centre", "nowhere"]),
)
any_selection = settings(max_examples=30)


@pytest.fixture(scope="module")
def known(tables) -> list[dict]:
    """Each case with the columns of its school, its incident types and its steps, as plain Python."""
    schools = {school["school_id"]: school for school in tables["schools"].to_dict("records")}
    cases = {case["case_id"]: case for case in tables["cases"].to_dict("records")}
    for case in cases.values():
        school = schools[case["school_id"]]
        case |= {name: school[name] for name in ("school_network", "zone")} | {"types": set(), "steps": []}
    for row in tables["case_incidents"].to_dict("records"):
        cases[row["case_id"]]["types"].add(row["incident_type"])
    for row in tables["case_steps"].to_dict("records"):
        cases[row["case_id"]]["steps"].append(row)
    return list(cases.values())


def chosen(known: list[dict], selection: Selection) -> list[dict]:
    def wanted(case: dict) -> bool:
        week = case["report_week"].date()
        return (
            (not selection.school_years or case["school_year"] in selection.school_years)
            and (selection.first_week is None or week >= selection.first_week)
            and (selection.last_week is None or week <= selection.last_week)
            and (not selection.incident_types or bool(case["types"] & set(selection.incident_types)))
            and (not selection.school_levels or case["school_level"] in selection.school_levels)
            and (not selection.school_networks or case["school_network"] in selection.school_networks)
            and (not selection.zones or case["zone"] in selection.zones)
        )

    return [case for case in known if wanted(case)]


def answered(counts: pd.DataFrame, columns: list[str]) -> dict[tuple, int]:
    keys = counts[columns].astype(object).where(counts[columns].notna(), None)
    return dict(zip(keys.itertuples(index=False, name=None), counts["n"].tolist(), strict=True))


@any_selection
@given(selection=selections)
def test_cases_are_counted_as_one_would_count_them_by_hand(snapshot, known, selection):
    cases = chosen(known, selection)
    assert snapshot.case_counts(selection)["n"].tolist() == [len(cases)]
    for by in (["report_week"], ["school_level", "status"], ["school_network", "zone"]):
        by_hand = Counter(tuple(case[name] for name in by) for case in cases)
        assert answered(snapshot.case_counts(selection, by), by) == by_hand


@any_selection
@given(selection=selections)
def test_incidents_are_counted_once_for_each_type_of_a_case(snapshot, known, selection):
    cases = chosen(known, selection)
    for by in ([], ["school_level"], ["zone"]):
        by_hand = Counter((kind, *(case[name] for name in by)) for case in cases for kind in case["types"])
        assert answered(snapshot.incident_counts(selection, by), ["incident_type", *by]) == by_hand


@any_selection
@given(selection=selections, clock=st.sampled_from(["hours", "school_days"]))
def test_steps_are_counted_by_what_became_of_them_and_when(snapshot, known, selection, clock):
    by_hand: Counter[tuple] = Counter()
    n_completed = 0
    for case in chosen(known, selection):
        for step in case["steps"]:
            most = (
                {"hours": 720, "school_days": 20}[clock] if step["step"] in ("awareness", "parents_evening") else 10**6
            )
            match step["outcome"], case["status"]:
                case "done", _ if step[f"delay_{clock}"] > most:
                    what = ("done_later", most)
                case "done", _:
                    what = ("done", step[f"delay_{clock}"])
                case "not_done", "closed" if most < 10**6:
                    what = ("pending", case[f"waited_{clock}"])
                case "not_done", status:
                    what = ("pending" if status == "open" else "closed", min(case[f"followed_{clock}"], most))
                case outcome, _:
                    what = (outcome, None)
            by_hand[(step["step"], *what)] += 1
            n_completed += step["time_completed"]
    counts = snapshot.step_counts(clock, selection)
    counts = counts.groupby(["step", "event", "delay"], dropna=False, as_index=False)[["n", "n_time_completed"]].sum()
    assert answered(counts, ["step", "event", "delay"]) == by_hand
    assert counts["n_time_completed"].sum() == n_completed


@any_selection
@given(selection=selections)
def test_schools_are_counted_with_those_that_have_no_case(snapshot, tables, known, selection):
    by_hand = Counter(case["school_id"] for case in chosen(known, selection))
    schools = tables["schools"]
    for column, values in (("school_network", selection.school_networks), ("zone", selection.zones)):
        if values:
            schools = schools[schools[column].isin(values)]
    counts = snapshot.school_counts(selection)
    assert counts["school_id"].tolist() == schools["school_id"].tolist()
    assert counts["n"].tolist() == [by_hand[school] for school in schools["school_id"]]


@any_selection
@given(selection=selections)
def test_parts_add_up_to_the_total_under_every_filter(snapshot, selection):
    n_cases = int(snapshot.case_counts(selection)["n"].iloc[0])
    for by in ("report_week", "school_id", "school_level", "school_network", "zone", "danger", "minor", "status"):
        assert snapshot.case_counts(selection, [by])["n"].sum() == n_cases
    assert snapshot.school_counts(selection)["n"].sum() == n_cases
    per_step = snapshot.step_counts("hours", selection).groupby("step")["n"].sum()
    assert per_step.to_dict() == (dict.fromkeys(sorted(STEPS), n_cases) if n_cases else {})


def test_the_choices_are_what_the_records_hold(snapshot, tables):
    choices = snapshot.choices()
    cases, schools = tables["cases"], tables["schools"]
    assert (choices.first_week, choices.last_week) == (
        cases["report_week"].min().date(),
        cases["report_week"].max().date(),
    )
    assert choices.school_years == sorted(cases["school_year"].unique())
    assert choices.zones == sorted(schools["zone"].dropna().unique())


def test_the_residual_risk_is_that_of_a_count_by_hand(snapshot, tables):
    cases = tables["cases"]
    types = tables["case_incidents"].groupby("case_id")["incident_type"].agg(lambda found: ";".join(sorted(found)))
    month = (cases["report_week"] + pd.Timedelta(days=3)).dt.strftime("%Y-%m")
    groups = cases.assign(month=month, types=cases["case_id"].map(types))
    sizes = groups.groupby(["school_id", "month", "school_level", "types"]).size()
    risk = snapshot.residual_risk()
    assert (risk.n_cases, risk.n_alone) == (len(cases), (sizes == 1).sum())
    assert risk.smallest_group == sizes.min()


def test_eight_threads_share_a_snapshot_without_a_wrong_answer(snapshot):
    levels = {level: Selection(school_levels=(level,)) for level in SCHOOL_LEVELS}
    expected = {level: snapshot.step_counts("hours", selection) for level, selection in levels.items()}
    asked = [level for _ in range(40) for level in levels]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda level: snapshot.step_counts("hours", levels[level]), asked))
    assert all(answer.equals(expected[level]) for level, answer in zip(asked, answers, strict=True))
