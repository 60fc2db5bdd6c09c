"""The report on a period: on what is released, or for the service alone on the exact figures."""

from __future__ import annotations

import pytest

from analytics.domain.errors import RefusedError
from analytics.workflows.publishing import record_and_render
from analytics.workflows.reporting import annual_report, report_file
from tests.released import TERM, TODAY, imported, release


def reported(store, *, internal):
    with store.snapshot() as snapshot:
        return annual_report(store, snapshot, TERM, TODAY, internal=internal)


def test_what_is_not_published_has_only_an_internal_report(tmp_path):
    own = imported(tmp_path / "store")
    with pytest.raises(RefusedError, match="publiez d’abord cette période"):
        reported(own, internal=False)
    exact = reported(own, internal=True)
    assert "ne pas diffuser" in exact.mark
    assert all(cell.value is not None for table in exact.tables for cell in table.cells.values())


def test_a_published_period_is_told_from_its_release_alone(tmp_path):
    own = imported(tmp_path / "store")
    record_and_render(own, release(), 0)
    made = reported(own, internal=False)
    assert not made.mark
    assert {t.title: t.cells for t in made.tables} == {t.title: t.cells for t in release().tables}
    assert len(made.missing) == len(release().refused)
    assert report_file(made, ".pdf").startswith(b"%PDF")
    assert report_file(made, ".docx").startswith(b"PK")
