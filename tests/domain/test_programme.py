"""The programme: each activity says where it comes from, and shares add up."""

from __future__ import annotations

import pytest

from analytics.domain.programme import programme


def test_each_activity_has_a_source_a_definition_and_a_cost():
    for activity in programme().activities.values():
        assert activity.source in ("procedure", "relais")
        assert activity.definition
        assert activity.team_hours > 0
    assert [a.code for a in programme().planned if a.postvention] == ["parents_evening"]
    assert [a.code for a in programme().activities.values() if a.on_demand] == ["urgent_class_session"]


def test_the_pupils_of_each_kind_of_school_are_all_in_a_level():
    for shares in programme().pupils_by_level.values():
        assert sum(shares.values()) == pytest.approx(1)
