"""A notebook, run from its first cell to its last and kept as one HTML file: for the service itself, or to leave.

What is computed from published figures alone tells nothing more than they do, so the attack that a release has withstood
covers it too. A copy that leaves is therefore made from a notebook that takes the public names of :data:`MAY_LEAVE` and
nothing else, run where the only store is a folder with one recorded release, and its text names no school and no case of
the records. This guards against a slip, not against an author who means harm and has the records anyway.
"""

from __future__ import annotations

import ast
import logging
import os
import re
import subprocess
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, nullcontext
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from analytics.disclosure.frames import last_record, published_period
from analytics.disclosure.release_records import write_folder
from analytics.documents.mark import internal_caption
from analytics.documents.notebook_html import notebook_html
from analytics.domain.errors import RefusedError, RelaisError
from analytics.domain.shipped import SHIPPED
from analytics.intake.anonymising import PSEUDONYM_LENGTH
from analytics.store import Snapshot, Store

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOKS = SHIPPED / "notebooks"
MAY_LEAVE = ("analytics.disclosure.frames", "analytics.charts.publications", "analytics.domain.french")
"""The modules of which a notebook that leaves may import what their ``__all__`` names: none of it reads a record."""
MAY_NOT_CALL = frozenset({"open", "exec", "eval", "compile", "input", "getattr", "globals", "vars", "get_ipython"})
CELL_SECONDS = 600
_WHOLE_TABLES = "import pandas; pandas.set_option('display.max_rows', None, 'display.max_columns', None)"

Progress = Callable[[float, str], None]


def notebook_path(name: str) -> Path:
    """A notebook of Relais by its number or its name, or one's own by its path; RefusedError when there is none."""
    own = Path(name)
    if own.suffix == ".ipynb" and own.is_file():
        return own
    listed = {path.stem: path for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    found = next((path for stem, path in listed.items() if name in (stem, stem[:2], stem[:2].lstrip("0"))), None)
    if found is None:
        raise RefusedError(f"Ce carnet n’existe pas. Il y a : {', '.join(listed)}.")
    return found


def internal_copy(
    store: Store,
    snapshot: Snapshot,
    name: str,
    settings: Mapping[str, str],
    progress: Progress = lambda share, what: None,
) -> bytes:
    """The notebook on the records of ``store``, of which ``snapshot`` is the current version: marked, for the service alone.

    RefusedError when a cell fails, a setting is not one of its parameters, or an import came in between.
    """
    notebook = _read(notebook_path(name))
    _set(notebook, settings)
    versions = store.versions
    _run(notebook, {"RELAIS_STORE": str(store.location.resolve())}, progress)
    if store.versions != versions:
        raise RefusedError("Les données ont changé pendant le calcul. Recommencez.")
    of = "données fictives" if snapshot.is_demo else "registre du service"
    return notebook_html(notebook, internal_caption(of, snapshot.as_of), {})


def leaving_copy(
    store: Store, name: str, period: str, settings: Mapping[str, str], progress: Progress = lambda share, what: None
) -> bytes:
    """The notebook on what is published of ``period``, and on nothing else: what may leave.

    RefusedError when nothing is published of it, or the notebook could tell more than the release does.
    """
    release = published_period(period, store.folder)
    notebook = _read(notebook_path(name))
    _set(notebook, settings)
    refuse_more_than_published(notebook)
    with store.snapshot() or nullcontext() as snapshot:
        if snapshot is not None and _names_someone(notebook, snapshot):
            raise RefusedError("Le texte ou le code de ce carnet nomme une école ou un dossier : sa copie ne sort pas.")
    with TemporaryDirectory() as folder:
        write_folder(Path(folder) / "releases" / f"0001-{period}", last_record(period, store.folder).files.items())
        (Path(folder) / "manifest").write_text(f"{'0' * 8}-{'0' * 32}.duckdb", encoding="ascii")  # a version not there
        missing = str(Path(folder) / "relais.key")
        _run(notebook, {"RELAIS_STORE": folder, "RELAIS_KEY": missing}, progress)
    mark = "Données fictives, pour essayer" if release.is_demo else "Chiffres publiés"
    return notebook_html(notebook, f"{mark} · {release.about['Période']}", release.about)


def refuse_more_than_published(notebook: NotebookNode) -> None:
    """RefusedError when a cell imports, or calls, what could read more than a recorded release."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        for found in _reaches_further(cell.source):
            raise RefusedError(
                f"La cellule {number} emploie {found} : ce carnet peut lire les dossiers, sa copie reste interne. Pour "
                "montrer des chiffres au dehors, partez du carnet 6, qui ne lit que ce qui est publié."
            )


def _reaches_further(source: str) -> Generator[str]:
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # a command of Jupyter's, or of the shell
        yield "une commande"
        return
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            public = import_module(node.module).__all__ if node.module in MAY_LEAVE else ()
            yield from (f"{alias.name} ({node.module})" for alias in node.names if alias.name not in public)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Name) and (node.id in MAY_NOT_CALL or node.id.startswith("__")):
            yield node.id
        elif isinstance(node, ast.Attribute) and node.attr.startswith("__"):
            yield node.attr


def _names_someone(notebook: NotebookNode, snapshot: Snapshot) -> bool:
    """Whether its text or code holds a school's name or code, or a case's pseudonym. A code of one to three digits reads
    as a number, and is not looked for.
    """
    schools = snapshot.table("schools")
    for text in (cell.source for cell in notebook.cells):
        words = set(re.findall(r"[\w-]+", text))
        if words & {code for code in schools["school_id"] if len(code) > 3 or not code.isdigit()}:
            return True
        if any(name.casefold() in text.casefold() for name in schools["name"].dropna() if len(name) > 3):
            return True
        if any(map(snapshot.holds, re.findall(rf"\b[A-Z2-7]{{{PSEUDONYM_LENGTH}}}\b", text))):
            return True
    return False


def _read(path: Path) -> NotebookNode:
    try:
        import nbformat
    except ImportError:
        raise RefusedError(
            "Les carnets demandent les outils de développement : lancez la commande par uv run."
        ) from None
    try:
        return nbformat.read(path, as_version=4)
    except Exception:
        raise RefusedError("Ce fichier n’est pas un carnet Jupyter.") from None


def _set(notebook: NotebookNode, settings: Mapping[str, str]) -> None:
    """Write ``settings`` under the parameters of the first code cell, where they take the place of what stands there."""
    for first in [cell for cell in notebook.cells if cell.cell_type == "code"][:1]:
        lines = [line for line in ast.parse(first.source).body if isinstance(line, ast.Assign)]
        known = {name.id: line.value for line in lines for name in line.targets if isinstance(name, ast.Name)}
        for name, word in settings.items():
            if name not in known:
                raise RefusedError(
                    f"Ce carnet n’a pas ce paramètre. Les siens : {', '.join(sorted(known)) or 'aucun'}. Les données se "
                    "choisissent par RELAIS_STORE."
                )
            first.source += f"\n{name} = {_value(name, word, known[name])!r}"


def _value(name: str, word: str, default: ast.expr) -> object:
    """``word`` in the type of the parameter's ``default``: text stays text, a list is written with commas, a number has to
    be one. Without a type, as None, it is Python where it can be: 4, 0.3, None.
    """
    if isinstance(default, ast.Tuple | ast.List):
        return tuple(filter(None, word.split(",")))
    kept = default.value if isinstance(default, ast.Constant) else None
    if isinstance(kept, str):
        return word
    try:
        value = ast.literal_eval(word)
    except (ValueError, SyntaxError):
        value = word
    if isinstance(kept, int | float) and not isinstance(value, int | float):
        raise RefusedError(f"Le paramètre {name} attend un nombre, par exemple {kept}.")
    return value


def _names(kind: type[Exception]) -> set[str]:
    """The names of an exception class and all that derive from it."""
    return {kind.__name__}.union(*map(_names, kind.__subclasses__()))


def _run(notebook: NotebookNode, environment: Mapping[str, str], progress: Progress) -> None:
    """Run every cell in a kernel of its own. RefusedError, with the cell's number and no value, when one fails."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    logging.getLogger("traitlets").setLevel(logging.CRITICAL)  # it would print a failing cell, values and all
    client = NotebookClient(notebook, timeout=CELL_SECONDS, resources={"metadata": {"path": str(NOTEBOOKS)}})
    named = [name for name in ("RELAIS_KEY", "RELAIS_DATA") if os.environ.get(name)]
    absolute = {name: str(Path(os.environ[name]).resolve()) for name in named}  # the kernel runs in another folder
    own = {**os.environ, **absolute, "PLOTLY_RENDERER": "plotly_mimetype", **environment}
    kernel = client.create_kernel_manager()
    with TemporaryDirectory() as folder, ExitStack() as running:
        if os.name != "nt":  # sockets that are files of our own: over TCP, the whole machine could listen
            kernel.transport, kernel.ip = "ipc", f"{folder}/kernel"
        running.enter_context(client.setup_kernel(env=own, stderr=subprocess.DEVNULL))
        assert client.kc is not None
        client.kc.execute(_WHOLE_TABLES, silent=True)
        for place, cell in enumerate(notebook.cells):
            progress(place / len(notebook.cells), f"Cellule {place + 1} sur {len(notebook.cells)}")
            try:
                client.execute_cell(cell, place)
            except CellExecutionError as error:
                why = error.evalue if error.ename in _names(RelaisError) else f"{error.ename}."
                raise RefusedError(f"La cellule {place + 1} du carnet a échoué : {why}") from None
            except (CellTimeoutError, DeadKernelError):
                raise RefusedError(f"La cellule {place + 1} du carnet n’a pas fini.") from None
