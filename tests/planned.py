"""A plan of the demonstration, made once for all tests that read it. No limit of time decides an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from analytics.documents.plan_workbook import Edition
from analytics.domain.programme import programme
from analytics.domain.school_calendar import calendar
from analytics.planning.allocation import allocate
from analytics.planning.preparing import Preparation, Team, open_weeks, prepare
from analytics.store import Store
from analytics.workflows.demo import build_demo

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = 3600.0
TEAM = Team(4, 14.0, 20.0, open_weeks(NOW.date(), calendar())[0])
FORMULA = "=cmd|' /C calc'!A0"
"""The name of the first school."""


@cache
def demo_store() -> Store:
    """A store for tests that only read it."""
    store = Store(Path(mkdtemp(prefix="relais-test-")))
    build_demo(store, NOW)
    return store


@cache
def preparation() -> Preparation:
    with demo_store().snapshot() as snapshot:
        made = prepare(snapshot, TEAM, programme(), calendar())
    schools = made.problem.schools.assign(name=lambda known: known["name"].where(known.index > 0, FORMULA))
    return replace(made, problem=replace(made.problem, schools=schools))


@cache
def edition() -> Edition:
    plan = allocate(preparation().problem, gap=0.02, time_limit=HOUR)
    with demo_store().snapshot() as snapshot:
        return Edition(plan, preparation(), snapshot.as_of, NOW.date(), snapshot.is_demo)
