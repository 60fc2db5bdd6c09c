"""What changed since the extract before."""

from datetime import UTC, date, datetime

from analytics.intake import Key
from analytics.store import Store
from analytics.workflows.importing import import_register
from tests.repository import ROOT


def test_what_changed_since_the_extract_before_is_told_by_its_day(ask):
    tables = ask(question="Changement ou hasard").dataframe
    assert any("Hors délai avant, au 12/06/2026" in table.value.columns for table in tables)


def test_a_register_corrected_on_the_day_of_its_extract_is_compared_too(ask, tmp_path):
    for name in ("registre-2025-2026", "registre-2025-2026-suite"):
        content = (ROOT / f"tests/files/{name}.xlsx").read_bytes()
        import_register(Store(tmp_path), content, Key(b"k" * 32), datetime.now(UTC), as_of=date(2026, 6, 26))
    assert "Depuis l’extrait précédent" in [
        header.value for header in ask(tmp_path, question="Changement ou hasard").header
    ]
