"""The two ways to fill a template."""

from __future__ import annotations

import io
from datetime import date

import pypdf
import pytest
from jinja2 import UndefinedError

from analytics.documents._templates import pdf, template

DIGEST = {"title": "Relais", "mark": "interne", "sections": [["École 👮 du \U0001f3eb", ["Rien."]]]}


def test_a_name_that_nothing_fills_is_an_error_and_values_are_escaped():
    with pytest.raises(UndefinedError):
        template("digest.html.jinja").render()
    page = template("digest.html.jinja").render(title="<b>", mark="", sections=[])
    assert "&lt;b&gt;" in page and "<b>" not in page


def test_each_character_that_the_fonts_lack_is_a_square():
    (page,) = pypdf.PdfReader(io.BytesIO(pdf("digest.typ", date(2026, 11, 22), DIGEST))).pages
    assert "École □ du □" in page.extract_text()


def test_the_same_content_and_day_give_the_same_bytes():
    made = [pdf("digest.typ", date(2026, 11, day), DIGEST) for day in (22, 22, 23)]
    assert made[0] == made[1] != made[2]
