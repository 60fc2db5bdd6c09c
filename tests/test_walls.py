"""The walls of the design: what a part may import, hold and name."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repository import ROOT, tracked_files

SOURCES = {
    path.as_posix(): (ROOT / path).read_text(encoding="utf-8") for path in tracked_files() if path.suffix == ".py"
}
ANALYTICS = [name for name in SOURCES if name.startswith("analytics/")]
CHARTS = [name for name in ANALYTICS if name.startswith("analytics/charts/")]
MEASURES = [name for name in ANALYTICS if name.startswith("analytics/measures/")]
# The schema derives from its columns the statement that creates a table.
STORE = [name for name in ANALYTICS if name.startswith(("analytics/store/", "analytics/domain/schema.py"))]
PAGES = [name for name in SOURCES if name.startswith("pages/")]

MOST_LINES = 400
SQL = re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|CREATE\s+(TABLE|VIEW)|ATTACH\s+'|COPY\s.+\sTO)\b", re.DOTALL)
MACHINE_PATH = re.compile(r"(?<![\w.<])/(home|work|root|Users|mnt|opt)/\w|\b[A-Z]:\\\\?\w")
REGISTRY = re.compile(r"(pypi|pythonhosted|npmjs|deb\.debian)[.]org")  # in parts, so that this file names none


@pytest.mark.parametrize("name", ANALYTICS)
def test_analytics_never_imports_streamlit_nor_a_page(name):
    assert not imported(name) & {"streamlit", "pages"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_no_sql_no_grouping_and_no_figure_code(name):
    assert not imported(name) & {"duckdb", "scipy"}
    assert not called(name) & {"execute", "sql", "groupby", "pivot_table", "add_trace", "update_layout"}
    assert not SQL.search(SOURCES[name])
    # show_chart takes a figure, and says so by its type; only a chart makes one.
    assert name == "pages/_widgets/chart.py" or "plotly" not in imported(name)
    assert not called(name) & {"Figure", "Scatter", "Bar", "Heatmap"}


@pytest.mark.parametrize("name", [name for name in SOURCES if name not in STORE and not name.startswith("tests/")])
def test_sql_is_in_the_store_alone(name):
    assert not SQL.search(SOURCES[name])
    assert "duckdb" not in imported(name)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_reads_no_store(name):
    assert "duckdb" not in imported(name)
    assert not imported_modules(name) & {"analytics.store", "analytics.workflows", "analytics.intake"}


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_opens_no_file_reads_no_clock_and_draws_nothing(name):
    assert not imported(name) & {"plotly", "duckdb", "pathlib", "time"}
    assert not called(name) & {"open", "read_text", "read_csv", "now", "today", "utcnow"}


@pytest.mark.parametrize("name", SOURCES)
def test_a_module_can_be_held_in_mind(name):
    assert len(SOURCES[name].splitlines()) <= MOST_LINES


def test_no_file_names_a_place_on_a_machine_or_a_registry_of_packages():
    for path in tracked_files():
        text = (ROOT / path).read_bytes().decode("utf-8", "ignore")
        if path.suffix not in (".png", ".xlsx") and path != Path("tests/test_walls.py"):
            assert not MACHINE_PATH.search(text), path
            assert not REGISTRY.search(text), path


@pytest.mark.parametrize("module", ["analytics.cli.commands", "analytics.charts.relays", "analytics.measures.relays"])
def test_what_is_slow_to_import_is_not_imported(module):
    command = f"import {module}, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert not set(loaded.split()) & {"scipy.stats", "statsmodels", "plotly.express", "streamlit"}


def test_the_command_line_shows_its_help_without_pandas():
    command = "import analytics.cli.commands, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert not set(loaded.split()) & {"pandas", "duckdb", "plotly", "faker"}


def imported(name: str) -> set[str]:
    """The first names of all that a file imports, wherever it does."""
    return {module.split(".")[0] for module in imported_modules(name)}


def imported_modules(name: str) -> set[str]:
    modules = set()
    for node in nodes(name):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return modules


def called(name: str) -> set[str]:
    """The last names of all that a file calls."""
    calls = [node.func for node in nodes(name) if isinstance(node, ast.Call)]
    return {call.attr for call in calls if isinstance(call, ast.Attribute)} | {
        call.id for call in calls if isinstance(call, ast.Name)
    }


def nodes(name: str) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(SOURCES[name]))
