"""The weekly limits: against R's glm and qnbinom, on published outbreaks with R's own detector beside, and by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.measures import surveillance
from tests.benchmarks.claims import signals

REFERENCE = json.loads((Path(__file__).parents[1] / "reference/21_weekly_surveillance.json").read_text("utf-8"))
NO_BREAKS = pd.DataFrame({"on": pd.to_datetime([]), "reason": pd.Series([], dtype="str")})
BAN = pd.DataFrame({"on": pd.to_datetime(["2025-08-25"]), "reason": ["Smartphone interdit"]})


def plain_weeks(n_weeks: int, weeks_of_year: int = 40, first: str = "2020-01-06") -> pd.DataFrame:
    week = np.arange(n_weeks)
    return pd.DataFrame(
        {
            "period": np.datetime64(first, "s") + np.timedelta64(7, "D") * week,
            "school_year": (week // weeks_of_year).astype(str),
            "rank": week % weeks_of_year,
            "class_days": 5,
            "provisional": False,
        }
    )


def counted(values: dict[str, list[int]], weeks: pd.DataFrame) -> pd.DataFrame:
    """Counts of each series as the store gives them: a week without a case has no row."""
    listed = [weeks[["period"]].assign(series=name, n=n) for name, n in values.items()]
    counts = pd.concat(listed, ignore_index=True).rename(columns={"period": "report_week"})
    return counts[counts["n"] > 0]


def limits_of(value: np.ndarray, weeks: pd.DataFrame, breaks: pd.DataFrame) -> tuple[np.ndarray, ...]:
    mean, variance = surveillance.expected(value, weeks, breaks)
    return mean, *surveillance.limits(mean, variance)


def test_limits_are_those_of_r_where_the_priors_say_nothing(monkeypatch):
    monkeypatch.setattr(surveillance, "PRIORS", dict.fromkeys(surveillance.PRIORS, 1e4))
    monkeypatch.setattr(surveillance, "OUTSTANDING", np.inf)
    weeks = pd.DataFrame(REFERENCE["weeks"])
    weeks["period"] = pd.to_datetime(weeks["period"])
    expected, lower, upper = limits_of(weeks["n"].to_numpy(float)[None], weeks, BAN)
    assert expected[0] == pytest.approx(REFERENCE["expected"], rel=1e-5)
    assert lower[0].tolist() == REFERENCE["lower"]
    assert upper[0].tolist() == REFERENCE["upper"]


def alarms(n: list[int], first: int, last: int) -> list[int]:
    """The weeks, counted from 1, that were above their limit when they were the last one known."""
    weeks, y = plain_weeks(len(n), 52), np.array([n], dtype=float)
    upper = (limits_of(y[:, :k], weeks[:k], NO_BREAKS)[2][0, -1] for k in range(first, last + 1))
    return [k for k, limit in enumerate(upper, first) if n[k - 1] > limit]


@pytest.mark.parametrize(("name", "late"), [("salmNewport", 0), ("k1", 0), ("s1", 0), ("m4", 2), ("s3", 5)])
def test_published_outbreaks_are_found_when_their_authors_found_them(monkeypatch, name, late):
    """``late`` weeks after the first week of the outbreak as it was defined afterwards: those held no more cases than
    chance brings (m4: 1 and 2; s3: 3, 0, 4, 2 and 2)."""
    monkeypatch.setattr(surveillance, "WEEKS_OF_YEAR", 52)
    outbreak = REFERENCE["outbreaks"][name]
    assert alarms(outbreak["n"], outbreak["first"], outbreak["last"])[0] == outbreak["first"] + late


def test_around_the_sprouts_of_2011_the_alarms_are_those_of_rs_own_detector(monkeypatch):
    monkeypatch.setattr(surveillance, "WEEKS_OF_YEAR", 52)
    theirs = REFERENCE["farrington_flexible"]
    assert alarms(REFERENCE["outbreaks"]["salmNewport"]["n"], *theirs["weeks"]) == theirs["alarms"]


def test_a_week_with_one_class_day_is_expected_to_bring_a_fifth():
    weeks = plain_weeks(120)
    weeks.loc[119, "class_days"] = 1
    expected, _, upper = limits_of(np.full((1, 120), 10.0), weeks, NO_BREAKS)
    assert expected[0, 118] == pytest.approx(10, rel=0.01)
    assert expected[0, 119] == pytest.approx(2, rel=0.01)
    assert upper[0, 119] < 10 < upper[0, 118]


def test_a_season_that_returns_is_no_news():
    season = np.round(10 + 8 * np.sin(2 * np.pi * np.arange(120) / 40))
    weeks = plain_weeks(120)
    charts = surveillance.charts(weeks, counted({"all": season}, weeks), ["all"], NO_BREAKS)
    assert charts["signal"].eq("none").all()


def test_the_weeks_judged_have_no_part_in_what_they_are_judged_by():
    weeks = plain_weeks(120)
    calm, loud = np.full((1, 120), 6.0), np.full((1, 120), 6.0)
    loud[0, -4:] = 40
    for theirs, ours in zip(*(limits_of(y, weeks, NO_BREAKS) for y in (calm, loud)), strict=True):
        assert ours.tolist() == theirs.tolist()


def test_an_old_outbreak_does_not_hide_the_next_one():
    weeks, y = plain_weeks(120), np.full((1, 120), 3.0)
    y[0, 70:73] = 40
    assert limits_of(y, weeks, NO_BREAKS)[2][0, -1] < 14


def test_a_break_starts_a_level_anew_and_keeps_the_season():
    weeks = plain_weeks(200)
    season = 1 + 0.5 * np.sin(2 * np.pi * np.arange(200) / 40)
    y = np.where(np.arange(200) < 140, 20, 5) * season
    breaks = pd.DataFrame({"on": [weeks["period"][140]], "reason": ["Nouvelle procédure"]})
    expected = limits_of(y[None], weeks, breaks)[0][0]
    assert expected[-4:] == pytest.approx(y[-4:], rel=0.1)
    assert expected[:140] == pytest.approx(y[:140], rel=0.2)


def test_signals_tell_above_and_below_and_leave_open_weeks_alone():
    weeks = plain_weeks(84)
    weeks.loc[83, "provisional"] = True
    values = {"rare": [0, 0, 1] * 28, "all": [20] * 84}
    values["rare"][80], values["all"][81], values["rare"][83] = 6, 1, 50
    charts = surveillance.charts(weeks, counted(values, weeks), ["all", "rare", "never"], NO_BREAKS)
    found = charts.loc[charts["signal"] != "none", ["series", "period", "signal"]]
    assert found["series"].tolist() == ["all", "rare"]
    assert found["signal"].tolist() == ["below", "above"]
    summary = surveillance.summary(charts).set_index("series")
    assert summary["signal"].to_dict() == {"all": "below", "rare": "above", "never": "none"}
    assert summary["value"].to_dict() == {"all": 61, "rare": 6, "never": 0}
    assert summary["centre"].notna().all()


def test_fewer_than_sixteen_whole_weeks_have_no_limits_and_no_week_breaks_nothing():
    for n_weeks in (0, 3, 15):
        weeks = plain_weeks(n_weeks)
        charts = surveillance.charts(weeks, counted({"all": [9] * n_weeks}, weeks), ["all"], NO_BREAKS)
        assert len(charts) == n_weeks
        assert charts["upper"].isna().all() and charts["signal"].eq("none").all()
        assert surveillance.limits_known(weeks, NO_BREAKS) == "short"
        surveillance.summary(charts)


def test_what_the_limits_lack_is_told():
    assert surveillance.limits_known(plain_weeks(30), NO_BREAKS) == "season"
    assert surveillance.limits_known(plain_weeks(60), NO_BREAKS) == ""
    begun_in_spring = plain_weeks(60)[25:]
    assert surveillance.limits_known(begun_in_spring, NO_BREAKS) == "season"
    weeks = plain_weeks(84)
    breaks = pd.DataFrame({"on": [weeks["period"][75]], "reason": ["x"]})
    assert surveillance.limits_known(weeks, breaks) == "break"
    assert surveillance.limits_known(weeks, breaks.assign(on=weeks["period"][40])) == ""


def seen_by(day: str, first_seen: str, n: int) -> dict[str, object]:
    return {"report_week": pd.Timestamp(day), "first_seen_on": pd.Timestamp(first_seen), "n": n}


EXTRACTS = [date(2026, 1, 9), date(2026, 2, 13), date(2026, 4, 17)]


def test_weeks_are_open_as_long_as_earlier_extracts_lacked_a_tenth_of_them():
    """On 13 February the week of 26 January (age 2) lacked 3 of its 10 cases, that of 19 January none."""
    seen = pd.DataFrame(
        [
            seen_by("2026-01-19", "2026-02-13", 10),
            seen_by("2026-01-26", "2026-02-13", 7),
            seen_by("2026-01-26", "2026-04-17", 3),
            seen_by("2026-02-02", "2026-02-13", 10),
        ]
    )
    assert surveillance.open_weeks(seen, EXTRACTS) == 3
    assert surveillance.open_weeks(seen[:2], EXTRACTS) == 1


def test_until_three_extracts_are_kept_two_weeks_are_open():
    seen = pd.DataFrame([seen_by("2026-01-19", "2026-02-13", 10)])
    assert surveillance.open_weeks(seen, EXTRACTS[:2]) == surveillance.OPEN_WEEKS
    assert surveillance.open_weeks(seen, [*EXTRACTS[1:], EXTRACTS[2]]) == surveillance.OPEN_WEEKS
    all_recent = [date(2026, 4, 15), date(2026, 4, 16), date(2026, 4, 17)]
    assert surveillance.open_weeks(seen, all_recent) == surveillance.OPEN_WEEKS


def test_quiet_weeks_ring_rarely_and_a_doubling_is_found():
    """The claims of ``tests/benchmarks/claims/signals.py`` on 25 registers of 450 cases a year, all charts together."""
    quiet, doubled = signals.ringing(signals.registers(25, 450))
    assert quiet[:, :-1].mean() < 2
    assert doubled[:, 0].mean() > 60
    bunched, _ = signals.ringing(signals.registers(25, 450, bunched=True))
    assert bunched[:, :-1].mean() < 3


def test_the_doubling_is_one_and_bunches_are_bunches():
    drawn = signals.registers(40, 450)
    bunched = signals.registers(40, 450, bunched=True)
    assert drawn[:, 0].sum(axis=1).mean() == pytest.approx(bunched[:, 0].sum(axis=1).mean(), rel=0.05)
    spread = [(values[:, 0].var(axis=0) / values[:, 0].mean(axis=0)).mean() for values in (drawn, bunched)]
    assert spread[0] == pytest.approx(1, abs=0.1)
    assert spread[1] > 1.4
