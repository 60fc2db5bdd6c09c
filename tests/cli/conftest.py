"""Commands as a terminal calls them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analytics.cli.commands import main
from tests.cli.calling import HEADERS, Answer


@pytest.fixture
def relais(tmp_path, monkeypatch, capfd) -> Callable[..., Answer]:
    """Runs a command in a folder of its own, with a store and a key of its own; narrow spaces read as plain ones."""
    monkeypatch.setenv("RELAIS_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("RELAIS_KEY", str(tmp_path / "relais.key"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Answer:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Answer(code, out.replace("\u202f", " "), err.replace("\u202f", " "))

    return run


@pytest.fixture
def register(tmp_path) -> Callable[..., Path]:
    """Writes a small register as CSV, and the schools beside it as ``ecoles.csv``."""
    (tmp_path / "ecoles.csv").write_text("Code;Nom\nA1;Athénée du Parc\n", encoding="utf-8")

    def write(*rows: str, headers: str = HEADERS) -> Path:
        path = tmp_path / "registre.csv"
        path.write_text("\n".join(["Extrait du 12/06/2026", headers, *rows]), encoding="utf-8")
        return path

    return write
