"""Every notebook runs from its first cell to its last, on the demonstration and on a known register, and is stored bare."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from analytics.demo import build_demo
from analytics.importing import import_register
from analytics.intake import Key
from analytics.store import Store

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module", params=["demo", "registre-2025-2026"])
def store_folder(request, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "demo":
        build_demo(Store(folder), NOW)
    else:
        content = (ROOT / "tests/files/registre-2025-2026.xlsx").read_bytes()
        import_register(Store(folder), content, Key(b"k" * 32), NOW)
    return folder


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(path, store_folder, monkeypatch):
    monkeypatch.setenv("RELAIS_STORE", str(store_folder))
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(path.parent)}}).execute()
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any(output.output_type in ("execute_result", "display_data") for output in shown)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_stored_without_outputs_and_has_its_parameters_first(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)
    assert code[0]["source"][0].startswith("# Paramètres")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_asks_concludes_says_its_limits_and_ends_with_what_to_do(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    prose = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert "**Question.**" in prose
    assert "conclure" in prose
    assert "**Limites.**" in prose
    assert "## À faire" in "".join(cells[-1]["source"])
