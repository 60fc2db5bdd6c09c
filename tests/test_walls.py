"""The walls that the contracts of import-linter cannot see: what a file may import from outside, call and name."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.repository import ROOT, tracked_files

SQL = re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|CREATE\s+(TABLE|VIEW)|ATTACH\s+'|COPY\s.+\sTO)\b", re.DOTALL)
MACHINE_PATH = re.compile(r"(?<![\w.<])/(home|work|root|Users|mnt|opt)/\w|\b[A-Z]:\\\\?\w")
REGISTRY = re.compile(r"(pypi|pythonhosted|npmjs|deb\.debian)[.]org")  # in parts, so that this file names none
# The schema derives from its columns the statement that creates a table.
MAY_HOLD_SQL = ("analytics/store/", "analytics/domain/schema.py")
MAY_NAME_A_FIGURE = "pages/_widgets/chart.py"  # it takes one, and says so by its type


def test_analytics_imports_neither_streamlit_nor_a_page():
    assert not imports_of("analytics/", {"streamlit", "pages"})


def test_sql_is_in_the_store_alone():
    outside = [path for path in sources("analytics/", "pages/", "app.py") if not path.startswith(MAY_HOLD_SQL)]
    assert not [path for path in outside if SQL.search((ROOT / path).read_text("utf-8"))]
    assert not [path for path in outside if "duckdb" in imported(path)]


def test_a_page_asks_and_shows_and_neither_groups_nor_draws():
    assert not imports_of("pages/", {"duckdb", "scipy"})
    assert not [found for found in imports_of("pages/", {"plotly"}) if not found[0].startswith(MAY_NAME_A_FIGURE)]
    grouping = {"execute", "sql", "groupby", "pivot_table"}
    drawing = {"add_trace", "update_layout", "Figure", "Scatter", "Bar", "Heatmap"}
    assert not calls_of("pages/", grouping | drawing)


def test_only_the_buttons_of_files_run_without_their_page():
    """A fragment runs without the frame, which checks who is here: the one that there is checks it itself."""
    fragments = [path for path in sources("pages/") if "st.fragment" in (ROOT / path).read_text("utf-8")]
    assert fragments == ["pages/_widgets/files.py"]
    buttons = {"download_button", "image", "audio", "video"}  # their bytes would lie at /media, which is closed
    assert not calls_of("pages/", buttons)


def test_a_measure_opens_no_file_reads_no_clock_and_draws_nothing():
    assert not imports_of("analytics/measures/", {"plotly", "duckdb", "pathlib", "time"})
    assert not calls_of("analytics/measures/", {"open", "read_text", "read_csv", "now", "today", "utcnow"})


def test_solvers_are_called_in_their_silent_form():
    direct = re.compile(r"scipy\.optimize import .*\b(milp|linprog)\b")
    silent = "analytics/solving/silent.py"
    code = {path: (ROOT / path).read_text("utf-8") for path in sources("analytics/") if path != silent}
    assert not [path for path, text in code.items() if direct.search(text)]


def test_each_module_has_its_test_file_and_each_page_its_own():
    names = {path.as_posix() for path in tracked_files()}
    modules = [Path(path) for path in sources("analytics/") if not path.endswith("__init__.py")]
    wanted = [f"tests/{'/'.join(path.parts[1:-1])}/test_{path.stem.lstrip('_')}.py" for path in modules]
    pages = [Path(path).parent.name for path in sources("pages/") if path.endswith("/page.py")]
    wanted += [f"tests/pages/{page}/test_{page}.py" for page in pages]
    assert [path for path in wanted if path not in names] == []


def test_a_page_says_in_a_screenful_what_it_asks():
    pages = [path for path in sources("pages/") if path.endswith("/page.py")]
    assert [path for path in pages if (ROOT / path).read_text("utf-8").count("\n") > 40] == []


def test_no_file_names_a_place_on_a_machine_or_a_registry_of_packages():
    for path in tracked_files():
        text = (ROOT / path).read_bytes().decode("utf-8", "ignore")
        if path.suffix not in (".png", ".xlsx", ".npz") and path != Path("tests/test_walls.py"):
            assert not MACHINE_PATH.search(text), path
            assert not REGISTRY.search(text), path


@pytest.mark.parametrize(
    ("module", "slow"),
    [
        ("analytics.charts.relays", {"scipy.stats", "statsmodels", "plotly.express", "streamlit"}),
        ("analytics.measures.relays", {"scipy.stats", "statsmodels", "plotly", "streamlit"}),
        (
            "analytics.workflows.inventory",  # what `relais info` says
            {"analytics.store.lake", "analytics.store.catalogue", "streamlit", "pandas", "pyarrow", "numpy"},
        ),
    ],
)
def test_what_is_slow_to_import_is_not_imported(module, slow):
    command = [sys.executable, "-c", f"import {module}, sys; print(*sys.modules)"]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not set(loaded.split()) & slow


def sources(*starts: str) -> list[str]:
    """The Python files whose path starts so."""
    return [path.as_posix() for path in tracked_files() if path.suffix == ".py" and path.as_posix().startswith(starts)]


def imports_of(start: str, modules: set[str]) -> list[tuple[str, set[str]]]:
    """Which of the files whose path starts so import which of ``modules``."""
    return _with_any((path, imported(path) & modules) for path in sources(start))


def calls_of(start: str, functions: set[str]) -> list[tuple[str, set[str]]]:
    """Which of the files whose path starts so call which of ``functions``, by their last name."""
    return _with_any((path, called(path) & functions) for path in sources(start))


def _with_any(found: Iterable[tuple[str, set[str]]]) -> list[tuple[str, set[str]]]:
    return [(path, names) for path, names in found if names]


def imported(path: str) -> set[str]:
    """The first names of all that a file imports, wherever it does."""
    names = set()
    for node in _nodes(path):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def called(path: str) -> set[str]:
    """The last names of all that a file calls."""
    calls = [node.func for node in _nodes(path) if isinstance(node, ast.Call)]
    attributes = {call.attr for call in calls if isinstance(call, ast.Attribute)}
    return attributes | {call.id for call in calls if isinstance(call, ast.Name)}


def _nodes(path: str) -> Iterable[ast.AST]:
    return ast.walk(ast.parse((ROOT / path).read_text("utf-8")))
