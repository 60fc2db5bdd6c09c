"""The annual report as a tagged A4 PDF."""

from __future__ import annotations

from dataclasses import asdict

from analytics.documents._templates import pdf
from analytics.documents.publication_pdf import table_content
from analytics.documents.report import Report
from analytics.domain.french import long_day, typeset


def report_pdf(report: Report) -> bytes:
    """The same report always gives the same bytes."""
    content = {
        "title": typeset(report.title),
        "mark": report.mark,
        "made_on": long_day(report.made_on),
        "summary": [typeset(sentence) for sentence in report.summary],
        "missing": [typeset(sentence) for sentence in report.missing],
        "pictures": [{name: typeset(text) for name, text in asdict(picture).items()} for picture in report.pictures],
        "tables": [table_content(table) for table in report.tables],
        "about": [[heading, typeset(text)] for heading, text in report.about],
    }
    return pdf("report.typ", report.made_on, content)
