"""A closed period, published into a folder: once, with all its files, and without a word of the solver's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics.domain.errors import RefusedError
from analytics.intake import Key
from analytics.store import Store
from analytics.workflows.importing import import_register
from analytics.workflows.publishing import publish_folder

REGISTER = Path(__file__).parents[1] / "files" / "registre-2025-2026.xlsx"
NOW = datetime(2026, 6, 26, 9, tzinfo=UTC)
TERM = "2025-2026-T1"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_period_is_published_once_and_its_files_are_given_again(tmp_path, capfd):
    store = Store(tmp_path / "store")
    with pytest.raises(RefusedError, match="pas encore de données"):
        publish_folder(store, TERM, tmp_path / "none", NOW.date())
    import_register(store, REGISTER.read_bytes(), Key(b"k" * 32), NOW)
    said = publish_folder(store, TERM, tmp_path / "first", NOW.date())
    assert said[-1] == "La publication est enregistrée."
    assert {Path(name).suffix for name in contents(tmp_path / "first")} >= {".csv", ".html", ".pdf", ".xlsx"}
    again = publish_folder(store, TERM, tmp_path / "second", NOW.date())
    assert again == ["Cette période est déjà publiée : voici les mêmes fichiers."]
    assert contents(tmp_path / "second") == contents(tmp_path / "first")
    with pytest.raises(RefusedError, match="existe déjà"):
        publish_folder(store, TERM, tmp_path / "first", NOW.date())
    assert capfd.readouterr() == ("", "")
