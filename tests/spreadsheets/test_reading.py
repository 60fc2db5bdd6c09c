"""Careless and hostile spreadsheets. The floor is tests/reference/17_import_traps.json, with its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.spreadsheets.reading import MAX_FILE_BYTES, RefusedFileError, Sheet, read
from analytics.spreadsheets.sheets import MAX_COLUMNS, MAX_ROWS

NASTY = Path(__file__).parents[1] / "files" / "nasty"


def nasty(name: str) -> list[Sheet]:
    return read((NASTY / name).read_bytes())


# CSV


@pytest.mark.parametrize("name", ["bom.csv", "cp1252.csv", "utf16.csv"])
def test_accents_survive_every_encoding_that_spreadsheets_write(name):
    (sheet,) = nasty(name)
    assert sheet.rows[0][0] == "école"
    assert str(sheet.rows[1][0]).startswith("Athénée")


def test_nothing_is_guessed_from_the_text_of_a_cell():
    assert [row[0] for row in nasty("na.csv")[0].rows] == ["code", "NA", "null", "None", "001", "1e5"]


@pytest.mark.parametrize(
    ("name", "reason"), [("quote.csv", "guillemet"), ("nul.csv", "octets nuls")], ids=["open quote", "NUL byte"]
)
def test_a_csv_that_would_be_read_wrongly_is_refused(name, reason):
    with pytest.raises(RefusedFileError, match=reason):
        nasty(name)


def test_an_unknown_encoding_is_refused_by_its_name():
    with pytest.raises(RefusedFileError, match="encodage"):
        read(b"\xe9cole;\x81\x8d\x8f\n")


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_separator_is_told_from_the_rows_and_not_from_a_talkative_remark(separator):
    remark = '"' + "a,b;c\td" * 20 + '"'
    lines = ["Registre du service", f"n{separator}école{separator}remarque"]
    lines += [f"{i}{separator}3000{separator}{remark}" for i in range(5)]
    (sheet,) = read("\n".join(lines).encode())
    assert sheet.rows[1] == ["n", "école", "remarque"]


def test_titles_and_addresses_with_a_comma_do_not_make_it_the_separator():
    lines = [
        "Service, registre",
        "Interne, confidentiel",
        "n;école;adresse",
        "1;3000;Rue du Nord, 5",
        "2;3000;Rue du Sud, 6",
    ]
    assert read("\n".join(lines).encode())[0].rows[2] == ["n", "école", "adresse"]


def test_an_open_quote_is_told_by_the_line_before_it():
    with pytest.raises(RefusedFileError, match="dans ce qui suit la ligne 2"):
        read(b'a;b\n1;2\n3;"4\n5;6\n')


def test_a_damaged_utf_8_is_refused_rather_than_shown_with_the_wrong_accents():
    with pytest.raises(RefusedFileError, match="encodage"):
        read("école;élève\n".encode() + b"\xe9t\xe9\n")


def test_a_quoted_cell_keeps_its_separators_and_new_lines():
    assert read(b'a;b\n"x;y";"p\nq"\n')[0].rows[1] == ["x;y", "p\nq"]


def test_ragged_rows_are_filled_up():
    assert read(b"a;b;c\n1;2\n1;2;3;4\n")[0].rows == [["a", "b", "c", ""], ["1", "2", "", ""], ["1", "2", "3", "4"]]


@pytest.mark.parametrize("content", [b"a\n" * (MAX_ROWS + 2), b"a\n" + b";" * (MAX_COLUMNS + 1)], ids=["long", "wide"])
def test_a_csv_without_measure_is_refused(content):
    with pytest.raises(RefusedFileError, match="loin du registre"):
        read(content)


# Workbooks


@pytest.mark.parametrize("content", [b"", b" \n\t"])
def test_an_empty_file_is_said_to_be_empty(content):
    with pytest.raises(RefusedFileError, match="vide"):
        read(content)


def test_a_file_over_the_limit_is_refused():
    with pytest.raises(RefusedFileError, match="50 Mo"):
        read(b"x" * (MAX_FILE_BYTES + 1))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7\n...", "un document PDF"),
        (b"{\\rtf1 registre}", "traitement de texte"),
        (b"\x89PNG\r\n\x1a\n", "une image"),
        ("\n <HTML><body><table><tr><td>é".encode("cp1252"), "une page web"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "un fichier XML"),
        (b"n|faits|date\n1|Insultes, Menaces|12/01/2026\n2|Menaces|13/01/2026\n", r"séparées par « \| »"),
    ],
    ids=["PDF", "RTF", "image", "web page", "XML", "bars"],
)
def test_what_is_no_table_is_refused_for_what_it_is(content, what):
    with pytest.raises(RefusedFileError, match=what):
        read(content)


def test_a_cell_may_hold_bars_where_another_separator_cuts_the_rows():
    assert read(b"n;faits\n1;Insultes | Menaces\n2;Insultes | Menaces\n")[0].rows[1] == ["1", "Insultes | Menaces"]


# Bombs


# OpenDocument
