"""The annual report as a Word document: real headings, alternative texts, repeated table headings; to be edited."""

from __future__ import annotations

import io
from datetime import datetime

import typst
from docx import Document
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from analytics.disclosure.published import Table
from analytics.documents.publication_layout import text_grid
from analytics.documents.report import Picture, Report
from analytics.domain.french import long_day, typeset

TWICE = 192  # pixels an inch, twice those of a screen


def report_docx(report: Report) -> bytes:
    """The report to open, complete and sign in Word."""
    word = Document()
    _set_up(word, report)
    word.add_heading(typeset(report.title), 0)
    word.add_paragraph(f"Rapport écrit le {long_day(report.made_on)}")
    word.add_heading("En bref", 1)
    for sentence in report.summary:
        word.add_paragraph(typeset(sentence), style="List Bullet")
    for sentence in report.missing:
        word.add_paragraph(typeset(sentence))
    word.add_heading("Ce que montrent les chiffres", 1)
    for picture in report.pictures:
        _add_picture(word, picture)
    word.add_heading("Commentaires du service", 1)
    word.add_paragraph("À compléter.")
    _turn(word)
    word.add_heading("Les tableaux", 1)
    for table in report.tables:
        _add_table(word, table)
    word.add_heading("Comment ces chiffres sont faits", 1)
    for heading, text in report.about:
        word.add_paragraph().add_run(typeset(heading)).bold = True
        word.add_paragraph(typeset(text))
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()


def _set_up(word: Word, report: Report) -> None:
    """A4, French (Belgium), the mark in the margin of each page."""
    day = report.made_on
    word.core_properties.title, word.core_properties.author = typeset(report.title), "Relais"
    word.core_properties.language = "fr-BE"
    word.core_properties.created = word.core_properties.modified = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (no zone)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-BE")
    word.styles["Normal"].element.get_or_add_rPr().append(language)
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    mark = section.header.paragraphs[0].add_run(report.mark)
    mark.bold, mark.font.color.rgb, mark.font.size = True, RGBColor(0xA3, 0x16, 0x1A), Pt(9)


def _turn(word: Word) -> None:
    """A new part, on wide pages."""
    section = word.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width


def _add_picture(word: Word, picture: Picture) -> None:
    word.add_heading(typeset(picture.finding), 2)
    if not picture.svg:
        return
    source = '#set page(width: 680pt, height: auto, margin: 4pt)\n#set text(font: "Libertinus Serif")\n'
    source += "#image(bytes(sys.inputs.svg), width: 100%)"
    image = typst.compile(
        source.encode(), format="png", ppi=TWICE / 2, ignore_system_fonts=True, sys_inputs={"svg": picture.svg}
    )
    word.add_paragraph(typeset(picture.counted))
    shape = word.add_picture(io.BytesIO(bytes(image)), width=Cm(16.5))
    shape._inline.docPr.set("descr", picture.alternative)  # python-docx has no name for the alternative text


def _add_table(word: Word, table: Table) -> None:
    word.add_heading(table.title, 2)
    headings, lines = text_grid(table)
    drawn = word.add_table(1, len(headings), style="Light List Accent 1")
    repeated = OxmlElement("w:tblHeader")
    drawn.rows[0]._tr.get_or_add_trPr().append(repeated)
    for cell, heading in zip(drawn.rows[0].cells, headings, strict=True):
        cell.text = heading
    for line in lines:
        for cell, text in zip(drawn.add_row().cells, line, strict=True):
            cell.text = typeset(text)
    for paragraph in (p for row in drawn.rows for cell in row.cells for p in cell.paragraphs):
        paragraph.paragraph_format.space_after = Pt(0)
        for run in paragraph.runs:
            run.font.size = Pt(8)
