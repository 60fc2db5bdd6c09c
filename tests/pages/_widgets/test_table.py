"""A table is written by the browser, sorts by its values, and stops at a thousand rows."""

from __future__ import annotations

import json
from datetime import date

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages._widgets.table import MOST, as_text

COLUMNS = {"week": "Semaine", "share": "Part", "n": "Dossiers", "median": "Médiane", "is_own": "Tirée", "step": "Étape"}


def rows(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "week": pd.Timestamp(date(2026, 11, 16)),
            "share": 0.454,
            "n": pd.Series([1234] * n, dtype="Int64"),
            "median": pd.Series([12.25, None] * (n // 2), dtype="Float64"),
            "is_own": True,
            "step": "cpms",
        }
    )


def show(n: int, *columns: str) -> AppTest:
    def page(n: int, columns: tuple[str, ...]) -> None:
        from datetime import date

        import streamlit as st

        from pages._widgets.table import show_table
        from tests.pages._widgets.test_table import COLUMNS, rows

        st.session_state["shown"] = ("", date(2026, 11, 20))
        show_table(rows(n), {name: COLUMNS[name] for name in columns})

    return AppTest.from_function(page, args=(n, columns)).run()


def test_numbers_shares_and_days_stay_values_which_the_browser_writes():
    app = show(2, "week", "share", "n", "is_own", "step")
    assert not app.exception
    table = app.dataframe[0]
    configured = {name: entry.get("type_config", {}) for name, entry in json.loads(table.proto.columns).items()}
    formats = {name: config["format"] for name, config in configured.items() if config.get("format")}
    assert formats == {"Semaine": "DD/MM/YYYY", "Part": "percent", "Dossiers": "localized"}
    assert table.value["Part"].tolist() == [0.454, 0.454]
    assert table.value["Tirée"].tolist() == ["oui", "oui"]
    assert [name for name, entry in json.loads(table.proto.columns).items() if entry.get("hidden")] == ["_index"]
    assert not table.proto.arrow_data.HasField("styler")


def test_a_median_that_is_not_reached_is_said_in_words_and_sorts_after_all_others():
    table = show(2, "n", "median").dataframe[0]
    assert table.value["Médiane"].tolist() == [12.2, float("inf")]
    assert b"moins de la moiti" in table.proto.arrow_data.styler.display_values


@pytest.mark.parametrize("n", [MOST, 60_000])
def test_of_many_rows_the_first_thousand_are_shown_and_it_is_said(n):
    app = show(n, "week", "share", "n", "median", "step")
    assert not app.exception
    assert len(app.dataframe[0].value) == MOST
    more = "Les 1\u202f000 premières lignes sur 60\u202f000. Le fichier les contient toutes."
    assert [caption.value for caption in app.caption] == ([] if n == MOST else [more])
    whole = "Télécharger ce tableau, pour l’usage interne"
    assert [button.label for button in app.button] == ["Copier le tableau", *([] if n == MOST else [whole])]


def test_a_table_as_text_is_written_as_the_screen_writes_it():
    text = as_text(rows(2), COLUMNS)
    assert text.iloc[0].tolist() == ["16/11/2026", "45\u202f%", "1\u202f234", "12,2", "oui", "CPMS"]
    assert text.iloc[1]["Médiane"] == "moins de la moitié"
