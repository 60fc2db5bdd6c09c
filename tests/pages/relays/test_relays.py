"""The page Activation des relais: each question answers on a register, under a filter, and when there is nothing to say."""

from functools import cache
from types import MappingProxyType

import pandas as pd
import pytest

from analytics.domain.french import NARROW_SPACE
from analytics.domain.schema import TABLES
from analytics.domain.vocabulary import STEPS
from analytics.store import Store
from analytics.store.memory import MEMORY
from analytics.store.reading import Reader

QUESTIONS = [
    "En bref",
    "Détecter, signaler, réagir",
    "Délais et retards",
    "Comparer",
    "Où le temps se perd",
    "Changement ou hasard",
]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("clock", ["En heures", "En jours d’école"])
def test_each_question_answers_in_hours_and_in_school_days(ask, question, clock, text):
    app = ask(question=question, horloge=clock)
    assert app.get("plotly_chart")
    assert "Comment lire" in text(app)
    assert "Que faire" in text(app)


@pytest.mark.parametrize("question", ["En bref", "Changement ou hasard"])
def test_nothing_is_asked_twice_and_the_next_reader_sees_what_the_first_one_saw(ask, question, monkeypatch):
    asked, ask_store = [], Reader.ask

    def listen(reader, sql, parameters=MappingProxyType({})):
        asked.append((reader.version, sql, str(parameters)))
        return ask_store(reader, sql, parameters)

    def seen(app):
        kinds = ("markdown", "caption", "header", "metric")
        tables = [table.value.to_csv() for table in app.dataframe]
        figures = [chart.proto.spec for chart in app.get("plotly_chart")]
        return tables, figures, [block.value for kind in kinds for block in app.get(kind)]

    monkeypatch.setattr(Reader, "ask", listen)
    MEMORY.of(["another version"])
    first = seen(ask(question=question))
    n_asked = len(asked)
    assert n_asked == len({*asked}) > 0
    assert seen(ask(question=question)) == first
    assert all(first)
    assert len(asked) == n_asked


@pytest.fixture(scope="module")
def a_case(extracts, tmp_path_factory):
    """A store of one case, whose steps are what is asked for, and whether it threatens life."""

    @cache
    def a_case(outcome: str, *, danger: bool):
        snapshot = Store(extracts).snapshot()
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


def test_a_filter_that_leaves_no_case_says_so_and_draws_nothing(ask, text):
    app = ask(zones="Tournai", niveaux="Fondamental", types="Incitation au suicide", reseaux="Officiel COCOF")
    assert "Aucun dossier" in text(app)
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_missing_in_a_table_is_a_dash_and_not_an_english_word(ask, question):
    assert all(table.proto.placeholder == "–" for table in ask(question=question).dataframe)


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_has_no_date_is_said_on_every_question(visit, undated, text, question):
    words = text(visit("relays", undated, question=question, etape="CPMS"))
    assert ("sans date" in words) == (question in ("En bref", "Comparer", "Où le temps se perd"))
    assert ("Ce registre ne dit rien des clôtures" in words) == (question == "Délais et retards")


def test_a_share_in_time_has_two_bounds_where_steps_have_no_date(visit, undated):
    app = visit("relays", undated, question="En bref", horloge="En heures")
    of_steps = app.dataframe[0].value.set_index("Étape").rename(columns=lambda name: name.replace(NARROW_SPACE, " "))
    least, most = of_steps["24 h, au moins"], of_steps["24 h, au plus"]
    contacts = [STEPS[code].label for code in ("cpms", "parents")]
    undone = [step for step in of_steps.index if step not in contacts]
    assert (least[undone] <= most[undone]).all()
    assert (least[of_steps["dont sans date"] > 0] < most[of_steps["dont sans date"] > 0]).all()
    assert (of_steps["dont sans date"] > 0).sum() == 2
    assert any(" à " in metric.value for metric in app.metric)
    judged = visit("relays", undated, question="Délais et retards").dataframe
    assert any({"Part à temps, au moins", "Part à temps, au plus"} <= set(table.value.columns) for table in judged)


def test_a_register_with_dates_shows_one_share_and_no_word_on_what_has_none(visit, extracts, text):
    app = visit("relays", extracts, question="En bref", horloge="En jours d’école")
    assert "Le jour même" in app.dataframe[0].value.columns
    assert "dont sans date" not in app.dataframe[0].value.columns
    assert "sans date" not in text(app)
