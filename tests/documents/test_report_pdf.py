"""The report as a tagged PDF."""

from __future__ import annotations

import io

from pypdf import PdfReader

from analytics.disclosure.published import Cell
from analytics.documents.report_pdf import report_pdf
from tests.documents.reports import SHARES, counted, report


def test_the_pdf_is_tagged_says_the_same_and_bears_its_mark_on_each_page():
    made = report(counted(Cell(30), Cell(12), Cell(42)), SHARES, mark="interne – ne pas diffuser")
    assert report_pdf(made) == report_pdf(made)
    pages = PdfReader(io.BytesIO(report_pdf(made)))
    texts = [page.extract_text() for page in pages.pages]
    assert all("ne pas diffuser" in text for text in texts)
    assert "surtout" in texts[0]
    assert "/StructTreeRoot" in pages.trailer["/Root"]


def test_a_report_without_a_table_still_says_why():
    made = report(refused=("Types",))
    assert "Types" in PdfReader(io.BytesIO(report_pdf(made))).pages[0].extract_text()
