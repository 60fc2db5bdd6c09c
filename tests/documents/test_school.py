"""The sheet of a school as a file."""

from __future__ import annotations

import io
from datetime import date

import pypdf

from analytics.disclosure.published import Cell
from analytics.documents.school import Bars, Rows, SchoolSheet, school_pdf

SHEET = SchoolSheet(
    "Athénée du Parc",
    ["WBE", "Mons"],
    "interne – ne pas diffuser",
    date(2026, 6, 15),
    [("Dossiers", "12", "dont 2 ouverts")],
    [Bars("Par type", "Surtout des insultes.", {"Insultes": Cell(9), "Menaces": Cell(3)})],
    [Rows("Étapes", "Médianes.", ["Étape", "Délai"], [["CPMS", "24 h"]])],
    "Comment lire.",
)


def test_figures_charts_and_tables_stand_on_one_tagged_page_with_its_mark():
    document = pypdf.PdfReader(io.BytesIO(school_pdf(SHEET)))
    (page,) = document.pages
    words = " ".join(page.extract_text().split())
    for part in ("Athénée du Parc", "WBE · Mons", "dont 2 ouverts", "Surtout des insultes.", "CPMS", "ne pas diffuser"):
        assert part in words
    assert "/StructTreeRoot" in document.trailer["/Root"]


def test_the_same_sheet_gives_the_same_bytes():
    assert school_pdf(SHEET) == school_pdf(SHEET)
