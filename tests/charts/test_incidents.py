"""What stands on the pictures of types and weeks: every label in its place, for one case as for ten years."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.charts import incidents as charts
from analytics.charts import theme
from analytics.domain.school_calendar import calendar
from analytics.domain.vocabulary import INCIDENT_TYPES, SCHOOL_LEVELS
from analytics.measures import incidents

PHONE = 250  # pixels that a phone of 390 leaves to the plot
LABEL = 27  # pixels of "sept." at 12


def shares(**numbers: int) -> pd.DataFrame:
    counts = pd.DataFrame({"incident_type": list(numbers), "school_id": "a", "n": list(numbers.values())})
    return incidents.shares(counts, "incident_type", counts, list(INCIDENT_TYPES))


@pytest.mark.parametrize("numbers", [{"insults": 1}, {"insults": 9_000_000, "threats": 4}])
def test_each_bar_is_labelled_beyond_its_interval_and_within_the_picture(numbers):
    answer = shares(**numbers)
    chart = charts.share_bars(answer, "incident_type", INCIDENT_TYPES.labels)
    assert [note.x for note in chart.figure.layout.annotations] == answer["upper"].to_list()
    # The longest label, "9 000 000 · 100 %", takes less than the quarter that is left free right of the longest bar.
    assert chart.figure.layout.xaxis.range[1] >= 1.4 * answer["upper"].max()
    assert chart.figure.layout.height >= 36 * len(INCIDENT_TYPES)


def test_what_threatens_life_alone_has_its_colour():
    chart = charts.share_bars(shares(insults=3, threats=2), "incident_type", INCIDENT_TYPES.labels)
    coloured = dict(zip(chart.figure.data[0].y, chart.figure.data[0].marker.color, strict=True))
    dangerous = {label for label, colour in coloured.items() if colour == theme.DANGER}
    assert dangerous == {"Menaces", "Incitation au suicide"}


def test_a_pair_names_both_types_on_two_lines():
    pairs = pd.DataFrame({"incident_type": ["insults"], "other_type": ["threats"], "n": [2]})
    answer = incidents.co_occurrence(pairs, 10, list(INCIDENT_TYPES))
    chart = charts.pair_bars(answer, INCIDENT_TYPES.labels)
    assert list(chart.figure.data[0].y) == ["Insultes<br>+ Menaces"]
    assert chart.figure.data[0].marker.color == (theme.DANGER,)


@pytest.fixture
def year() -> pd.DataFrame:
    counts = pd.DataFrame(
        {"school_year": "2025-2026", "report_week": pd.to_datetime(["2025-09-01", "2026-06-22"]), "n": [4, 1]}
    )
    return incidents.by_week(counts, calendar(), "2025-2026", date(2026, 6, 24))


def test_each_holiday_is_named_once_within_its_own_band(year):
    chart = charts.weeks(year, "2025-2026", None)
    bands = [(pd.Timestamp(shape.x0), pd.Timestamp(shape.x1)) for shape in chart.figure.layout.shapes]
    names = [(note.text, pd.Timestamp(note.x)) for note in chart.figure.layout.annotations]
    assert [name for name, _ in names] == [
        "Congé d’automne",
        "Vacances d’hiver",
        "Congé de détente",
        "Vacances de printemps",
    ]
    assert all(first < place < last for (first, last), (_, place) in zip(bands, names, strict=True))


def test_the_running_week_is_hatched_and_no_other(year):
    pattern = charts.weeks(year, "2025-2026", None).figure.data[0].marker.pattern.shape
    assert [week for week, shape in zip(year["week"], pattern, strict=True) if shape] == [pd.Timestamp("2026-06-22")]


def test_one_case_is_counted_in_whole_cases():
    counts = pd.DataFrame({"school_year": ["2025-2026"], "report_week": pd.to_datetime(["2025-09-01"]), "n": [1]})
    weeks = incidents.by_week(counts, calendar(), "2025-2026", date(2026, 6, 24))
    assert charts.weeks(weeks, "2025-2026", None).figure.layout.yaxis.dtick == 1


@pytest.mark.parametrize("n_years", [0.3, 0.85, 1, 2, 3, 5, 10])
def test_months_never_touch_on_a_phone(n_years):
    weeks = pd.Series(pd.date_range("2016-08-29", periods=int(52 * n_years), freq="7D"))
    ticks = pd.Series(theme.month_ticks(weeks)["tickvals"])
    pixels = PHONE * ticks.diff().dropna() / (weeks.max() - weeks.min())
    assert pixels.min() >= LABEL
    assert ticks.min() - weeks.min() < pd.Timedelta(days=370)


def test_every_tile_tells_its_share_and_each_column_its_cases():
    counts = pd.DataFrame({"incident_type": ["insults"], "school_level": "fundamental", "school_id": "a", "n": [1]})
    cases = pd.DataFrame({"school_level": ["fundamental", "secondary_1"], "school_id": "a", "n": [4, 2]})
    crossed = incidents.cross_tabulate(counts, "incident_type", "school_level", cases, ["insults", "threats"])
    chart = charts.crossing_tiles(crossed, INCIDENT_TYPES.labels, SCHOOL_LEVELS.labels, "incident_type", "school_level")
    tiles, texts = chart.figure.data
    assert list(tiles.x) == ["Fondamental (4)", "1er degré (2)"]
    assert dict(zip(zip(texts.y, texts.x, strict=True), texts.text, strict=True)) == {
        ("Insultes", "Fondamental (4)"): "25\u202f%",
        ("Insultes", "1er degré (2)"): "0\u202f%",
        ("Menaces", "Fondamental (4)"): "0\u202f%",
        ("Menaces", "1er degré (2)"): "0\u202f%",
    }


def test_a_week_without_a_report_is_an_empty_tile():
    counts = pd.DataFrame(
        {
            "incident_type": ["insults"],
            "school_year": ["2025-2026"],
            "report_week": pd.to_datetime(["2025-09-01"]),
            "n": [3],
        }
    )
    tiles = incidents.types_by_week(counts, calendar(), "2025-2026", date(2025, 9, 21), list(INCIDENT_TYPES))
    numbers = pd.DataFrame(charts.week_tiles(tiles, INCIDENT_TYPES.labels).figure.data[0].z)
    assert numbers.shape == (len(INCIDENT_TYPES), 4)
    assert numbers.notna().sum().sum() == 1
    assert numbers.sum().sum() == 3
