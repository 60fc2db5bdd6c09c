"""The publication as a tagged PDF."""

from __future__ import annotations

import io

from pypdf import PdfReader

from analytics.documents.publication_pdf import publication_pdf
from tests.released import release


def test_it_is_tagged_and_holds_every_table():
    reader = PdfReader(io.BytesIO(publication_pdf(release())))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert all(table.title in text for table in release().tables)
