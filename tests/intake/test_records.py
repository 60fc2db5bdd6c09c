"""What a case keeps of its instants, and who tries to find the report again from it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from analytics.intake import Key, extract
from analytics.intake.records import _without_its_hour
from analytics.measures.incidence import cumulative_incidence
from tests.repository import ROOT

FILE = ROOT / "tests/files/registre-avec-faits.xlsx"
KEY = Key(b"k" * 32)
AS_OF = date(2026, 6, 12)
POSTVENTION = ("awareness", "parents_evening")


def instant_of(cell: object) -> datetime | None:
    """The instant of a report, read again the plain way; None without a time of day."""
    if isinstance(cell, str):
        if ":" not in cell:
            return None
        form = "%d/%m/%Y %H:%M" if "/" in cell else "%Y-%m-%d %H:%M"
        cell = datetime.strptime(cell.strip(), form)  # noqa: DTZ007 (the zone is put on below)
    if not isinstance(cell, datetime) or cell.time() == time():
        return None
    return cell.replace(tzinfo=ZoneInfo("Europe/Brussels")).astimezone(UTC)


@pytest.fixture(scope="module")
def reports() -> dict[str, datetime]:
    """The true instant of each report that has one, by pseudonym."""
    rows = CalamineWorkbook.from_path(FILE).get_sheet_by_index(0).to_python()
    top = next(i for i, row in enumerate(rows) if row[0] == "N° dossier")
    column = rows[top].index("Signalé le")
    found = ((KEY.pseudonym(str(row[0])), instant_of(row[column])) for row in rows[top + 1 :] if row[0])
    return {case_id: instant for case_id, instant in found if instant}


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return extract(FILE.read_bytes(), KEY, date(2026, 11, 22)).tables


def hours_to_the_extract(reported: datetime) -> int:
    extracted = datetime.combine(AS_OF, time(16), ZoneInfo("Europe/Brussels"))
    return math.ceil((extracted - reported) / timedelta(hours=1))


def followed(tables: dict[str, pd.DataFrame], status: str) -> Iterator[tuple[str, int, int]]:
    """The cases of a status, each with what its wait tells."""
    cases = tables["cases"]
    hours, days = (
        ("followed_hours", "followed_school_days") if status == "open" else ("waited_hours", "waited_school_days")
    )
    yield from cases.loc[cases["status"] == status, ["case_id", hours, days]].itertuples(index=False, name=None)


def test_the_report_of_an_open_case_comes_back_to_its_hour_as_the_page_says(tables, reports):
    found = [
        hours == hours_to_the_extract(reports[case]) for case, hours, _ in followed(tables, "open") if case in reports
    ]
    assert len(found) > 30
    assert all(found)


def test_the_report_of_a_closed_case_comes_back_neither_by_its_hour_nor_later_by_its_day(tables, reports):
    steps = tables["case_steps"]
    done = set(steps["delay_hours"][steps["step"].isin(POSTVENTION)].dropna())
    found = []
    for case, hours, days in followed(tables, "closed"):
        assert hours % 24 == 0 or hours in done  # a whole day, or what a step of another case took
        if case not in reports:
            continue
        true = hours_to_the_extract(reports[case])
        if true >= 720:
            assert (hours, days) == (720, 20)  # all alike: nothing tells them apart
        else:
            assert hours <= true
            found.append(hours == true)
    assert len(found) > 4
    assert sum(found) < len(found) / 2


@given(
    done=st.lists(st.integers(0, 900), max_size=12),
    waits=st.lists(st.integers(0, 900), min_size=1, max_size=20),
    kept=st.lists(st.booleans(), min_size=32, max_size=32),
)
def test_no_curve_of_any_cases_changes_for_the_hour_that_a_wait_has_lost(done, waits, kept):
    steps = pd.DataFrame({"step": POSTVENTION[0], "delay_hours": pd.array(done, "Int64")})
    rounded = _without_its_hour(pd.Series(waits, dtype="Int64"), steps)
    assert (rounded <= waits).all()
    curves = []
    for delays in (waits, rounded.tolist()):
        counts = pd.DataFrame(
            {"delay": [*done, *delays], "event": ["done"] * len(done) + ["pending"] * len(delays), "n": 1}
        )
        chosen = counts[kept[: len(counts)]]
        curve = cumulative_incidence(chosen).table()
        curves.append(curve.loc[curve["n_done"] > 0, ["delay", "n_at_risk", "incidence"]].reset_index(drop=True))
    pd.testing.assert_frame_equal(*curves)


def test_where_many_delays_are_known_a_wait_keeps_whole_days_alone():
    steps = pd.DataFrame({"step": POSTVENTION[0], "delay_hours": pd.array(range(700), "Int64")})
    assert _without_its_hour(pd.Series([0, 23, 25, 719], dtype="Int64"), steps).tolist() == [0, 0, 24, 696]


def test_what_a_delay_counts_for_want_of_a_time_of_day_is_kept(tables):
    steps = tables["case_steps"]
    assert set(steps["completed_hours"]) == {0, 8, 16}
    assert ((steps["completed_hours"] > 0) == steps["time_completed"]).all()
    assert (steps.loc[steps["delay_hours"].isna(), "completed_hours"] == 0).all()
    same_day = steps[(steps["completed_hours"] == 16) & (steps["delay_school_days"] == 0)]
    assert np.isin(same_day["delay_hours"].dropna() % 24, (7, 8, 9)).all()  # from 08:00 to 16:00, on whatever day
