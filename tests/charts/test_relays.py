"""The charts of the relays draw what the measures say: every part, every step, readable labels."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.charts import relays as charts
from analytics.domain.french import NARROW_SPACE
from analytics.domain.vocabulary import CHANNELS, INCIDENT_TYPES, SCHOOL_LEVELS
from analytics.measures import relays, timeliness


@pytest.fixture
def counts(table) -> pd.DataFrame:
    drawn = table("""
        step    | school_level | event          | delay | n  | n_time_completed
        cpms    | fundamental  | done           |     4 | 10 | 0
        cpms    | fundamental  | pending        |    30 |  3 | 0
        cpms    | secondary_1  | done           |    20 |  6 | 2
        cpms    | secondary_1  | closed         |   100 |  5 | 0
        cpms    | secondary_1  | not_applicable |       |  2 | 0
        parents | fundamental  | done           |     1 | 13 | 0
        parents | secondary_1  | not_recorded   |       | 13 | 0
    """)
    return drawn.assign(delay=pd.to_numeric(drawn["delay"], errors="coerce"))


def test_the_parts_of_a_bar_add_up_to_its_cases(counts):
    chart = charts.outcome_bars(relays.outcomes(counts))
    per_step = pd.DataFrame(
        {bar.name: list(bar.x) for bar in chart.figure.data}, index=list(chart.figure.data[0].y)
    ).sum(axis=1)
    assert per_step.to_dict() == {"CPMS": 26, "Parents": 26}


def test_steps_are_drawn_from_the_first_of_the_protocol_downwards(counts):
    chart = charts.outcome_bars(relays.outcomes(counts))
    assert list(chart.figure.data[0].y) == ["Parents", "CPMS"]  # the last drawn is on top


def test_a_small_part_carries_no_number_that_would_not_fit(counts):
    tiny = pd.concat([counts, counts.iloc[[1]].assign(n=1, delay=31)])
    chart = charts.outcome_bars(relays.outcomes(tiny.assign(n=tiny["n"].where(tiny["event"] != "done", 400))))
    pending = next(bar for bar in chart.figure.data if bar.name == "en attente")
    assert set(pending.text) == {""}


def test_a_curve_starts_at_nothing_and_stops_at_the_last_tick(counts):
    cpms = counts[counts["step"] == "cpms"]
    curves = relays.curves(cpms, ["school_level"])
    followed = curves.at((0, 24, 48))
    chart = charts.incidence_curves(curves.table(), followed, "hours", "school_level", SCHOOL_LEVELS.labels, 24)
    lines = [trace for trace in chart.figure.data if trace.name]
    assert [line.name for line in lines] == ["Fondamental", "1er degré"]
    assert all(line.y[0] == 0 and line.x[-1] == 48 for line in lines)
    assert "délai" in [note.text for note in chart.figure.layout.annotations]


def test_under_the_axis_stand_the_cases_still_followed(counts):
    cpms = counts[counts["step"] == "cpms"]
    curves = relays.curves(cpms)
    chart = charts.incidence_curves(curves.table(), curves.at((0, 24)), "hours", None, {}, None)
    assert [note.text for note in chart.figure.layout.annotations] == ["24", "8", "suivis"]


def test_many_groups_stand_side_by_side_each_before_the_curve_of_all(table):
    counts = pd.concat(
        table("""
            step | event   | delay | n | n_time_completed
            cpms | done    |     4 | 2 | 0
            cpms | pending |    30 | 1 | 0
        """).assign(incident_type=code)
        for code in INCIDENT_TYPES
    )
    curves = relays.curves(counts, ["incident_type"])
    followed = curves.at((0, 48))
    chart = charts.incidence_panels(
        curves.table(), relays.curves(counts).table(), followed, "hours", "incident_type", INCIDENT_TYPES.labels
    )
    assert [trace.name for trace in chart.figure.data if trace.name].count("tous") == len(INCIDENT_TYPES)
    titles = [note.text for note in chart.figure.layout.annotations]
    assert max(len(line) for title in titles for line in title.split("<br>")) <= 16


def test_each_interval_has_a_panel_with_its_groups_its_median_and_its_share_in_time(table):
    drawn = table("""
        interval    | channel | event   | delay | earliest | part | earliest_part | n | n_time_completed
        detection   | email   | done    |     3 |        3 |      |               | 4 | 0
        detection   | other   | done    |     9 |        9 |      |               | 2 | 0
        parents     | email   | done    |     4 |        4 |  0.2 |           0.2 | 3 | 0
        parents     | email   | done    |    40 |       40 |  1.7 |           1.7 | 1 | 0
        parents     | other   | closed  |    40 |       40 |  1.7 |           1.7 | 2 | 0
    """)
    counts = drawn.assign(part=pd.to_numeric(drawn["part"]), earliest_part=pd.to_numeric(drawn["earliest_part"]))
    chart = charts.timeliness_dots(timeliness.summary(counts, ["channel"]), "channel", CHANNELS.labels)
    assert [list(panel.y) for panel in chart.figure.data] == [["Autre", "Courriel"]] * 2
    assert [list(panel.x)[1] for panel in chart.figure.data] == [3, 4]
    notes = [note.text for note in chart.figure.layout.annotations]
    assert notes[:2] == ["Des faits au signalement", "Jusqu’aux parents"]
    assert [note.replace(NARROW_SPACE, " ") for note in notes[2:]] == [
        "à temps",
        "moins de la moitié",
        "0 %",
        "75 %",
    ]
