"""Each relay as a figure: shares of the truth file, intervals, danger apart."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analytics.documents.mark import internal_caption
from analytics.domain.schema import TABLES
from analytics.domain.vocabulary import RELAYS, STEPS
from analytics.store import Store
from tests.repository import ROOT

TRUTH = json.loads((ROOT / "tests/files/registre-2025-2026-suite.truth.json").read_text("utf-8"))


def test_the_least_share_on_a_card_is_the_share_of_the_truth_file(ask, text):
    app = ask(question="En bref", horloge="En heures")
    share = TRUTH["steps"]["cpms"]["share_within_hours"]["24"]
    cards = {metric.label: metric.value for metric in app.metric}
    least, most = cards["CPMS"].split(" à ")  # of many activations only the day is known
    assert least == f"{100 * share:.0f}"
    assert int(most.split("\u202f")[0]) > int(least)
    assert "au plus tard" in text(app)


def test_a_register_without_times_is_first_counted_in_school_days_and_its_threats_in_hours(ask, text):
    app = ask(question="En bref")
    assert "Médiane (j. d’école)" in app.dataframe[0].value
    in_danger = app.dataframe[-1].value
    assert "Médiane (h)" in in_danger
    assert list(in_danger["Étape"]) == [STEPS[relay].label for relay in RELAYS]
    assert "Où la vie est menacée" in "".join(header.value for header in app.subheader)
    threats = ask(question="En bref", types="Menaces")
    assert "Médiane (h)" in threats.dataframe[0].value
    assert "se compte en heures" in text(threats)


def test_a_register_with_times_is_first_counted_in_hours(ask, extracts, tmp_path):
    snapshot = Store(extracts).snapshot()
    assert snapshot is not None
    with snapshot:
        tables = {name: snapshot.table(name) for name in TABLES}
    tables["case_steps"] = tables["case_steps"].assign(time_completed=False, completed_hours=0)
    with Store(tmp_path).writing():
        Store(tmp_path).publish(tables)
    app = ask(tmp_path, question="En bref")
    assert "Médiane (h)" in app.dataframe[0].value
    assert not any("au plus" in column for column in app.dataframe[0].value)


def test_danger_is_never_judged_in_school_days(ask, text):
    assert "le danger se juge en heures" in text(ask(question="En bref", horloge="En jours d’école"))


def test_a_table_that_leaves_is_marked_internal_with_its_filters_its_whole_and_its_day(ask, text):
    buttons = ask(question="En bref", niveaux="Fondamental").button
    assert {button.label for button in buttons} >= {
        "Télécharger ce tableau, pour l’usage interne",
        "Copier le tableau",
        "Tout effacer",
    }
    app = ask(question="En bref", niveaux="Fondamental")
    words, as_of = app.session_state["shown"]
    told = f"Fondamental · {TRUTH['levels']['fundamental']} dossiers sur {TRUTH['n_cases']}"
    assert internal_caption(words, as_of) == f"interne – ne pas diffuser · {told} · données au 26/06/2026"
    assert text(app).count(told) > 2  # under the title, and above each table


def shown(app, table: int = 0) -> pd.DataFrame:
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
    values = values.rename(columns=lambda name: name.removesuffix(", au moins"))
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
