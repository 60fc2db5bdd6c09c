"""The programme from the records to a file, and its command."""

from __future__ import annotations

import pytest
from icalendar import Calendar
from typer.testing import CliRunner

from analytics.cli.commands import app
from analytics.domain.errors import RefusedError
from analytics.workflows.planning import written_plan
from tests.planned import HOUR, NOW, demo_store


def test_the_command_writes_the_plan_and_nothing_over_another_file(tmp_path, monkeypatch):
    monkeypatch.setenv("RELAIS_STORE", str(demo_store().folder))
    monkeypatch.setattr("analytics.cli.commands.now", lambda: NOW)
    file = tmp_path / "programme.ics"
    asked = ["plan", str(file), "--people", "6", "--hours", "20"]
    assert CliRunner().invoke(app, asked).exit_code == 0
    assert Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert CliRunner().invoke(app, asked).exit_code == 1
    assert CliRunner().invoke(app, ["plan", str(tmp_path / "programme.doc")]).exit_code == 2


def test_too_few_hours_are_refused_with_what_would_be_enough():
    with demo_store().snapshot() as snapshot, pytest.raises(RefusedError, match="h d’équipe en plus"):
        written_plan(snapshot, ".xlsx", 1, 1.0, 0.0, NOW, lambda share, what: None, time_limit=HOUR)
