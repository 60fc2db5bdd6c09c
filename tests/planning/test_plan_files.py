"""The plan as files: a calendar that others read, a workbook without formulas, one page, and a command."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import icalendar as another_reader
import pandas as pd
import pypdf
import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from analytics.cli.commands import app
from analytics.documents.plan_pdf import plan_pdf
from analytics.documents.plan_workbook import Edition, plan_workbook
from analytics.domain.programme import programme
from analytics.domain.school_calendar import calendar
from analytics.planning.allocation import allocate
from analytics.planning.calendar_file import plan_calendar
from analytics.planning.preparing import Team, open_weeks, prepare, urgent_hours
from analytics.store import Store
from analytics.workflows.demo import build_demo
from analytics.workflows.planning import written_plan

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOSTILE = "=HYPERLINK(1); «École», à l’œil 👩‍🏫 du très long boulevard des Combattants\nBEGIN:VEVENT"


@pytest.fixture
def sessions(table):
    drawn = table("""
        school_id | activity              | week       | n_groups | hours
        3000      | awareness_secondary_1 | 2026-11-30 |        2 |     8
        3000      | awareness_secondary_1 | 2026-12-07 |        1 |     4
        3007      | parents_evening       | 2026-12-07 |        1 |     6
    """)
    return drawn.assign(week=pd.to_datetime(drawn["week"]), school_id=drawn["school_id"].astype(str))


SCHOOLS = pd.DataFrame({"school_id": ["3000", "3007"], "name": [HOSTILE, "École du Parc"]})


def made(sessions: pd.DataFrame, stamp: datetime = NOW) -> bytes:
    return plan_calendar(sessions, SCHOOLS, "2026-2027", stamp, programme())


def test_another_library_reads_the_calendar_and_finds_the_weeks(sessions):
    events = another_reader.Calendar.from_ical(made(sessions)).walk("VEVENT")
    assert [event.decoded("DTSTART") for event in events] == [date(2026, 11, 30), date(2026, 12, 7), date(2026, 12, 7)]
    assert [event.decoded("DTEND") for event in events] == [date(2026, 12, 5), date(2026, 12, 12), date(2026, 12, 12)]
    assert str(events[0]["SUMMARY"]) == f"Sensibilisation au 1er degré · {HOSTILE}"
    assert events[0].decoded("DTSTAMP") == NOW


def test_every_line_ends_with_crlf_and_holds_75_octets_at_most(sessions):
    content = made(sessions)
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode("utf-8")


def test_an_event_that_moves_keeps_its_identifier(sessions):
    uids = re.findall(rb"UID:(\S+)", made(sessions))
    moved = sessions.assign(week=sessions["week"] + pd.Timedelta(weeks=2))
    assert len(set(uids)) == 3
    assert re.findall(rb"UID:(\S+)", made(moved)) == uids
    assert b"3007" not in b"".join(uids)


def test_the_same_plan_at_the_same_time_gives_the_same_bytes(sessions):
    assert made(sessions) == made(sessions.sample(frac=1, random_state=1))


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    store = Store(tmp_path_factory.mktemp("store"))
    build_demo(store, NOW)
    return store


@pytest.fixture(scope="module")
def edition(store) -> Edition:
    days, rules = calendar(), programme().rules
    with store.snapshot() as snapshot:
        team = Team(4, 14.0, round(urgent_hours(snapshot, days)), open_weeks(NOW.date(), days)[0])
        preparation = prepare(snapshot, team, rules, days)
        schools = preparation.problem.schools.assign(name=lambda s: s["name"].where(s.index > 0, "=cmd|' /C calc'!A0"))
        preparation = replace(preparation, problem=replace(preparation.problem, schools=schools))
        plan = allocate(preparation.problem, gap=0.02)
        return Edition(plan, preparation, team, rules, snapshot.as_of, NOW.date(), snapshot.is_demo)


def test_the_workbook_has_its_four_sheets_and_no_formula(edition):
    content = plan_workbook(edition, programme())
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    assert book.sheet_names == ["Par semaine", "Par école", "Besoin", "Hypothèses"]
    schools = book.get_sheet_by_name("Par école").to_python()
    assert "=cmd|' /C calc'!A0" in [row[1] for row in schools]
    assert not any(sheet.formulas for sheet in sheets(content))
    weeks = book.get_sheet_by_name("Par semaine").to_python()
    assert sum(row[5] for row in weeks[1:]) == edition.plan.sessions["n_groups"].sum()
    assert isinstance(weeks[1][0], date)


def sheets(content: bytes) -> list:
    from analytics.spreadsheets.reading import read

    return read(content)


def test_the_summary_is_one_page_and_says_what_it_does_not(edition):
    reader = pypdf.PdfReader(BytesIO(plan_pdf(edition, programme())))
    assert len(reader.pages) == 1
    text = re.sub(r"\s+", " ", reader.pages[0].extract_text())
    assert "Programme de prévention 2026-2027" in text
    assert "données fictives" in text
    assert "Une séance prévue n’est pas une séance donnée" in text


def test_the_command_writes_the_plan_and_nothing_over_another_file(store, tmp_path, monkeypatch):
    monkeypatch.setenv("RELAIS_STORE", str(store.folder))
    monkeypatch.setattr("analytics.cli.commands._now", lambda: NOW)
    file = tmp_path / "programme.ics"
    asked = ["plan", str(file), "--people", "6", "--hours", "20"]
    assert CliRunner().invoke(app, asked).exit_code == 0
    assert another_reader.Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert CliRunner().invoke(app, asked).exit_code == 1
    assert CliRunner().invoke(app, ["plan", str(tmp_path / "programme.doc")]).exit_code == 2


def test_too_few_hours_are_refused_with_what_would_be_enough(store):
    from analytics.domain.errors import RefusedError

    with store.snapshot() as snapshot, pytest.raises(RefusedError, match="h d’équipe en plus"):
        written_plan(snapshot, ".xlsx", 1, 1.0, 0.0, NOW, lambda share, what: None)
