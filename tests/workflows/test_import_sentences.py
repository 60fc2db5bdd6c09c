"""The sentences of an import, the same in the terminal and on the page, on two extracts of a known register."""

from datetime import UTC, datetime

import pytest

from analytics.intake import Changes, Key
from analytics.store import Store
from analytics.workflows import import_sentences as sentences
from analytics.workflows.importing import Import, import_register
from tests.repository import ROOT


@pytest.fixture
def take(tmp_path):
    """Import an extract of the register into one store."""

    def take(name: str, month: int) -> Import:
        content = (ROOT / f"tests/files/{name}.xlsx").read_bytes()
        return import_register(Store(tmp_path), content, Key(b"k" * 32), datetime(2026, month, 27, tzinfo=UTC))

    return take


def test_an_extract_is_counted_and_compared_with_the_one_before(take):
    take("registre-2025-2026", 6)
    later = take("registre-2025-2026-suite", 7)
    assert sentences.rows_read(later.extract) == "431 lignes lues : 431 acceptées, 0 refusée. Situation au 26/06/2026."
    assert sentences.changes(later.changes) == "11 nouveaux dossiers, 31 modifiés, 389 inchangés."
    assert not sentences.fault_lists(later.extract)
    assert not sentences.warnings(later, "", "")


def test_an_older_extract_is_warned_about_and_what_it_lacks_is_kept(take):
    take("registre-2025-2026-suite", 6)
    earlier = take("registre-2025-2026", 7)
    (warning,) = sentences.warnings(earlier, "", "")
    assert "plus ancien que le dernier importé (26/06/2026)" in warning
    assert "11 dossiers déjà connus ne sont pas dans ce fichier : Relais les garde." in sentences.changes(
        earlier.changes
    )


def test_one_missing_case_is_kept_in_the_singular():
    assert sentences.changes(Changes(0, 0, 1, 1)).endswith(
        "1 dossier déjà connu n’est pas dans ce fichier : Relais le garde."
    )


def test_the_result_says_whether_anything_was_imported(take):
    done = take("registre-2025-2026", 6)
    assert sentences.result(done, dry_run=False, published=True) == "Le registre est importé."
    assert "rien n’a été importé" in sentences.result(done, dry_run=True, published=False)
    assert "Rien n’a changé" in sentences.result(done, dry_run=False, published=False)
