"""Which sheets of a file hold its register."""

from __future__ import annotations

import pytest

from analytics.intake import RefusedFileError
from analytics.intake.mapping import OwnWords
from tests.intake.small import HEADERS, SCHOOLS, case, take_sheets


def test_a_hidden_copy_is_not_the_register():
    result = take_sheets(
        {
            "Copie": [[*HEADERS, "Canal"], [*case("old"), "SMS"]],
            "Dossiers": [HEADERS, case("1"), case("2")],
            "Écoles": SCHOOLS,
        },
        hidden=["Copie"],
    )
    assert result.n_read == 2


def test_sheets_whose_headers_agree_are_read_together_and_each_is_named():
    sheets = {
        "2024-2025": [HEADERS, case("1")],
        "Écoles": SCHOOLS,
        "2025-2026": [HEADERS, case("2")],
        "Vide": [HEADERS],
    }
    read_ = take_sheets(sheets)
    assert read_.n_accepted == 2
    assert {(sheet.name, sheet.n_rows, sheet.is_read) for sheet in read_.understanding.sheets} == {
        ("2024-2025", 1, True),
        ("2025-2026", 1, True),
        ("Vide", 0, False),
        ("Écoles", 1, False),
    }


def test_a_copy_and_a_model_are_none_of_the_register():
    rows = [HEADERS, case("1"), case("2"), case("3"), case("4")]
    sheets = {"Dossiers": rows, "Copie": rows[:3], "Modèle": [HEADERS, case("0")], "Écoles": SCHOOLS}
    read_ = take_sheets(sheets)
    assert read_.n_accepted == 4
    assert [sheet.name for sheet in read_.understanding.sheets if sheet.is_read] == ["Dossiers"]


def test_a_register_without_numbers_is_told_to_give_some(take):
    rows = ["École;Classe;Signalé le;Faits", *(f"3000;S3;{day}/01/2026;Insultes" for day in (13, 14, 15))]
    with pytest.raises(RefusedFileError, match="numéro par dossier"):
        take("\n".join(rows).encode(), own_words=OwnWords())
