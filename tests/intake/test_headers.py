"""What a header says, whatever its number, gender, accents and lines."""

from __future__ import annotations

import pytest

from analytics.intake import RefusedFileError
from analytics.intake.headers import header_key
from analytics.intake.mapping import REGISTER, SCHOOLS, OwnWords
from analytics.intake.weighing import lay_out, lay_out_register
from analytics.spreadsheets.reading import read
from analytics.spreadsheets.writing import Book
from tests.intake.small import BEGIN, CASE, columns_of


@pytest.mark.parametrize(
    "headers",
    [
        "N° dossier;École;Signalé le;Faits",
        "n dossier ;ECOLE; signale  LE;faits:",
        "Numéro de dossier;Établissement;Date du signalement;Type d’incident",
        "N° de dossier (obligatoire);Établissements;Signalés le (date et heure);Fait(s)",
    ],
    ids=["as in the template", "case, accents, spaces, punctuation", "synonyms", "number and brackets"],
)
def test_headers_are_compared_by_what_they_mean(headers):
    assert columns_of(headers) == {"case_number": 0, "school": 1, "reported": 2, "incidents": 3}


@pytest.mark.parametrize("fields", [REGISTER, SCHOOLS], ids=["register", "schools"])
def test_no_header_means_two_columns(fields):
    words = [(header_key(word), field.code) for field in fields for word in {field.header, *field.synonyms}]
    meanings = {word: {code for other, code in words if other == word} for word, _ in words}
    assert {word: codes for word, codes in meanings.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Médiation scolaire contacté le", "step:school_mediation"),
        ("Parent contacté le (jj/mm/aaaa)", "step:parents"),
        ("Date : CPMS contacté le", "step:cpms"),
        ("Police avertie", "step:police_contact"),
        ("Date PO", "step:controlling_authority"),
        ("Contact CPMS", "step:cpms"),
        ("Mineur(e)", "minor"),
        ("Mineur (O/N)", "minor"),
        ("Signalé par (nom)", None),
        ("Parents (nom)", None),
        ("Élève", None),
    ],
)
def test_number_gender_and_the_form_of_an_answer_do_not_count_in_a_header_and_a_name_does(header, code):
    columns = columns_of(f"N° dossier;École;Signalé le;Faits;{header}")
    assert [found for found, column in columns.items() if column == 4] == ([code] if code else [])


def test_headers_on_two_lines_are_read_where_the_first_is_merged_over_both():
    book = Book()
    sheet = book.workbook.add_worksheet("Registre")
    for column, header in enumerate(["N° dossier", "École", "Signalé le", "Faits"]):
        sheet.merge_range(1, column, 2, column, header)
    sheet.merge_range("E2:G2", "Relais")
    book.write_rows(sheet, 2, [["", "", "", "", "CPMS contacté le", "PO informé le", "Police contactée le"]])
    layout = lay_out(read(book.close()), REGISTER, OwnWords(), "Registre")
    assert layout.header_row == 2
    assert layout.columns["case_number"] == 0
    assert layout.columns["step:police_contact"] == 6
    assert layout.header("school") == "École"


def test_a_register_without_headers_is_refused_without_a_word_of_it():
    with pytest.raises(RefusedFileError) as refusal:
        columns_of("2026/0001;Marie Martin;Marie Martin;parents\n2026/0002;Jean Petit;Jean Petit;parents\n")
    assert "Mar" not in str(refusal.value)


def test_initials_are_one_word():
    assert columns_of(f"{BEGIN}C.P.M.S.\n{CASE}14/01/2026\n")["step:cpms"] == 4


def test_headers_that_come_again_are_no_second_line_of_groups():
    content = f"{BEGIN}Police\n{CASE}\n{CASE}\n{BEGIN}Police\n{CASE}14/01/2026\n"
    assert lay_out_register(read(content.encode())[0], OwnWords(), lambda word: False).header_row == 0
