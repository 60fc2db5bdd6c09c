"""The page Activation des relais: each question answers on a register, under a filter, and when there is nothing to say."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.documents.internal import internal_caption
from analytics.domain.french import NARROW_SPACE
from analytics.domain.schema import TABLES
from analytics.domain.vocabulary import RELAYS, STEPS
from analytics.intake import Key
from analytics.store import Store
from analytics.workflows.importing import import_register
from tests.repository import ROOT

FILES = ROOT / "tests/files"
TRUTH = json.loads((FILES / "registre-2025-2026-suite.truth.json").read_text("utf-8"))
QUESTIONS = ["En bref", "Délais et retards", "Comparer", "Où le temps se perd", "Changement ou hasard"]


@pytest.fixture(scope="module")
def two_extracts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("extracts")
    for name, month in (("registre-2025-2026", 6), ("registre-2025-2026-suite", 7)):
        content = (FILES / f"{name}.xlsx").read_bytes()
        import_register(Store(folder), content, Key(b"k" * 32), datetime(2026, month, 27, tzinfo=UTC))
    return folder


@pytest.fixture
def ask(monkeypatch, two_extracts):
    def ask(folder=two_extracts, **address: str) -> AppTest:
        monkeypatch.setenv("RELAIS_STORE", str(folder))
        st.cache_resource.clear()
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        app.query_params.update(address)
        app.run().switch_page("pages/relays/page.py").run()
        app.run()  # after a switch, the simulation gives the widgets what they hold one run late
        assert not app.exception
        assert not app.error
        return app

    return ask


def text(app: AppTest) -> str:
    return "\n".join(block.value for block in (*app.markdown, *app.caption, *app.info))


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("clock", ["En heures", "En jours d’école"])
def test_each_question_answers_in_hours_and_in_school_days(ask, question, clock):
    app = ask(question=question, horloge=clock)
    assert app.get("plotly_chart")
    assert "Comment lire" in text(app)
    assert "Que faire" in text(app)


def test_the_share_on_a_card_is_the_share_of_the_truth_file(ask):
    share = TRUTH["steps"]["cpms"]["share_within_hours"]["24"]
    cards = {metric.label: metric.value for metric in ask(question="En bref").metric}
    assert cards["CPMS"] == f"{100 * share:.0f}\u202f%"


def test_danger_is_never_judged_in_school_days(ask):
    assert "le danger se juge en heures" in text(ask(question="En bref", horloge="En jours d’école"))


@pytest.mark.parametrize(
    "group", ["Niveau", "Réseau", "Zone", "Type d’incident", "Menace pour la vie", "Année scolaire"]
)
def test_a_step_is_compared_by_every_group_in_words_and_never_by_a_bare_p(ask, group):
    app = ask(question="Comparer", par=group)
    assert app.get("plotly_chart")
    said = text(app)
    assert "hasard" in said or "rien à comparer" in said or "on ne les compare pas" in said
    assert "p =" not in said


def test_cases_of_a_school_without_a_zone_have_a_curve_of_their_own(ask, two_extracts, tmp_path):
    snapshot = Store(two_extracts).snapshot()
    assert snapshot is not None
    with snapshot:
        tables = {name: snapshot.table(name) for name in TABLES}
    schools = tables["schools"]
    of_most = schools["school_id"].isin(tables["cases"]["school_id"].value_counts().index[:10])
    tables["schools"] = schools.assign(zone=schools["zone"].where(~of_most))
    with Store(tmp_path).writing():
        Store(tmp_path).publish(tables)
    table = next(t.value for t in ask(tmp_path, question="Comparer", par="Zone").dataframe if "Zone" in t.value.columns)
    assert "non précisé" in set(table["Zone"])
    assert table["Zone"].notna().all()


@pytest.fixture(scope="module")
def a_case(two_extracts, tmp_path_factory):
    """A store of one case, whose steps are what is asked for, and whether it threatens life."""

    def a_case(outcome: str, *, danger: bool):
        snapshot = Store(two_extracts).snapshot()
        assert snapshot is not None
        with snapshot:
            tables = {name: snapshot.table(name) for name in TABLES}
        kept = tables["cases"]["case_id"].head(1)
        for name in ("cases", "case_incidents", "case_steps"):
            tables[name] = tables[name][tables[name]["case_id"].isin(kept)]
        tables["cases"] = tables["cases"].assign(danger=danger, status="open")
        unknown = pd.array([pd.NA], "Int64").repeat(len(STEPS))
        tables["case_steps"] = tables["case_steps"].assign(
            outcome=outcome, delay_hours=unknown, delay_school_days=unknown, time_completed=False
        )
        store = Store(tmp_path_factory.mktemp("one"))
        with store.writing():
            store.publish(tables)
        return store.folder

    return a_case


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(("outcome", "danger"), [("not_recorded", False), ("not_done", True)])
def test_one_case_without_a_step_done_or_judged_is_no_error(ask, a_case, question, outcome, danger):
    folder = a_case(outcome, danger=danger)
    ask(folder, question=question, horloge="En jours d’école")


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_has_no_date_is_said_on_every_question(visit, undated, text, question):
    words = text(visit("relays", undated, question=question, etape="CPMS"))
    assert ("sans date" in words) == (question in ("En bref", "Comparer", "Où le temps se perd"))
    assert ("Ce registre ne dit rien des clôtures" in words) == (question == "Délais et retards")


def test_a_share_in_time_has_two_bounds_where_steps_have_no_date(visit, undated):
    app = visit("relays", undated, question="En bref")
    of_steps = app.dataframe[0].value.set_index("Étape").rename(columns=lambda name: name.replace(NARROW_SPACE, " "))
    least, most = of_steps["24 h, au moins"], of_steps["24 h, au plus"]
    contacts = ["CPMS contacté", "Parents contactés"]
    undone = [step for step in of_steps.index if step not in contacts]
    assert (least[undone] == most[undone]).all()
    assert (least[of_steps["dont sans date"] > 0] < most[of_steps["dont sans date"] > 0]).all()
    assert (of_steps["dont sans date"] > 0).sum() == 2
    assert any(" à " in metric.value for metric in app.metric)
    judged = visit("relays", undated, question="Délais et retards").dataframe
    assert any({"Part à temps, au moins", "Part à temps, au plus"} <= set(table.value.columns) for table in judged)


def test_a_register_with_dates_shows_one_share_and_no_word_on_what_has_none(visit, extracts, text):
    app = visit("relays", extracts, question="En bref")
    assert f"24{NARROW_SPACE}h" in app.dataframe[0].value.columns
    assert "dont sans date" not in app.dataframe[0].value.columns
    assert "sans date" not in text(app)


def test_what_changed_since_the_extract_before_is_told_by_its_day(ask):
    tables = ask(question="Changement ou hasard").dataframe
    assert any("Hors délai avant, au 12/06/2026" in table.value.columns for table in tables)


def test_a_register_corrected_on_the_day_of_its_extract_is_compared_too(ask, tmp_path):
    for name in ("registre-2025-2026", "registre-2025-2026-suite"):
        content = (FILES / f"{name}.xlsx").read_bytes()
        import_register(Store(tmp_path), content, Key(b"k" * 32), datetime.now(UTC), as_of=date(2026, 6, 26))
    assert "Depuis l’extrait précédent" in [header.value for header in ask(tmp_path, question=QUESTIONS[-1]).header]


def test_a_filter_that_leaves_no_case_says_so_and_draws_nothing(ask):
    app = ask(zones="Tournai", niveaux="Fondamental", types="Incitation au suicide", reseaux="Officiel COCOF")
    assert "Aucun dossier" in text(app)
    assert not app.get("plotly_chart")


def test_a_case_is_found_by_its_number_and_the_number_is_not_kept(ask, two_extracts, monkeypatch, tmp_path):
    (tmp_path / "relais.key").write_text((b"k" * 32).hex())
    monkeypatch.setenv("RELAIS_KEY", str(tmp_path / "relais.key"))
    app = ask(question="Délais et retards")
    app.text_input[0].input("2026/0304").run()
    assert f"**{Key(b'k' * 32).pseudonym('2026/0304')}**" in text(app)
    app.text_input[0].input("1999/9999").run()
    assert "Aucun dossier ne porte ce numéro" in text(app)
    assert "9999" not in str(app.query_params)


def test_a_table_that_leaves_is_marked_internal_with_its_filters_and_its_day(ask):
    buttons = ask(question="En bref", niveaux="Fondamental").get("download_button")
    assert {button.proto.label for button in buttons} == {"Télécharger ce tableau, pour l’usage interne"}
    words, as_of = ask(question="En bref", niveaux="Fondamental").session_state["shown"]
    assert internal_caption(words, as_of) == "interne – ne pas diffuser · Fondamental · données au 26/06/2026"


def shown(app: AppTest, table: int = 0) -> pd.DataFrame:
    """A table as it is written on the screen."""
    styled = app.dataframe[table].proto.arrow_data.styler.display_values
    return pa.ipc.open_stream(styled).read_pandas()


@pytest.mark.parametrize(
    ("clock", "median"), [("En heures", "Médiane (h)"), ("En jours d’école", "Médiane (j. d’école)")]
)
def test_a_median_and_a_share_have_their_interval_and_a_median_that_is_not_reached_says_so(ask, clock, median):
    app = ask(question="En bref", horloge=clock)
    values, words = app.dataframe[0].value, shown(app)
    is_reached = np.isfinite(values[median]).to_numpy()
    assert (words.loc[~is_reached, median] == "moins de la moitié").all()
    assert 0 < is_reached.sum() < len(values)
    shares = [column for column in values if f"{column}, bas (95\u202f%)" in values]
    assert len(shares) == 3
    for share in shares:
        known = values.dropna(subset=[share, f"{share}, bas (95\u202f%)", f"{share}, haut (95\u202f%)"])
        assert (known[f"{share}, bas (95\u202f%)"] <= known[share]).all()
        assert (known[share] <= known[f"{share}, haut (95\u202f%)"]).all()
    opened = [block.value for block in app.markdown if "Incertitude (95" in block.value]
    assert len(opened) == len(RELAYS)
    of_relays = values["Étape"].isin([STEPS[relay].label for relay in RELAYS]).to_numpy()
    assert sum("la moitié, " in block for block in opened) == (is_reached & of_relays).sum() > 0


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_missing_in_a_table_is_a_dash_and_not_an_english_word(ask, question):
    assert all(table.proto.placeholder == "–" for table in ask(question=question).dataframe)
