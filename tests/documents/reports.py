"""Small reports that tests read."""

from __future__ import annotations

from datetime import date

from analytics.disclosure.published import Cell, Table
from analytics.documents.report import Report, written_report

DAY = date(2026, 10, 1)


def counted(*cells: Cell) -> Table:
    labels = [("Insultes",), ("Menaces",), ("Total",)]
    return Table(
        "t", "Types", "incidents", (1, 1), ("incident_type",), ("Type",), {}, dict(zip(labels, cells, strict=True))
    )


SHARES = Table(
    "r",
    "Relais",
    "relays",
    (1, 1),
    ("relay", "timeliness"),
    ("Relais", "Délai"),
    {},
    {
        ("CPMS", "Dans le délai"): Cell(6, share=0.6),
        ("CPMS", "Total"): Cell(10),
        ("Police 👮", "Dans le délai"): Cell(2, share=0.2),
        ("Police 👮", "Total"): Cell(10),
    },
)


def report(*tables: Table, mark: str = "", refused: tuple[str, ...] = ()) -> Report:
    return written_report(
        "année scolaire 2025-2026", mark, DAY, tables, refused, {"Règles": "Rien.", "Méthode": "Oui."}
    )
