"""The charts of a plan draw what they are given."""

from __future__ import annotations

import pytest

from analytics.charts import planning as charts
from analytics.domain.programme import programme
from analytics.domain.vocabulary import SCHOOL_LEVELS
from analytics.planning import plans
from tests.planned import edition, preparation


def test_the_charts_draw_what_they_are_given():
    chart = charts.hours_by_week(plans.by_week(preparation().problem, edition().plan.sessions), programme().labels)
    bars = [trace for trace in chart.figure.data if trace.type == "bar"]
    assert sum(sum(trace.y) for trace in bars) == pytest.approx(edition().plan.sessions["hours"].sum())
    needs = charts.need_bars(
        plans.largest_needs(preparation().need, preparation().problem.schools), SCHOOL_LEVELS.labels
    )
    assert len(needs.figure.data) == 4
