"""What stands on the pictures of schools: a funnel, the tenth, a school beside its kind, for no school as for 200."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.charts import schools as charts
from analytics.charts import theme
from analytics.domain.vocabulary import INCIDENT_TYPES, TEACHING_LEVELS
from analytics.measures import incidents, schools


def counted(n_schools: int, most: int = 30) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "school_id": [str(i) for i in range(n_schools)],
            "name": [f"École {i}" for i in range(n_schools)],
            "school_level": ["secondary", "fundamental"] * (n_schools // 2) + ["secondary"] * (n_schools % 2),
            "n_pupils": pd.array(rng.integers(60, 1500, n_schools), dtype="Int64"),
            "n": rng.integers(0, most, n_schools),
        }
    )


def drawn(table: pd.DataFrame):
    rated = schools.rates(table, 1.5)
    return charts.funnel(rated, schools.funnel_lines(rated, 1.5), TEACHING_LEVELS.labels)


@pytest.mark.parametrize("n_schools", [1, 2, 200])
def test_every_school_is_drawn_once_within_the_picture(n_schools):
    table = counted(n_schools)
    chart = drawn(table)
    points = [trace for trace in chart.figure.data if trace.mode == "markers"]
    assert sum(len(trace.x) for trace in points) == n_schools
    x_range, y_range = chart.figure.layout.xaxis.range, chart.figure.layout.yaxis.range
    for trace in points:
        assert all(x_range[0] < np.log10(x) < x_range[1] for x in trace.x)
        assert all(y_range[0] < y < y_range[1] for y in trace.y)


@pytest.mark.parametrize("n_schools", [1, 2, 200])
def test_the_limits_are_named_on_their_lines_within_the_picture_and_the_levels_above_it(n_schools):
    chart = drawn(counted(n_schools))
    named = {trace.name for trace in chart.figure.data if trace.showlegend and chart.figure.layout.showlegend}
    assert named == ({"Fondamental", "Secondaire"} if n_schools > 1 else set())
    notes = {note.text: note for note in chart.figure.layout.annotations}
    assert set(notes) == {"95 %", "99,8 %"}
    top = chart.figure.layout.yaxis.range[1]
    assert all(note.y <= top for note in notes.values())
    assert all(
        chart.figure.layout.xaxis.range[0] <= note.x <= chart.figure.layout.xaxis.range[1] for note in notes.values()
    )
    assert notes["99,8 %"].x >= notes["95 %"].x  # to the right of its line, the other to the left: they cannot touch


def test_a_school_beyond_the_limits_has_a_form_and_a_colour_of_its_own():
    table = counted(40, most=4)
    table.loc[0, ["n_pupils", "n"]] = [900, 60]
    traces = [trace for trace in drawn(table).figure.data if trace.mode == "markers"]
    beyond = next(trace for trace in traces if trace.marker.symbol == "diamond")
    names = [
        text
        for trace in drawn(table).figure.data
        if trace.mode == "markers"
        for text, _ in trace.customdata
        if "<b>École 0<" in text
    ]
    assert beyond.marker.color == theme.SIGNAL
    assert "au-dessus de la limite à 99,8 %" in names[0]


@pytest.mark.parametrize("n_schools", [0, 3])
def test_schools_without_pupils_leave_an_empty_picture(n_schools):
    table = counted(n_schools).assign(n_pupils=pd.array([pd.NA] * n_schools, dtype="Int64"))
    assert not drawn(table).figure.data


def test_the_tenth_is_labelled_beyond_its_bars():
    answer = schools.concentration(schools.rates(counted(50), 1.0), 1.0)
    chart = charts.concentration_bars(answer)
    row = answer.iloc[0]
    assert [note.x for note in chart.figure.layout.annotations] == [row["share"], row["upper"]]
    assert chart.figure.layout.xaxis.range[1] >= 1.25 * max(row["share"], row["upper"])


def test_a_school_stands_beside_its_kind_type_by_type():
    def shares(**numbers):
        counts = pd.DataFrame({"incident_type": list(numbers), "school_id": "a", "n": list(numbers.values())})
        return incidents.shares(counts, "incident_type", counts, list(INCIDENT_TYPES))

    groups = {"school": shares(threats=1), "network": shares(insults=9, threats=1)}
    beside = incidents.compare_groups(groups, "incident_type")
    chart = charts.beside_dots(
        beside, INCIDENT_TYPES.labels, {"school": "cette école", "network": "réseau WBE (8 écoles)"}
    )
    own, network = chart.figure.data
    assert list(own.y) == list(network.y)
    assert dict(zip(own.y, own.x, strict=True))["Menaces"] == 1
    assert dict(zip(network.y, network.x, strict=True))["Menaces"] == 0.1
    assert own.error_x.array is not None
    assert network.error_x.array is None


def test_the_axes_end_where_the_data_does():
    calm = counted(40)
    calm["n"] = 10 * calm["n_pupils"].astype(int) // 100
    assert 1 < drawn(calm).figure.layout.yaxis.range[1] < 2.5  # each school has about what is expected of it
    counts = pd.DataFrame({"incident_type": ["threats"], "school_id": "a", "n": [3]})
    shares = incidents.shares(counts, "incident_type", counts.assign(n=90), list(INCIDENT_TYPES))
    beside = incidents.compare_groups({"school": shares}, "incident_type")
    axis = charts.beside_dots(beside, INCIDENT_TYPES.labels, {"school": "cette école"}).figure.layout.xaxis
    assert shares["upper"].max() < axis.range[1] < 0.25
    assert len(axis.tickvals) >= 2


@pytest.mark.parametrize("n_years", [1, 12])
def test_a_year_is_as_long_as_its_cases_and_one_that_runs_says_so(n_years):
    years = [f"{2010 + i}-{2011 + i}" for i in range(n_years)]
    counts = pd.DataFrame(
        {"school_year": years * 2, "danger": [True] * n_years + [False] * n_years, "n": [*range(2 * n_years)]}
    )
    table = schools.by_year(counts, years)
    chart = charts.year_bars(table.assign(is_running=[False] * (n_years - 1) + [True]))
    assert [sum(bars) for bars in zip(*(trace.x for trace in chart.figure.data), strict=True)] == table["n"].tolist()
    assert chart.figure.data[0].y[-1] == f"{years[-1]}, en cours"
    assert max(table["n"]) < chart.figure.layout.xaxis.range[1]


def test_a_school_without_a_case_has_its_years_at_nothing():
    none = pd.DataFrame(
        {"school_year": pd.Series(dtype="str"), "danger": pd.Series(dtype="bool"), "n": pd.Series(dtype="int64")}
    )
    table = schools.by_year(none, ["2024-2025", "2025-2026"])
    assert table.to_dict("list") == {"school_year": ["2024-2025", "2025-2026"], "n": [0, 0], "n_danger": [0, 0]}
    assert charts.year_bars(table.assign(is_running=[False, True])).figure.layout.xaxis.range[1] > 0
