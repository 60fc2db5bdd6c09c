"""The same questions answered twice: by Relais, and here case by case in plain Python, from the workbook itself.

Nothing of ``analytics`` computes an expected value: cells, calendar, delays and estimates are done again the slow, obvious
way (exact fractions, one loop a day). Deadlines are read in ``data/protocol.toml``.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from analytics.domain.selection import EVERYTHING, Selection
from analytics.intake import Key
from analytics.measures import relays, schools, timeliness
from analytics.store import Snapshot, Store
from analytics.workflows.importing import import_register
from tests.repository import ROOT

REGISTER = ROOT / "tests/files/registre-2025-2026-suite.xlsx"
KEY = Key(b"k" * 32)
BRUSSELS = ZoneInfo("Europe/Brussels")
AS_OF = date(2026, 6, 26)
STEPS = tomllib.loads((ROOT / "data/protocol.toml").read_text("utf-8"))["steps"]
CODES = [step["code"] for step in STEPS]
IN_ORDER = [step["code"] for step in STEPS if not step.get("postvention")]
RELAYS = [step["code"] for step in STEPS if step.get("relay")]
SERVICE = {step["code"]: next(iter(step["deadline"].items())) for step in STEPS if "deadline" in step}
THREATS = {"menaces", "incitation au suicide"}

HOLIDAYS = [("2025-10-20", "2025-10-31"), ("2025-12-22", "2026-01-02"), ("2026-02-16", "2026-02-27")]
HOLIDAYS += [("2026-04-27", "2026-05-08"), ("2025-11-11", "2025-11-11"), ("2026-04-06", "2026-04-06")]
HOLIDAYS += [
    ("2026-05-14", "2026-05-14"),
    ("2026-05-25", "2026-05-25"),
]  # Ascension, Whit Monday; the others lie within


@cache
def school_days(start: date, end: date) -> int:
    days = [start + timedelta(days=i) for i in range(1, (end - start).days + 1)]
    return sum(d.weekday() < 5 and not any(a <= str(d) <= b for a, b in HOLIDAYS) for d in days)


def moment(cell: Any) -> Any:
    """A cell: an instant on Brussels' clock, a day, or a word ("" for none)."""
    if isinstance(cell, str):
        for form in ("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y", "%Y-%m-%d"):
            try:
                read = datetime.strptime(cell.strip(), form)  # noqa: DTZ007 (the zone is put on where it is used)
            except ValueError:
                continue
            return read if "%H" in form else read.date()
        return cell.strip()
    return cell


def day(when: datetime | date) -> date:
    return when.date() if isinstance(when, datetime) else when


def instant(when: datetime | date, hour: int) -> datetime:
    local = when if isinstance(when, datetime) else datetime.combine(when, time(hour))
    return local.replace(tzinfo=BRUSSELS, microsecond=0).astimezone(UTC)


def hours(start: datetime | date, end: datetime | date, reported: int = 8, done: int = 16) -> int:
    """As late as it can be where a time is missing; with 16 and 8, as early as it can be."""
    return max(0, math.ceil((instant(end, done) - instant(start, reported)) / timedelta(hours=1)))


def rows_of(sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(REGISTER).get_sheet_by_name(sheet).to_python()


def read_cases() -> Iterator[dict]:
    """Each case; each of its steps is (outcome, hours, school days, timed)."""
    _, *sheet = rows_of("Écoles")
    codes = {row[1].lower(): row[0] for row in sheet} | {row[0]: row[0] for row in sheet}
    limits = {"h": "hours", "j": "school_days"}
    own = {
        (row[0], step): (limits[found[2]], int(found[1]))
        for row in sheet
        for step, cell in zip(("cpms", "school_mediation"), row[6:8], strict=True)
        if (found := re.match(r"(\d+) ([hj])", cell))
    }
    rows = rows_of("Registre 2025-2026")
    top = next(i for i, row in enumerate(rows) if row[0] == "N° dossier")
    for row in rows[top + 1 :]:
        cells = dict(zip(rows[top], row, strict=True))
        report, closure = moment(cells["Signalé le"]), moment(cells["Clôturé le"])
        school = codes[str(cells["École"]).strip().lower()]
        steps, soonest = {}, {}
        for step in STEPS:
            done = moment(cells[step["header"].replace("’", "'")])
            end = (closure or AS_OF) if done == "" else done
            if isinstance(end, str):
                steps[step["code"]] = (end, None, None, False)
            else:
                timed = isinstance(report, datetime) and isinstance(done, datetime)
                outcome = "not done" if done == "" else "done"
                days = max(0, school_days(day(report), day(end)))
                steps[step["code"]] = (outcome, hours(report, end), days, timed)
                soonest[step["code"]] = hours(report, end) if done == "" else hours(report, end, 16, 8)
        yield {
            "id": KEY.pseudonym(cells["N° dossier"]),
            "school": school,
            "is_threat": bool(THREATS & {word.strip().lower() for word in cells["Faits"].split(";")}),
            "is_open": closure == "",
            "month": f"{day(report) + timedelta(days=3 - day(report).weekday()):%Y-%m}",  # that of the week's Thursday
            "limits": {step: own.get((school, step), SERVICE.get(step)) for step in CODES},
            "followed": (hours(report, closure or AS_OF), school_days(day(report), day(closure or AS_OF))),
            "steps": steps,
            "soonest": soonest,
        }


def event(case: dict, outcome: str) -> str:
    return "done" if outcome == "done" else "pending" if case["is_open"] else "closed"


def curve(waits: list[tuple]) -> dict[float, Fraction]:
    """Aalen-Johansen, one delay after the other: the share done by each delay of ``waits``, which holds (delay, event)."""
    at, waiting, share, n, answer = Counter(waits), Fraction(1), Fraction(0), len(waits), {}
    for delay in sorted({delay for delay, _ in waits}):
        done, closed = at[delay, "done"], at[delay, "closed"]
        share += waiting * Fraction(done, n)
        waiting *= 1 - Fraction(done + closed, n)
        n -= done + closed + at[delay, "pending"]
        answer[delay] = share
    return answer


def share_done(waits: list[tuple], by: float) -> Fraction:
    return max((share for delay, share in curve(waits).items() if delay <= by), default=Fraction(0))


def median(waits: list[tuple]) -> float:
    return min((delay for delay, share in curve(waits).items() if share >= Fraction(1, 2)), default=math.nan)


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def judged(case: dict, step: str) -> tuple | None:
    """(outcome, elapsed, deadline, whether in hours): a threat is judged in hours, a school day being 24."""
    outcome, in_hours, in_days, _ = case["steps"][step]
    if case["limits"][step] is None or in_hours is None:
        return None
    unit, limit = case["limits"][step]
    if unit == "hours" or case["is_threat"]:
        return outcome, in_hours, limit if unit == "hours" else 24 * limit, True
    return outcome, in_days, limit, False


@pytest.fixture(scope="module", params=[Selection(), Selection(incident_types=("threats", "suicide_incitement"))])
def asked(request, tmp_path_factory) -> tuple[Snapshot, Selection, list[dict]]:
    """All cases, and those that threaten life: a filter is a part of the question too."""
    folder = tmp_path_factory.mktemp("store")
    import_register(Store(folder), REGISTER.read_bytes(), KEY, datetime(2026, 11, 22, tzinfo=UTC))
    snapshot = Store(folder).snapshot()
    assert snapshot is not None
    chosen = [case for case in read_cases() if case["is_threat"] or request.param == EVERYTHING]
    assert len(chosen) == snapshot.case_counts(request.param)["n"].iloc[0]
    return snapshot, request.param, chosen


def late(case: dict, step: str) -> int | None:
    """Hours from the deadline of a step that waits to the extraction, the deadline's own day counting as its hour of day;
    None where nothing waits. By school days the deadline is the last class day that was still in time.
    """
    found = judged(case, step)
    if not case["is_open"] or not found or found[0] != "not done":
        return None
    _, elapsed, limit, in_hours = found
    if in_hours:
        return elapsed - limit
    due = AS_OF
    while school_days(due, AS_OF) < elapsed - limit or school_days(due - timedelta(days=1), due) == 0:
        due -= timedelta(days=1)
    return 24 * (AS_OF - due).days if elapsed > limit else 0


def test_what_waits_beyond_its_deadline_is_listed_case_by_case(asked):
    snapshot, selection, cases = asked
    listed = pd.concat([snapshot.work_list(selection, state) for state in ("overdue", "dormant")])
    found = {
        case: (mask, hours)
        for case, mask, hours in zip(listed["case_id"], listed["overdue"], listed["oldest_hours"], strict=True)
        if mask
    }
    expected = {}
    for case in cases:
        waits = {step: hours for step in CODES if (hours := late(case, step)) is not None and hours > 0}
        if waits:
            expected[case["id"]] = (sum(1 << CODES.index(step) for step in waits), max(waits.values()))
    assert found == expected


def test_a_case_is_dormant_when_nothing_was_dated_for_sixty_school_days(asked):
    """The first extract of its store: no later one has changed anything."""
    snapshot, selection, cases = asked
    dated = {
        case["id"]: max([0, *(days for outcome, _, days, _ in case["steps"].values() if outcome == "done")])
        for case in cases
    }
    expected = {case["id"] for case in cases if case["is_open"] and case["followed"][1] - dated[case["id"]] >= 60}
    assert set(snapshot.work_list(selection, "dormant")["case_id"]) == expected


def test_each_step_stands_against_its_deadline_as_counted_by_hand(asked):
    snapshot, selection, cases = asked
    answer = relays.against_deadline(snapshot.step_counts("deadline", selection)).set_index("step")
    states = {("done", True): "in_time", ("done", False): "late", ("pending", True): "waiting"}
    for step in SERVICE:
        waits = [
            (Fraction(found[1], found[2]), event(case, found[0])) for case in cases if (found := judged(case, step))
        ]
        expected = Counter("closed" if e == "closed" else states.get((e, d <= 1), "overdue") for d, e in waits)
        row = answer.loc[step]
        for state in ("in_time", "late", "waiting", "overdue", "closed"):
            assert row[f"n_{state}"] == expected[state]
        assert row["share"] == pytest.approx(float(share_done(waits, 1)), abs=1e-9)


def test_a_share_in_hours_has_the_bounds_of_times_as_late_and_as_early_as_they_can_be(asked):
    snapshot, selection, cases = asked
    shares = relays.shares_within(snapshot.step_counts("hours", selection), (24, 48)).set_index(["step", "delay"])
    n_bounds = 0
    for step in IN_ORDER:
        known = [(case, found) for case in cases if (found := case["steps"][step])[1] is not None]
        done = [found for _, found in known if found[0] == "done"]
        is_often = sum(not found[3] for found in done) > len(done) / 10
        late = [(found[1], event(case, found[0])) for case, found in known]
        early = [(case["soonest"][step] if is_often else found[1], event(case, found[0])) for case, found in known]
        for delay in (24, 48):
            row, least, most = shares.loc[(step, delay)], share_done(late, delay), share_done(early, delay)
            assert row["incidence"] == pytest.approx(float(least), abs=1e-9)
            assert row["most"] == pytest.approx(float(max(least, most)), abs=1e-9)
            assert row["lower"] <= row["incidence"] <= row["most"] <= row["upper"]
            n_bounds += most > least
    assert n_bounds > 10


RESPONSES = {"first_relay": RELAYS, "parents": ["parents"], "protection": ["educators_alerted", "trusted_adult"]}


def test_each_response_has_its_median_and_its_share_in_time_as_counted_by_hand(asked):
    snapshot, selection, cases = asked
    answer = timeliness.summary(snapshot.response_counts(selection)).set_index("interval")
    for response, codes in RESPONSES.items():
        waits, parts = [], []
        for case in cases:
            outcomes = [case["steps"][code][0] for code in codes]
            outcome = next((o for o in ("done", "not done") if o in outcomes), None)
            if outcome is None:
                continue
            alike = [code for code in codes if case["steps"][code][0] == outcome]
            first = min(case["steps"][code][1] for code in alike)
            waits.append((first, event(case, outcome)))
            limited = [found for code in alike if (found := judged(case, code))]
            parts.append((min(Fraction(found[1], found[2]) for found in limited), event(case, outcome)))
        row = answer.loc[response]
        assert row["n_cases"] == len(waits)
        assert same(median(waits), row["median"])
        assert row["share"] == pytest.approx(float(share_done(parts, 1)), abs=1e-9)
    assert answer.loc["detection", ["n_not_recorded", "n_cases"]].tolist() == [len(cases), 0]


@pytest.mark.parametrize(("clock", "place"), [("hours", 0), ("school_days", 1)])
def test_medians_of_each_step_and_of_the_first_relay(asked, clock, place):
    snapshot, selection, cases = asked
    medians = relays.curves(snapshot.step_counts(clock, selection)).quantile().set_index("step")["delay"]
    for step in CODES:
        waits = [
            (found[1 + place], event(case, found[0])) for case in cases if (found := case["steps"][step])[1] is not None
        ]
        assert same(median(waits), medians.get(step, math.nan))
    first = []
    for case in cases:
        of_relays = [case["steps"][relay] for relay in RELAYS]
        if done := [found[1 + place] for found in of_relays if found[0] == "done"]:
            first.append((min(done), "done"))
        elif any(found[0] == "not done" for found in of_relays):
            first.append((case["followed"][place], event(case, "not done")))
    answer = relays.curves(snapshot.first_relay_counts(clock, selection)).quantile()
    assert answer["delay"].tolist() == [median(first)]


def test_steps_overtaken_and_skipped_and_the_wait_for_the_next(asked):
    snapshot, selection, cases = asked
    answer = relays.order(snapshot.order_counts(selection), snapshot.transition_counts(selection)).set_index("step")
    for place, step in enumerate(IN_ORDER):
        n, waits = Counter(), []
        for case in cases:
            outcome, in_hours, in_days, timed = case["steps"][step]
            later = [found for code in IN_ORDER[place + 1 :] if (found := case["steps"][code])[0] == "done"]
            n["done"] += outcome == "done"
            n["skipped"] += outcome == "not done" and bool(later) and not case["is_open"]
            n["done_closed"] += outcome == "done" and not case["is_open"]
            if outcome == "done":
                n["overtaken"] += any(f[2] < in_days or (timed and f[3] and f[1] < in_hours) for f in later)
                if step != IN_ORDER[-1] and (following := case["steps"][IN_ORDER[place + 1]])[1] is not None:
                    waits.append((max(0, following[1] - in_hours), event(case, following[0])))
        row = answer.loc[step]
        assert (row["n_done"], row["n_overtaken"], row["n_skipped"]) == (n["done"], n["overtaken"], n["skipped"])
        asked = n["done_closed"] + n["skipped"]
        assert same(row["share_skipped"], n["skipped"] / asked if asked else math.nan)
        assert same(median(waits), row["median_hours"])


def test_the_median_of_each_month_lies_within_its_day(asked):
    snapshot, selection, cases = asked
    counts = snapshot.step_counts("hours", selection, ["report_week"])
    for step in ("cpms", "parents", "class_session"):
        months = defaultdict(list)
        for case in cases:
            if (found := case["steps"][step])[1] is not None:
                months[case["month"]].append((found[1], event(case, found[0])))
        answer = relays.monthly_median(counts[counts["step"] == step], AS_OF)
        assert [f"{period:%Y-%m}" for period in answer["period"]] == sorted(months)
        for point, (_, waits) in zip(answer.to_dict("records"), sorted(months.items()), strict=True):
            assert point["n_cases"] == len(waits)
            middle = median(waits) if len(waits) >= relays.MIN_CASES else math.nan
            assert middle <= point["value"] < middle + 1 + 1e-9 or same(point["value"], middle)


def test_a_rate_is_the_cases_of_a_school_over_its_pupils(asked):
    snapshot, selection, cases = asked
    _, *schools_sheet = rows_of("Écoles")
    n = Counter(case["school"] for case in cases)
    rated = schools.rates(snapshot.school_counts(selection), 1.0).set_index("school_id")
    assert rated["n"].to_dict() == {row[0]: n[row[0]] for row in schools_sheet}
    assert rated["rate"].to_dict() == pytest.approx({row[0]: 1000 * n[row[0]] / row[5] for row in schools_sheet})
