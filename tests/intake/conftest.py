"""Small registers, typed as a coordinator would."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from analytics.intake import Extract, Key, OwnWords, extract

SCHOOLS = """Code;Nom;Réseau;Niveau;Zone;Élèves;Délai CPMS
3000;Institut Hardy;Libre confessionnel;Secondaire;Mons;1175;5 j
3007;École Lebrun;Officiel communal;Fondamental;Ath;412;48 h
"""
DAY_FIRST = OwnWords(answers={"date_order": "day_first"})  # a row alone does not tell
GOOD_ROW = {
    "N° dossier": "2026/0001",
    "École": "3000",
    "Année d’études": "S3",
    "Signalé le": "12/01/2026 10:00",
    "Faits": "Insultes",
}


def _typed(*rows: Mapping[str, str], separator: str = ";", titles: str = "") -> bytes:
    filled = [GOOD_ROW | {"N° dossier": f"2026/{i:04d}"} | dict(row) for i, row in enumerate(rows, 1)]
    headers = list(dict.fromkeys(header for row in filled for header in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, headers, restval="", delimiter=separator)
    writer.writeheader()
    writer.writerows(filled)
    return (titles + buffer.getvalue()).encode()


def _take(content: bytes, schools: str | None = SCHOOLS, **options: Any) -> Extract:
    told = schools.encode() if schools else None
    options = {"as_of": date(2026, 6, 12), "own_words": DAY_FIRST} | options
    return extract(content, Key(b"test"), date(2026, 11, 22), schools_content=told, **options)


@pytest.fixture(scope="session")
def typed() -> Callable[..., bytes]:
    """A register in CSV: each row is a good one, with what is given instead; cases are numbered from 2026/0001."""
    return _typed


@pytest.fixture(scope="session")
def take() -> Callable[..., Extract]:
    """What the intake makes of a file, as of 12 June 2026 and with two schools unless said otherwise."""
    return _take


@pytest.fixture(scope="session")
def taken() -> Callable[..., Extract]:
    """What the intake makes of rows, typed as ``typed`` does."""
    return lambda *rows, **options: _take(_typed(*rows), **options)
