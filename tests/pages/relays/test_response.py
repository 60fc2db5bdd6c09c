"""Detect, report, respond: four intervals, by whom and where, and what is not known."""

from datetime import UTC, datetime

import pytest

from analytics.intake import Key
from analytics.store import Store, steps
from analytics.workflows.importing import import_register
from tests.repository import ROOT

QUESTION = "Détecter, signaler, réagir"


@pytest.fixture(scope="module")
def with_facts(tmp_path_factory):
    """A register that has the day of the facts."""
    folder = tmp_path_factory.mktemp("facts")
    content = (ROOT / "tests/files/registre-avec-faits.xlsx").read_bytes()
    import_register(Store(folder), content, Key(b"k" * 32), datetime(2026, 11, 22, tzinfo=UTC))
    return folder


def test_the_days_from_the_facts_are_those_of_the_truth_file(ask, with_facts, text):
    app = ask(with_facts, question=QUESTION)
    first = app.dataframe[0].value.iloc[0]
    assert first["Intervalle"] == "Des faits au signalement"
    assert (first["Dossiers"], first["Inconnus"]) == (187, 73)
    assert first["La moitié en"].startswith("7 jours (")
    assert "**73 dossiers** sur 260" in text(app)
    assert "n’a pas fixé de cible" in text(app)
    assert "Lancet 2021" in text(app)


def test_a_register_without_the_day_of_the_facts_says_so_and_has_the_three_others(ask, text):
    app = ask(question=QUESTION)
    table = app.dataframe[0].value
    assert table["La moitié en"].iloc[0] == "–"
    assert not table["La moitié en"].iloc[1:].str.contains("–").any()
    assert "**431 dossiers** sur 431" in text(app)


@pytest.mark.parametrize(
    ("group", "heading"), [("Niveau", "Niveau"), ("Canal", "Canal"), ("Signalé par", "Signalé par")]
)
def test_each_interval_is_told_by_level_channel_and_reporter(ask, with_facts, group, heading):
    table = ask(with_facts, question=QUESTION, selon=group).dataframe[0].value
    assert table[heading].notna().all()
    by_interval = table.groupby("Intervalle")[["Dossiers", "Inconnus"]].sum()
    assert by_interval.loc["Des faits au signalement"].tolist() == [187, 73]


def test_a_target_of_the_service_judges_detection(with_facts, monkeypatch):
    monkeypatch.setattr(steps, "DETECTION_TARGET_DAYS", 7)
    snapshot = Store(with_facts).snapshot()
    assert snapshot is not None
    counts = snapshot.response_counts()
    detected = counts[(counts["interval"] == "detection") & (counts["event"] == "done")]
    assert detected.loc[detected["part"] <= 1, "n"].sum() == 100  # within 7 days, by the truth file
