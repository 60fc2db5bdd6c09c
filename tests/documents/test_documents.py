"""The protocol on paper and as a file: whole, small, readable by everyone."""

import re
from datetime import date
from io import BytesIO

import pypdf
import pytest

from analytics.documents import parents_pdf, protocol_html, protocol_pdf, write_protocol
from analytics.protocol import FACTS, Situation, protocol

TODAY = date(2026, 11, 22)
QUIET = Situation(frozenset({"insults"}), minor=False, images=False, threat=False, told=frozenset({"cpms"}))
WORST = Situation(frozenset(FACTS), minor=True)


def pdf_text(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_html_file_holds_every_entry_and_its_anchor():
    html = protocol_html(TODAY)
    for entry in protocol().entries.values():
        assert f'id="{entry.anchor}"' in html, entry.code
        assert entry.action.replace("'", "’") in html, entry.code


def test_the_html_file_is_light_and_needs_nothing_from_outside():
    html = protocol_html(TODAY)
    assert len(html.encode()) < 300_000
    assert not re.search(r"<script|<iframe|@import|src=|url\(", html)
    assert re.findall(r'<link[^>]*href="([^"]*)"', html) == ["data:,"]


def test_each_anchor_of_the_html_file_is_used_once():
    anchors = re.findall(r' id="([^"]+)"', protocol_html(TODAY))
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', protocol_html(TODAY))) <= set(anchors)


def test_french_signs_keep_to_their_word_in_the_html_file():
    text = re.sub(r"<style>.*?</style>|<[^>]+>", "", protocol_html(TODAY), flags=re.DOTALL)
    assert re.findall(r".{12} [:;?!»]|« .{12}", text) == []


@pytest.mark.parametrize("situation", [Situation(), QUIET, WORST])
def test_the_protocol_is_two_pages_at_most(situation):
    assert len(pypdf.PdfReader(BytesIO(protocol_pdf(TODAY, situation))).pages) <= 2


def test_the_pdf_is_tagged_searchable_and_its_fonts_are_inside():
    reader = pypdf.PdfReader(BytesIO(protocol_pdf(TODAY)))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"].lower() == "fr-be"
    assert b"pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].get_object().values():
            descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & descriptor.keys()


def test_the_pdf_names_every_step_with_accents_right():
    text = pdf_text(protocol_pdf(TODAY))
    for step in protocol().steps:
        assert plain(step.label) in text
        assert plain(step.action) in text


def test_a_situation_tailors_both_forms():
    for text in (protocol_html(TODAY, QUIET), pdf_text(protocol_pdf(TODAY, QUIET))):
        assert "encourage à porter plainte" not in text
        assert "parce que tu es mineur" not in text
        assert 'id="plainte-encouragee"' not in text
        assert "élève majeur" in text


def test_the_hour_of_a_ticked_box_is_printed():
    assert "fait à 10 h 42" in pdf_text(protocol_pdf(TODAY, Situation(), (("cpms", "10\u202fh\u202f42"),)))


def test_the_parents_sheet_is_one_page_and_says_that_it_is_a_proposal():
    pdf = parents_pdf(TODAY)
    text = pdf_text(pdf)
    assert len(pypdf.PdfReader(BytesIO(pdf)).pages) == 1
    assert "Proposition à valider par le service" in text
    for line in protocol().parents_sheet:
        assert plain(line.text) in text


def test_a_stale_number_says_so_on_paper():
    assert "Numéro non vérifié depuis plus d’un an (dernière fois le 22/11/2026)" in pdf_text(
        protocol_pdf(date(2028, 1, 1))
    )


@pytest.mark.parametrize(("name", "start"), [("p.html", b"<!doctype html>"), ("P.PDF", b"%PDF")])
def test_the_suffix_chooses_the_form(tmp_path, name, start):
    write_protocol(tmp_path / name, TODAY)
    assert (tmp_path / name).read_bytes().lstrip().startswith(start)


@pytest.mark.parametrize("name", ["p.docx", "p"])
def test_another_suffix_is_refused_in_french(tmp_path, name):
    with pytest.raises(ValueError, match="Le protocole s’écrit en"):
        write_protocol(tmp_path / name, TODAY)
    assert list(tmp_path.iterdir()) == []
