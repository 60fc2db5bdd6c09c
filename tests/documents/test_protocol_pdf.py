"""The protocol and the parents' sheet on paper: few pages, readable by everyone."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import pypdf

from analytics.documents import parents_pdf, protocol_pdf
from analytics.protocol import protocol

TODAY = date(2026, 11, 22)
STALE = date(2028, 1, 1)


def pages(pdf: bytes) -> int:
    return len(pypdf.PdfReader(BytesIO(pdf)).pages)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def pdf_text(pdf: bytes) -> str:
    return plain(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages))


def test_the_protocol_is_two_pages_even_when_every_number_is_to_be_confirmed():
    assert pages(protocol_pdf(protocol(), TODAY)) == 2
    assert pages(protocol_pdf(protocol(), STALE)) == 2


def test_the_pdf_is_tagged_searchable_and_its_fonts_are_inside():
    reader = pypdf.PdfReader(BytesIO(protocol_pdf(protocol(), TODAY)))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"].lower() == "fr-be"
    assert b"pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].get_object().values():
            descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & descriptor.keys()


def test_every_entry_is_on_paper_with_what_not_to_do():
    text = pdf_text(protocol_pdf(protocol(), TODAY))
    for entry in protocol().entries.values():
        assert plain(entry.action) in text, entry.code
        assert all(plain(each) in text for each in entry.avoid), entry.code


def test_a_stale_number_says_so_on_paper():
    assert "Non vérifié depuis plus d’un an (dernière fois le 22/11/2026)" in pdf_text(protocol_pdf(protocol(), STALE))


def test_a_public_address_is_printed_beside_its_code():
    public = replace(protocol(), public_address="https://mediation.example/protocole.html")
    assert "https://mediation.example/protocole.html" in pdf_text(protocol_pdf(public, TODAY))
    assert pages(protocol_pdf(public, TODAY)) == 2


def test_the_parents_sheet_is_one_page_without_our_marks_and_with_room_for_the_school():
    pdf = parents_pdf(protocol(), STALE)
    text = pdf_text(pdf)
    assert pages(pdf) == 1
    assert all(plain(line.text) in text for line in protocol().parents_sheet)
    assert "École :" in text
    assert "Qui y appeler" in text
    assert "à valider par le service" in text
    assert not re.search(r"\bP\d|complément|confirmer|vérifié", text, re.IGNORECASE)
