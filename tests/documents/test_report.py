"""The annual report: its sentences and charts come from the tables alone, and say what cannot be shown."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from xml.etree import ElementTree

import pytest
from docx import Document
from pypdf import PdfReader

from analytics.disclosure.published import Cell, Table
from analytics.documents.report import Report, written_report
from analytics.documents.report_docx import report_docx
from analytics.documents.report_pdf import report_pdf
from analytics.domain.french import typeset

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


def test_a_chart_has_its_finding_as_title_and_the_summary_says_it_too():
    made = report(counted(Cell(30), Cell(12), Cell(42)))
    assert [picture.finding for picture in made.pictures] == ["Type : surtout « Insultes » (30 sur 42)"]
    assert "Incidents signalés : 42." in made.summary[0]
    assert made.pictures[0].finding + "." in made.summary


@pytest.mark.parametrize(("upper", "said"), [(20, "surtout"), (30, "parmi les nombres"), (None, "parmi les nombres")])
def test_what_is_suppressed_may_be_the_most_and_is_then_not_passed_over(upper, said):
    (picture,) = report(counted(Cell(30), Cell(None, 1, upper), Cell(50))).pictures
    assert said in picture.finding


def test_when_nothing_can_be_shown_it_says_so_and_counts_what_is_withheld():
    made = report(counted(Cell(None, 1, 4), Cell(None, 1, 4), Cell(6)), refused=("Écoles",))
    assert made.pictures[0].finding == "Type : trop petit pour être montré"
    assert made.summary[-1].startswith("2 nombres sur 3 ne sont pas montrés")
    assert made.missing == ["« Écoles » n’est pas montré : trop de ses nombres sont trop petits."]


def test_the_relays_are_told_from_the_slowest_to_the_fastest():
    (picture,) = [p for p in report(SHARES).pictures if "délai" in p.counted]
    assert picture.finding.replace("\u202f", " ") == "Dans le délai : de 20 % (Police 👮) à 60 % (CPMS)"


def test_the_word_document_opens_with_headings_alternative_texts_and_its_mark():
    made = report(counted(Cell(30), Cell(12), Cell(42)), SHARES, mark="interne – ne pas diffuser", refused=("Écoles",))
    content = report_docx(made)
    word = Document(io.BytesIO(content))
    headings = [p.text for p in word.paragraphs if p.style.name.startswith(("Heading", "Title"))]
    assert headings[1:4] == ["En bref", "Ce que montrent les chiffres", typeset(made.pictures[0].finding)]
    assert word.sections[0].header.paragraphs[0].text == "interne – ne pas diffuser"
    assert len(word.tables) == 2
    tree = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml"))
    described = [element.get("descr") for element in tree.iter() if element.tag.endswith("}docPr")]
    assert described == [picture.alternative for picture in made.pictures]
    assert "toml" not in "".join(p.text for p in word.paragraphs).lower()


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
    assert report_docx(made)
