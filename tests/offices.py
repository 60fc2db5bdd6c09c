"""A service with two offices, for the tests that need one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from analytics.domain.entries import Office
from analytics.domain.vocabulary import OFFICES

MONS, TOURNAI = "principal", "tournai"
HEADER = "N° dossier;École;Classe;Signalé le;Faits;CPMS contacté le;Clôturé le"


def two_offices(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of offices as a service with two has it."""
    offices = Office(code=MONS, label="Mons"), Office(code=TOURNAI, label="Tournai")
    monkeypatch.setattr(OFFICES, "_terms", {office.code: office for office in offices})


def register(*numbers: int, year: int = 2026, more: Mapping[int, Mapping[str, str]] | None = None) -> bytes:
    """A register of one case a week from 13 January, the CPMS called the day after; ``more`` changes cells of a number."""
    lines = [HEADER]
    for n in numbers:
        day = date(year, 1, 13) + timedelta(weeks=n % 15)
        row = {
            "N° dossier": str(n),
            "École": "Institut Saint-Exemple",
            "Classe": "S3",
            "Signalé le": f"{day}",
            "Faits": "Insultes",
            "CPMS contacté le": f"{day + timedelta(days=1)}",
            "Clôturé le": f"{day + timedelta(days=9)}",
        }
        row |= (more or {}).get(n, {})
        lines.append(";".join(row[name] for name in HEADER.split(";")))
    return "\n".join(lines).encode()
