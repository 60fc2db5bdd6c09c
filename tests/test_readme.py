"""The README says what is: its commands work, its tree is the tree, its figures are those that were measured."""

import ast
import json
import re
import tomllib

from analytics.cli.commands import app
from analytics.workflows.notebooks import notebook_path
from tests.browser.driving import PAGES, START
from tests.repository import ROOT, tracked_files

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
COMMANDS, NOTEBOOK, PROGRAM, CADDYFILE, TREE = (block for kind, block in BLOCKS if kind in ("", "python"))


def test_the_command_that_starts_relais_is_the_one_that_the_browser_tests_use():
    assert COMMANDS.splitlines()[0] == f"uv run {START}"


def test_the_command_that_runs_the_tests_is_the_one_of_continuous_integration():
    called = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert COMMANDS.splitlines()[1] == called[-1]


def test_the_tree_is_the_tree_as_deep_as_it_is_shown():
    shown = drawn_tree()
    for folder, names in shown.items():
        assert names == children(folder), folder or "the top level"


def drawn_tree() -> dict[str, set[str]]:
    """The names that the README's tree shows in each folder that it opens, a folder's name with a slash."""
    shown: dict[str, set[str]] = {"": set()}
    folder = ""
    for line in TREE.splitlines():
        name = line.split()[0]
        if line.startswith("  "):
            shown.setdefault(folder, set()).add(name)
        else:
            shown[""].add(name)
            folder = name
    return shown


def children(folder: str) -> set[str]:
    """The tracked files and folders in a folder, but for what only makes it a package."""
    inside = [path.relative_to(folder) for path in tracked_files() if path.as_posix().startswith(folder)]
    names = {f"{path.parts[0]}/" if len(path.parts) > 1 else path.name for path in inside}
    return names - {"__init__.py"}


def test_each_command_is_told_and_each_told_command_exists():
    assert set(re.findall(r"`relais ([a-z]+)", README)) == {command.name for command in app.registered_commands}


def test_the_command_that_runs_a_notebook_names_one_and_a_parameter_of_it():
    number, setting = re.fullmatch(r"uv run relais notebook (\d) \S+\.html --set ([A-Z]+)=\d+\n", NOTEBOOK).groups()
    first = json.loads(notebook_path(number).read_text("utf-8"))["cells"][1]["source"]
    assert any(line.startswith(f"{setting} = ") for line in first)


def test_the_figures_of_what_leaves_are_those_that_were_measured():
    measured = tomllib.loads((ROOT / "data/disclosure_comparison.toml").read_text("utf-8"))
    rows = dict(re.findall(r"^\| (\d+) \| (\d.*) \|$", README, re.MULTILINE))
    assert {int(n_cases) for n_cases in rows} == {one["n_cases"] for one in measured["measures"]}
    for one in measured["measures"]:
        shown, threshold, rounded = rows[str(one["n_cases"])].split(" | ")
        assert shown.startswith(f"{one['shown']}, {one['exposed'] or 'none'}")
        assert threshold == f"{one['threshold_shown']}, {one['threshold_exposed']}"
        assert rounded == f"{one['base_5_error']}, {one['midpoint_6_error']}"
    assert f"{measured['n_schools']} schools" in README
    assert f"({measured['n_cells']} cells)" in README


def test_the_claims_are_those_that_were_measured():
    measured = tomllib.loads((ROOT / "data/claims.toml").read_text("utf-8"))["claims"]
    rows = [
        f"| {row['sentence']} | {row['promised']} | {row['measured']} | {'oui' if row['held'] else 'non'} |"
        for row in measured
    ]
    heading = "| ce que l’écran dit | promis | mesuré | tenu |\n| --- | --- | --- | --- |\n"
    assert heading + "\n".join(rows) + "\n\n" in README


def test_the_program_of_an_analyst_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("RELAIS_STORE", str(tmp_path))
    *before, last = ast.parse(PROGRAM).body
    assert isinstance(last, ast.Expr)
    names: dict[str, object] = {}
    exec(compile(ast.Module(before, []), "README", "exec"), names)
    table = eval(compile(ast.Expression(last.value), "README", "eval"), names)
    assert table.index.name == "Niveau"
    assert "2e degré" in table.index


def test_each_page_has_its_picture():
    for path, (title, _) in PAGES.items():
        picture = f"tests/browser/pictures/{path or 'vue-d-ensemble'}.png"
        assert f"![{title}]({picture})" in README
        assert 0 < (ROOT / picture).stat().st_size < 150_000


def test_each_file_that_is_linked_is_there():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_each_place_that_contributing_names_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w/.])(?:analytics|data|pages|tests|notebooks)/[\w./*]+\w", text))
    places = {place for place in named if "NAME" not in place and "NN" not in place and "*" not in place}
    assert len(places) > 15
    made_in_the_wheel = "analytics/_shipped"
    assert not [place for place in places - {made_in_the_wheel} if not (ROOT / place).exists()]
    known = {command.name for command in app.registered_commands}
    assert set(re.findall(r"relais ([a-z]+)", text)) <= known
