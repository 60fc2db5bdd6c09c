"""What an import would keep, and how far the records could still be told apart."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from analytics.domain.risk import ResidualRisk
from analytics.domain.schema import TABLES
from analytics.intake import Key
from analytics.intake.checking import Fault
from analytics.intake.mapping import REGISTER, OwnWords
from analytics.intake.previewing import (
    refused_rows,
    residual_risk,
    unread_steps_sentence,
)
from analytics.intake.weighing import lay_out
from analytics.spreadsheets.reading import Rows, Sheet
from analytics.store import Store
from analytics.workflows.importing import import_register

FILES = Path(__file__).parents[1] / "files"


def test_each_column_is_kept_coarsened_or_dropped_and_says_how_it_was_read(taken):
    found = taken(
        {"Élève": "Zoé", "CPMS contacté le": "13/01/2026", "Canal": "Pigeon"}, {"CPMS contacté le": "sans objet"}
    )
    readings = {reading.header: reading for reading in found.understanding.columns}
    assert {header: reading.fate for header, reading in readings.items()} == {
        "N° dossier": "coarsened",
        "École": "kept",
        "Année d’études": "coarsened",
        "Signalé le": "coarsened",
        "Faits": "kept",
        "Élève": "dropped",
        "CPMS contacté le": "coarsened",
        "Canal": "kept",
    }
    assert "le jour d’abord, du 13/01/2026 au 13/01/2026 ; 1 sans objet" in readings["CPMS contacté le"].description
    assert "1 cellule non comprise" in readings["Canal"].description
    assert not found.understanding.tells_closure
    assert found.understanding.cases["n"].sum() == 2


def test_every_field_says_whether_it_is_kept_or_coarsened():
    assert all(field.becomes.startswith(("gardé", "réduit", "remplacé")) for field in REGISTER)


def test_steps_without_a_column_are_named_since_they_would_count_as_not_done():
    headers = [field.header for field in REGISTER]

    def sentence(*renamed: str) -> str:
        row = ["Contact" if header in renamed else header for header in headers]
        return unread_steps_sentence(lay_out([Sheet("", Rows([row]))], REGISTER, OwnWords(), "Registre").columns)

    assert sentence() == ""
    assert sentence("CPMS contacté le") == (
        "Aucune colonne n’est reconnue pour « CPMS contacté le » : ces étapes comptent comme inconnues."
    )
    few = lay_out([Sheet("", Rows([headers[:8]]))], REGISTER, OwnWords(), "Registre")
    assert unread_steps_sentence(few.columns).endswith("et 10 autres : ces étapes comptent comme inconnues.")


def cases(table, drawing: str) -> dict[str, pd.DataFrame]:
    drawn = table(drawing)
    drawn["report_week"] = pd.to_datetime(drawn["report_week"])
    kinds = drawn.assign(incident_type=drawn["kinds"].str.split("+")).explode("incident_type")
    return {"cases": drawn.drop(columns="kinds"), "case_incidents": kinds[["case_id", "incident_type"]]}


def test_a_case_is_alone_when_no_other_has_its_school_month_level_and_types(table):
    tables = cases(
        table,
        """
        case_id | school_id | report_week | school_level | kinds
        a       | A1        | 2026-03-02  | secondary_1  | insults+threats
        b       | A1        | 2026-03-16  | secondary_1  | threats+insults
        c       | A1        | 2026-03-16  | secondary_1  | insults
        d       | A1        | 2026-03-16  | secondary_2  | insults+threats
        e       | A2        | 2026-03-16  | secondary_1  | insults+threats
        """,
    )
    assert residual_risk(tables) == ResidualRisk(n_cases=5, n_alone=3, smallest_group=1)


def test_a_week_counts_in_the_month_of_its_thursday(table):
    tables = cases(
        table,
        """
        case_id | school_id | report_week | school_level | kinds
        a       | A1        | 2026-03-30  | secondary_1  | insults
        b       | A1        | 2026-04-06  | secondary_1  | insults
        """,
    )
    assert residual_risk(tables).smallest_group == 2


def test_an_empty_extract_has_no_group():
    risk = residual_risk({name: TABLES[name].empty for name in ("cases", "case_incidents")})
    assert risk == ResidualRisk(n_cases=0, n_alone=0, smallest_group=None)


def test_the_preview_foretells_the_risk_that_the_store_then_measures(tmp_path):
    store = Store(tmp_path)
    content = (FILES / "registre-2025-2026.xlsx").read_bytes()
    done = import_register(store, content, Key(b"k" * 32), datetime(2026, 6, 12, tzinfo=UTC))
    snapshot = store.snapshot()
    assert snapshot is not None
    with snapshot:
        assert residual_risk(done.extract.tables) == snapshot.residual_risk()


def test_a_refused_row_has_all_its_reasons_on_one_line():
    faults = [Fault(9, 0, "Canal", "error"), Fault(4, 1, "Faits", "missing"), Fault(4, 2, "Mineur", "unknown_term")]
    rows = refused_rows(faults)
    assert rows["row"].tolist() == [4, 9]
    assert "Faits" in rows.loc[0, "reasons"]
    assert "Mineur" in rows.loc[0, "reasons"]


def test_without_a_refused_row_the_table_is_empty():
    assert refused_rows([]).empty
