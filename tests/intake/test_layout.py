"""Which column is which: by its header, by what its cells hold and by its neighbours."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from analytics.intake import RefusedFileError
from analytics.intake.headers import header_key
from analytics.intake.layout import extraction_day
from analytics.intake.mapping import REGISTER, SCHOOLS, OwnWords
from analytics.intake.weighing import lay_out, lay_out_register
from analytics.spreadsheets.reading import Rows, Sheet, read
from analytics.spreadsheets.writing import Book


def headers_of(content: str, own_words: OwnWords | None = None) -> dict[str, int]:
    return dict(lay_out(read(content.encode()), REGISTER, own_words or OwnWords(), "Registre").columns)


def test_headers_are_found_under_title_lines():
    layout = lay_out(
        read("Service;;;\nExtrait du 12/06/2026;;;\n;;;\nN° dossier;École;Signalé le;Faits\n".encode()),
        REGISTER,
        OwnWords(),
        "Registre",
    )
    assert layout.header_row == 3
    assert layout.columns == {"case_number": 0, "school": 1, "reported": 2, "incidents": 3}


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
    assert headers_of(headers) == {"case_number": 0, "school": 1, "reported": 2, "incidents": 3}


@pytest.mark.parametrize("fields", [REGISTER, SCHOOLS], ids=["register", "schools"])
def test_no_header_means_two_columns(fields):
    words = [(header_key(word), field.code) for field in fields for word in {field.header, *field.synonyms}]
    meanings = {word: {code for other, code in words if other == word} for word, _ in words}
    assert {word: codes for word, codes in meanings.items() if len(codes) > 1} == {}


def test_what_is_not_known_is_listed_as_ignored():
    layout = lay_out(
        read("N° dossier;Élève;École;Signalé le;Faits;Remarques".encode()), REGISTER, OwnWords(), "Registre"
    )
    assert layout.ignored == ("Élève", "Remarques")


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
    columns = headers_of(f"N° dossier;École;Signalé le;Faits;{header}")
    assert [found for found, column in columns.items() if column == 4] == ([code] if code else [])


def register(*lines: str) -> dict[str, int]:
    """The columns of a register of these lines."""
    found = lay_out_register(read("\n".join(lines).encode())[0], OwnWords(), lambda word: False)
    assert found is not None
    return dict(found.columns)


def test_of_two_columns_for_a_field_the_one_whose_cells_fit_is_taken():
    columns = register(
        "N° dossier;Année;École;Classe;Signalé le;Faits;Parents;Date contact parents",
        "1;2025-2026;3000;S3;12/01/2026;Insultes;M. et Mme N.;14/01/2026",
        "2;2025-2026;3007;P5;13/01/2026;Menaces;M. et Mme N.;15/01/2026",
    )
    assert columns["year"] == 3
    assert columns["step:parents"] == 7


def test_a_yes_beside_its_day_is_one_step():
    columns = register("N° dossier;École;Signalé le;Faits;CPMS;Date CPMS", "1;3000;12/01/2026;Insultes;oui;13/01/2026")
    assert (columns["step:cpms"], columns["also:step:cpms"]) == (5, 4)


def test_a_header_that_says_more_than_its_field_is_asked_about():
    content = "N° dossier;École;Signalé le;Faits;Retour CPMS;Clôturé le\n1;3000;12/01/2026;Insultes;13/01/2026;\n"
    found = lay_out_register(read(content.encode())[0], OwnWords(), lambda word: False)
    assert found is not None
    (question,) = found.questions
    assert question.blocking
    assert question.place == ("columns", "retour cpms")
    assert list(question.choices) == ["step:cpms", "ignored"]


def test_what_the_cells_alone_can_tell_needs_no_known_header():
    columns = register(
        "N° dossier;École;Signalé le;Constat;Aaa", "1;A;12/01/2026;Insultes;S3", "2;B;13/01/2026;nudes;P5"
    )
    assert (columns["incidents"], columns["year"]) == (3, 4)


def test_one_column_per_fact_is_read_and_a_fact_that_nothing_explains_is_asked():
    header = "N° dossier;École;Signalé le;faits/insultes;faits/menaces;faits/rumeurs;Clôturé le"
    found = lay_out_register(
        read(f"{header}\n1;A;12/01/2026;1;0;1;\n2;A;12/01/2026;0;1;0;\n".encode())[0], OwnWords(), lambda word: False
    )
    assert found is not None
    assert (found.columns["incident:insults"], found.columns["incident:threats"]) == (3, 4)
    assert [question.place for question in found.questions] == [("columns", "faits rumeurs")]


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


def test_missing_columns_are_named():
    with pytest.raises(RefusedFileError, match="il manque les colonnes « École » et « Faits »"):
        headers_of("N° dossier;Signalé le")


def test_a_register_without_headers_is_refused_without_a_word_of_it():
    with pytest.raises(RefusedFileError) as refusal:
        headers_of("2026/0001;Marie Martin;Marie Martin;parents\n2026/0002;Jean Petit;Jean Petit;parents\n")
    assert "Mar" not in str(refusal.value)


def test_the_day_of_the_extract_is_read_above_the_headers():
    def day(title: str) -> date | None:
        (sheet,) = read(f"{title}\nN° dossier\n".encode())
        return extraction_day(sheet, 1)

    assert day("Extrait du 12/06/2026") == date(2026, 6, 12)
    assert day("Situation arrêtée au 2026-06-12") == date(2026, 6, 12)
    assert day("Extrait du 12 juin 2026") == date(2026, 6, 12)
    assert day("Extraction du 1er août 2026") == date(2026, 8, 1)
    assert day("Données arrêtées au 12.06.2026") == date(2026, 6, 12)
    assert day("Situation du 01/09/2025 au 12/06/2026") == date(2026, 6, 12)
    assert day("Période du 01/09/2025 au 30/06/2026, extrait le 12/06/2026") == date(2026, 6, 12)
    assert day("Extrait du;2026-06-12") == date(2026, 6, 12)
    assert day("Extrait du 12 brumaire 2026") is None
    assert extraction_day(
        Sheet("", Rows([["Extrait du", "", datetime.fromisoformat("2026-06-12")], ["N°", "", ""]])), 1
    ) == date(2026, 6, 12)
    assert day("Imprimé le 12/06/2026") is None
    assert day("Extrait du 31/06/2026") is None


BEGIN = "N° dossier;École;Signalé le;Faits;"
CASE = "1;3004;13/01/2026;Insultes;"


@pytest.mark.parametrize(
    "header", ["Heure de fin", "end", "Horodateur", "Timestamp", "Date de soumission", "_submission_time"]
)
def test_the_instants_of_a_form_are_no_report_and_no_closure(header):
    assert set(headers_of(f"{BEGIN}{header}\n{CASE}14/01/2026 09:07\n")) == {
        "case_number",
        "school",
        "reported",
        "incidents",
    }


@pytest.mark.parametrize(
    "header", ["Zone de police", "Référent police", "RDV police", "Police (date)", "ZP", "Date police"]
)
def test_a_step_is_known_by_its_word_and_by_cells_of_days(header):
    assert headers_of(f"{BEGIN}{header}\n{CASE}14/01/2026\n")["step:police_contact"] == 4


def test_initials_are_one_word():
    assert headers_of(f"{BEGIN}C.P.M.S.\n{CASE}14/01/2026\n")["step:cpms"] == 4


@pytest.mark.parametrize(
    ("header", "cell"), [("Retour CPMS", "14/01/2026"), ("Parents séparés", "oui"), ("Avis reçu", "sans objet")]
)
def test_a_column_that_may_be_a_step_is_asked_about(header, cell):
    sheet = read(f"{BEGIN}{header}\n{CASE}{cell}\n".encode())[0]
    (question,) = lay_out_register(sheet, OwnWords(), lambda word: False).questions
    assert question.blocking
    assert f"« {header} »" in question.text


def test_headers_that_come_again_are_no_second_line_of_groups():
    content = f"{BEGIN}Police\n{CASE}\n{CASE}\n{BEGIN}Police\n{CASE}14/01/2026\n"
    assert lay_out_register(read(content.encode())[0], OwnWords(), lambda word: False).header_row == 0
