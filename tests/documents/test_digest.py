"""The digest as a file: its sentences under their headings, marked."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pypdf
import pytest

from analytics.documents.digest import Digest, digest_document

DIGEST = Digest(
    {"Nouveau": ["11 nouveaux dossiers & 2 menaces."], "En attente": ["Rien n’attend."]},
    date(2026, 6, 26),
    date(2026, 11, 23),
    is_demo=False,
)


def words_of(digest: Digest, suffix: str) -> str:
    content = digest_document(digest, suffix)
    if suffix == ".html":
        return content.decode()
    (page,) = pypdf.PdfReader(io.BytesIO(content)).pages
    return page.extract_text()


@pytest.mark.parametrize(("suffix", "written"), [(".pdf", "& 2"), (".html", "&amp; 2")])
def test_sentences_stand_in_order_under_their_headings_with_the_mark_and_both_days(suffix, written):
    words = words_of(DIGEST, suffix)
    places = [words.index(part) for part in ("Nouveau", "11 nouveaux", "En attente", "Rien n’attend.")]
    assert places == sorted(places)
    assert written in words
    assert "interne – ne pas diffuser · situation au 26 juin 2026 · écrit le 23 novembre 2026" in " ".join(
        words.split()
    )
    assert "fictives" not in words
    assert "Données fictives" in words_of(replace(DIGEST, is_demo=True), suffix)


def test_the_same_digest_gives_the_same_bytes_and_no_other_form():
    assert digest_document(DIGEST, ".pdf") == digest_document(DIGEST, ".pdf")
    with pytest.raises(ValueError, match="docx"):
        digest_document(DIGEST, ".docx")
