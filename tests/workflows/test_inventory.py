"""What the records are, in one line and in sentences."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics import Selection
from analytics.intake import Key
from analytics.store import Store
from analytics.workflows.importing import import_register
from analytics.workflows.inventory import caption, history, history_sentences, inventory

FILES = Path(__file__).parents[1] / "files"
KEY = Key(b"k" * 32)


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """A register and its continuation: 420 cases, then 431."""
    store = Store(tmp_path_factory.mktemp("store"))
    for name, hour in (("registre-2025-2026", 9), ("registre-2025-2026-suite", 14)):
        import_register(store, (FILES / f"{name}.xlsx").read_bytes(), KEY, datetime(2026, 6, 26, hour, tzinfo=UTC))
    snapshot = store.snapshot()
    assert snapshot is not None
    with snapshot:
        yield snapshot


def test_a_caption_says_whose_records_of_which_day_and_which_cases(records):
    assert caption(records) == "Registre du service · situation au 26/06/2026 · tous les dossiers"
    chosen = caption(records, Selection(school_years=("2025-2026",)))
    assert chosen == "Registre du service · situation au 26/06/2026 · année 2025-2026"


def test_the_inventory_counts_and_names_the_key(records):
    lines = inventory(records)
    assert "Dossiers : 431, dont 73 en cours." in lines
    assert any("redonne le jour et l’heure de son signalement" in line for line in lines)
    assert "Écoles : 40." in lines
    assert f"Clé des pseudonymes : {KEY.id}." in lines


def test_the_history_shows_the_last_import_first_in_brussels_time(records):
    imports = history(records)
    assert [made["Importé le"] for made in imports] == ["26/06/2026 16:00", "26/06/2026 11:00"]
    assert [made["Nouveaux"] for made in imports] == [11, 420]
    assert history_sentences(imports)[1].startswith("26/06/2026 11:00 : situation au 12/06/2026, 420 lignes lues")
