"""Every notebook runs from its first cell to its last, on the demonstration and on a known register, and is stored bare.

Its copy asks nothing of any host; the one that leaves tells what is published, whatever the records say.
"""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest

from analytics.documents.mark import MARK
from analytics.domain.errors import RefusedError
from analytics.intake import Key
from analytics.store import Store
from analytics.workflows import notebooks
from analytics.workflows.demo import build_demo
from analytics.workflows.importing import import_register
from analytics.workflows.notebooks import internal_copy, leaving_copy, notebook_path, refuse_more_than_published
from analytics.workflows.publishing import publish_folder
from tests.scanning import disguises

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOW = datetime(2026, 11, 22, tzinfo=UTC)
TERM = "2025-2026-T1"
NAMES = ["demo", "registre-2025-2026"]


@pytest.fixture(scope="module")
def stores(tmp_path_factory) -> dict[str, Store]:
    """The demonstration and a known register, each with a published term."""
    stores = {name: Store(tmp_path_factory.mktemp(name)) for name in NAMES}
    build_demo(stores["demo"], NOW)
    content = (ROOT / "tests/files/registre-2025-2026.xlsx").read_bytes()
    import_register(stores["registre-2025-2026"], content, Key(b"k" * 32), NOW)
    for store in stores.values():
        publish_folder(
            store, TERM, store.folder.parent / f"{store.folder.name}-published", NOW.date(), never_before=True
        )
    return stores


def copied(store: Store, name: str, **settings: str) -> str:
    snapshot = store.snapshot()
    assert snapshot is not None
    with snapshot:
        return internal_copy(store, snapshot, name, settings).decode()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_its_copy_is_marked_shows_what_it_found_and_asks_no_host(path, name, stores):
    page = copied(stores[name], path.stem)
    assert f"{MARK} · {'données fictives' if name == 'demo' else 'registre du service'} · données au" in page
    assert "<table" in page
    assert "<script" not in page and len(page) < 200_000  # its charts are drawn
    assert not re.search(r"<t[hd][^>]*>(?:NaN|nan|None|n_\w+|\w+_(?:id|share|hours)|share|lower|upper)</t[hd]>", page)
    assert not re.search(r"\b(?:src|href)=.?(?:https?:)?//|@import|url\(", page)
    assert "default-src 'none'" in page
    assert not disguises("registre-2025-2026").found_in(page.encode())


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


@pytest.mark.parametrize("name", ["2", "02", "02_delais_des_relais", str(NOTEBOOKS[1])])
def test_a_notebook_is_called_by_its_number_its_name_or_its_path(name):
    assert notebook_path(name) == NOTEBOOKS[1]


def test_an_unknown_notebook_or_parameter_is_refused_with_what_there_is(stores):
    with pytest.raises(RefusedError, match="02_delais_des_relais"):
        notebook_path("7")
    with pytest.raises(RefusedError, match="ANNEES, ETAPE"):
        copied(stores["demo"], "2", DOSSIER="ailleurs")


def own_notebook(folder: Path, *cells: str) -> str:
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# À nous"), *map(nbformat.v4.new_code_cell, cells)]
    )
    nbformat.write(made, folder / "own.ipynb")
    return str(folder / "own.ipynb")


def test_settings_take_the_place_of_the_parameters_and_a_failing_cell_tells_no_value(stores, tmp_path):
    parameters = "# Paramètres\nANNEES = ()\nN = 1\nECOLE = ''\nQUI = None"
    own = own_notebook(
        tmp_path, parameters, "ANNEES, N, ECOLE, QUI", "import pandas; pandas.DataFrame({'r': range(99)})"
    )
    page = copied(stores["demo"], own, ANNEES="2024-2025,2025-2026", N="40", ECOLE="3007", QUI="E-01")
    assert "((&#x27;2024-2025&#x27;, &#x27;2025-2026&#x27;), 40, &#x27;3007&#x27;, &#x27;E-01&#x27;)" in page
    assert page.count("<tr>") == 99  # a table is whole
    with pytest.raises(RefusedError, match="Le paramètre N attend un nombre"):
        copied(stores["demo"], own, N="quarante")
    own = own_notebook(tmp_path, "# Paramètres", "raise ValueError('Zoé Lambert')")
    with pytest.raises(RefusedError, match=r"^La cellule 3 du carnet a échoué : ValueError\.$"):
        copied(stores["demo"], own)


def test_a_meeting_is_prepared_with_a_school_whose_code_is_a_number(stores):
    snapshot = stores["demo"].snapshot()
    assert snapshot is not None
    with snapshot:
        schools = snapshot.school_counts().sort_values("n")
    code, name = schools[["school_id", "name"]].iloc[-2]
    assert code.isdigit()
    assert f"<th>{name}</th>" in copied(stores["demo"], "5", ECOLE=code)


def test_the_notebook_of_a_publication_says_that_nothing_is_published_yet(stores, tmp_path):
    unpublished = Store(tmp_path / "unpublished")
    shutil.copytree(stores["demo"].folder, unpublished.folder, ignore=shutil.ignore_patterns("releases"))
    with pytest.raises(RefusedError, match="Publiez d’abord une période"):
        copied(unpublished, "6")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_needs_at_most_three_imports(path):
    code = "".join("".join(cell["source"]) + "\n" for cell in json.loads(path.read_text("utf-8"))["cells"][1:3])
    assert 1 <= len(re.findall(r"^(?:import|from) ", code, re.MULTILINE)) <= 3


class TestWhatLeaves:
    def test_it_tells_the_published_figures_and_the_same_whatever_the_records_say(self, stores, tmp_path):
        """Given the same release, other records give the same bytes: nothing of them is in it."""
        register, demo = stores["registre-2025-2026"], stores["demo"]
        content = leaving_copy(register, "6", TERM, {})
        other = Store(tmp_path / "other")
        shutil.copytree(demo.folder, other.folder)
        shutil.rmtree(other.folder / "releases")
        shutil.copytree(register.folder / "releases", other.folder / "releases")
        assert leaving_copy(other, "6", TERM, {}) == content
        page = content.decode()
        assert all(word in page for word in ("Règles", "Méthode", "Certificat", "de 1 à", "Chiffres publiés"))
        assert MARK not in page
        snapshot = register.snapshot()
        assert snapshot is not None
        with snapshot:
            private = [*snapshot.table("schools")["name"], *snapshot.table("cases")["case_id"]]
        assert not [word for word in private if word in page]
        assert not disguises("registre-2025-2026").found_in(content)

    def test_nothing_leaves_of_a_period_that_is_not_published(self, stores):
        with pytest.raises(RefusedError, match="Publiez d’abord"):
            leaving_copy(stores["demo"], "6", "2025-2026-T2", {})

    @pytest.mark.parametrize("name", ["1", "2", "3", "4", "5"])
    def test_a_notebook_that_reads_records_does_not_leave(self, stores, name):
        with pytest.raises(RefusedError, match="sa copie reste interne"):
            leaving_copy(stores["demo"], name, TERM, {})

    @pytest.mark.parametrize(
        "code",
        [
            "import pandas as pd",
            "import analytics.store",
            "from analytics import store",
            "from analytics.charts import publications, relays",
            "from analytics.charts import publications",
            "import analytics.disclosure.frames",
            "from analytics.disclosure.frames import pd",
            "from analytics.disclosure.frames import store_folder",
            "from analytics.disclosure.frames import past_records",
            "from analytics.disclosure.frames import *",
            "from analytics.charts.publications import pd as tables",
            "from analytics.domain.french import pd",
            "from . import x",
            "open('registre.csv')",
            "__import__('os')",
            "published_period.__globals__",
            "!cat registre.csv",
            "%run autre.py",
            "eval('1')",
        ],
    )
    def test_what_could_read_more_than_a_release_is_refused(self, code):
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
        with pytest.raises(RefusedError, match="La cellule 1 emploie"):
            refuse_more_than_published(made)

    def test_it_names_no_school_and_no_case(self, stores, tmp_path):
        snapshot = stores["registre-2025-2026"].snapshot()
        assert snapshot is not None
        with snapshot:
            school = snapshot.table("schools").iloc[0]
            case = snapshot.table("cases")["case_id"].iloc[0]
        for word in (school["name"].upper(), school["school_id"], case):
            with pytest.raises(RefusedError, match="nomme une école ou un dossier"):
                leaving_copy(stores["registre-2025-2026"], own_notebook(tmp_path, f"# voir {word}"), TERM, {})

    def test_even_unread_by_the_gate_it_finds_no_record_where_it_runs(self, stores, monkeypatch):
        monkeypatch.setattr(notebooks, "refuse_more_than_published", lambda notebook: None)
        with pytest.raises(RefusedError, match="Les données sont endommagées"):
            leaving_copy(stores["registre-2025-2026"], "1", TERM, {})
