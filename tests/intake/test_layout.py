"""Which column is which: by its header, by what its cells hold and by its neighbours."""

from __future__ import annotations

from datetime import date, datetime

from analytics.intake.layout import extraction_day
from analytics.intake.mapping import REGISTER, OwnWords
from analytics.intake.weighing import lay_out
from analytics.spreadsheets.reading import Rows, Sheet, read


def test_headers_are_found_under_title_lines():
    layout = lay_out(
        read("Service;;;\nExtrait du 12/06/2026;;;\n;;;\nN° dossier;École;Signalé le;Faits\n".encode()),
        REGISTER,
        OwnWords(),
        "Registre",
    )
    assert layout.header_row == 3
    assert layout.columns == {"case_number": 0, "school": 1, "reported": 2, "incidents": 3}


def test_what_is_not_known_is_listed_as_ignored():
    layout = lay_out(
        read("N° dossier;Élève;École;Signalé le;Faits;Remarques".encode()), REGISTER, OwnWords(), "Registre"
    )
    assert layout.ignored == ("Élève", "Remarques")


def test_the_day_of_the_extract_is_read_above_the_headers():
    def day(title: str) -> date | None:
        (sheet,) = read(f"{title}\nN° dossier\n".encode())
        return extraction_day(sheet, 1)

    assert day("Extrait du 12/06/2026") == date(2026, 6, 12)
    assert day("Situation arrêtée au 2026-06-12") == date(2026, 6, 12)
    assert day("Extrait du 12 juin 2026") == date(2026, 6, 12)
    assert day("Extraction du 1er août 2026") == date(2026, 8, 1)
    assert day("Données arrêtées au 12.06.2026") == date(2026, 6, 12)
    assert day("Situation du 01/09/2025 au 12/06/2026") == date(2026, 6, 12)
    assert day("Période du 01/09/2025 au 30/06/2026, extrait le 12/06/2026") == date(2026, 6, 12)
    assert day("Extrait du;2026-06-12") == date(2026, 6, 12)
    assert day("Extrait du 12 brumaire 2026") is None
    assert extraction_day(
        Sheet("", Rows([["Extrait du", "", datetime.fromisoformat("2026-06-12")], ["N°", "", ""]])), 1
    ) == date(2026, 6, 12)
    assert day("Imprimé le 12/06/2026") is None
    assert day("Extrait du 31/06/2026") is None
