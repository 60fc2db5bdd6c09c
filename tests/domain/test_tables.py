"""A table as it is read: French headings, labels for codes, a dash for what is missing."""

import pandas as pd

from analytics import french_table


def rows(table: pd.DataFrame) -> dict:
    """The cells by their row, narrow spaces read as plain ones."""
    return {row: [cell.replace("\u202f", " ") for cell in cells] for row, cells in table.T.to_dict("list").items()}


def test_columns_are_chosen_in_order_codes_are_named_and_nothing_is_a_dash(table):
    counts = table("""
        step             |    n | share | lower | unused
        cpms             | 1234 |  0.45 |   0.4 | x
        school_mediation |      |       |       | y
    """)
    shown = french_table(counts, {"step": "Étape", "share": "Part", "lower": "Bas (95 %)", "n": "Dossiers"})
    assert (shown.index.name, list(shown.columns)) == ("Étape", ["Part", "Bas (95 %)", "Dossiers"])
    assert rows(shown) == {"CPMS": ["45 %", "40 %", "1 234"], "Médiation scolaire": ["–", "–", "–"]}


def test_a_column_can_go_across(table):
    counts = table("""
        school_year | status | n
        2024-2025   | open   | 3
        2024-2025   | closed | 7
        2025-2026   | open   | 2
    """)
    shown = french_table(counts, {"school_year": "Année", "status": "Statut", "n": "Dossiers"}, across="status")
    assert list(shown.columns) == ["Ouvert", "Clôturé"]
    assert rows(shown) == {"2024-2025": ["3", "7"], "2025-2026": ["2", "–"]}


def test_days_answers_and_whole_and_broken_numbers_are_written_in_french():
    weeks = pd.DataFrame({"week": pd.to_datetime(["2026-11-23"]), "hours": [4.0], "need": [32.194], "planned": [True]})
    shown = french_table(weeks, {"week": "Semaine du", "hours": "Heures", "need": "Besoin", "planned": "Prévue"})
    assert rows(shown) == {"23/11/2026": ["4", "32,19", "oui"]}


def test_it_changes_nothing_that_it_was_given():
    counts = pd.DataFrame({"status": ["open"], "n": [1]})
    before = counts.copy()
    french_table(counts, {"status": "Statut", "n": "Dossiers"})
    pd.testing.assert_frame_equal(counts, before)
