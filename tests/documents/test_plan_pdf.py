"""The plan on one page."""

from __future__ import annotations

import re
from io import BytesIO

import pypdf

from analytics.documents.plan_pdf import plan_pdf
from tests.planned import edition


def test_the_summary_is_one_page_and_says_what_it_does_not():
    reader = pypdf.PdfReader(BytesIO(plan_pdf(edition())))
    assert len(reader.pages) == 1
    text = re.sub(r"\s+", " ", reader.pages[0].extract_text())
    assert "Programme de prévention 2026-2027" in text
    assert "données fictives" in text
    assert "Une séance prévue n’est pas une séance donnée" in text
