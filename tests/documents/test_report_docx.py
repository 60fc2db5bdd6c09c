"""The report as a Word document."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

from docx import Document

from analytics.disclosure.published import Cell
from analytics.documents.report_docx import report_docx
from analytics.domain.french import typeset
from tests.documents.reports import SHARES, counted, report


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


def test_a_report_without_a_table_still_says_why():
    word = Document(io.BytesIO(report_docx(report(refused=("Types",)))))
    assert any("Types" in paragraph.text for paragraph in word.paragraphs)
