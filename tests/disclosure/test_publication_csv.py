"""The CSV that leaves: what it is first, and as a Belgian spreadsheet opens it."""

from __future__ import annotations

import re

import pytest

from analytics.disclosure.publication_csv import table_csv
from analytics.disclosure.published import SUPPRESSED
from tests.released import release


@pytest.fixture(scope="module", params=[table.code for table in release().tables])
def text(request) -> str:
    table = next(table for table in release().tables if table.code == request.param)
    return table_csv(release(), table).decode("utf-8")


def test_it_opens_as_a_belgian_spreadsheet_expects(text):
    assert text.startswith("\ufeffTableau;")
    assert not re.search(r";-?\d+\.\d+(;|\r)", text)
    assert SUPPRESSED not in text or f";{SUPPRESSED};" in text


def test_it_says_first_what_it_is(text):
    first = text.split("\r\n\r\n")[0]
    assert [line.split(";")[0] for line in first.lstrip("\ufeff").split("\r\n")] == [
        *("Tableau", "Du", "Au", "Version", "Période", "Publié le"),
        *("Ce qui est compté", "Règles", "Méthode", "Certificat"),
    ]
