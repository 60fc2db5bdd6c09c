"""Four registers whose answers were computed elsewhere: every figure comes out of the public functions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from analytics.domain.vocabulary import INCIDENT_TYPES, SCHOOL_LEVELS, STEPS
from analytics.intake import Key
from analytics.measures import incidents, relays, schools
from analytics.store import Snapshot, Store
from analytics.workflows.importing import import_register
from tests.scanning import disguises

FILES = Path(__file__).parents[1] / "files"
REGISTERS = ("registre-2025-2026", "registre-2025-2026-suite", "registre-a-corriger", "registre-avec-faits")


@pytest.fixture(scope="module", params=REGISTERS)
def register(request, tmp_path_factory) -> tuple[Snapshot, dict, Path]:
    folder = tmp_path_factory.mktemp("register") / request.param
    content = (FILES / f"{request.param}.xlsx").read_bytes()
    import_register(Store(folder), content, Key(b"k" * 32), datetime(2026, 11, 22, tzinfo=UTC))
    truth = json.loads((FILES / f"{request.param}.truth.json").read_text("utf-8"))
    snapshot = Store(folder).snapshot()
    assert snapshot is not None
    return snapshot, truth, folder


def test_cases_are_counted(register):
    snapshot, truth, _ = register
    by_status = snapshot.case_counts(by=["status"]).set_index("status")["n"]
    assert by_status.sum() == truth["n_cases"]
    assert by_status["open"] == truth["n_open"]
    assert snapshot.as_of.isoformat() == truth["as_of"]


def test_incident_types_and_levels_are_counted(register):
    snapshot, truth, _ = register
    cases = snapshot.case_counts(by=["school_id", "school_level"])
    types = incidents.shares(snapshot.incident_counts(by=["school_id"]), "incident_type", cases, list(INCIDENT_TYPES))
    assert (types["n_cases"] == truth["n_cases"]).all()
    assert dict(zip(types["incident_type"], types["n"], strict=True)) == truth["incident_types"]
    levels = incidents.shares(cases, "school_level", cases, list(SCHOOL_LEVELS))
    assert dict(zip(levels["school_level"], levels["n"], strict=True)) == {"unknown": 0} | truth["levels"]


def test_weeks_of_report_are_counted(register):
    snapshot, truth, _ = register
    weeks = snapshot.case_counts(by=["report_week"])
    assert dict(zip(weeks["report_week"].dt.date.map(str), weeks["n"], strict=True)) == truth["weeks"]


def test_schools_are_counted_with_those_that_have_no_case(register):
    snapshot, truth, _ = register
    rates = schools.rates(snapshot.school_counts(), 1.0)
    assert dict(zip(rates["school_id"], rates["n"], strict=True)) == truth["schools"]
    assert dict(zip(rates["school_id"], rates["n_pupils"], strict=True)) == truth["pupils"]


def test_every_step_has_its_outcomes(register):
    snapshot, truth, _ = register
    outcomes = relays.outcomes(snapshot.step_counts("hours")).set_index("step")
    expected = pd.DataFrame(truth["steps"]).T.rename(columns={"not_done": "closed"})
    for event in ("done", "pending", "closed", "not_applicable", "not_recorded"):
        assert outcomes[f"n_{event}"].to_dict() == expected[event].to_dict()


@pytest.mark.parametrize("clock", ["hours", "school_days"])
def test_every_step_has_its_shares_and_its_median(register, clock):
    snapshot, truth, _ = register
    delays = relays.HOURS if clock == "hours" else relays.SCHOOL_DAYS
    summary = relays.summary(snapshot.step_counts(clock), delays).set_index("step")
    for step in STEPS:
        shares = [summary.loc[step, f"within_{delay}"] for delay in delays]
        expected = [truth["steps"][step][f"share_within_{clock}"][str(delay)] for delay in delays]
        assert shares == pytest.approx(expected, abs=1e-6), step
        median = truth["steps"][step][f"median_{clock}"]
        assert summary.loc[step, "median"] == pytest.approx(float("nan") if median is None else median, nan_ok=True), (
            step
        )


def test_nothing_that_tells_a_pupil_is_in_any_byte_of_the_store(register):
    _, _, folder = register
    stored = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert not disguises(folder.name).found_in(*stored)
