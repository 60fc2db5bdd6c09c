"""Which column is which, and which word is which term."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from analytics.intake import RefusedFileError, load_own_words
from analytics.intake.mapping import REGISTER, SCHOOLS, OwnWords, extraction_day, header_key, lay_out
from analytics.spreadsheets.reading import Sheet, read
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
        ("Contact CPMS", None),
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


def test_a_column_gives_way_to_the_one_that_bears_the_name_itself():
    """A column CPMS may name the centre, and a column Classe the letter: the register's own names have the first claim."""
    headers = "CPMS;N° dossier;Code école;Nom de l’école;École;Classe;Année d’études;Signalé le;Faits;CPMS contacté le"
    layout = lay_out(read(headers.encode()), REGISTER, OwnWords(), "Registre")
    assert layout.columns["school"] == 4
    assert layout.columns["year"] == 6
    assert layout.columns["step:cpms"] == 9
    assert layout.ignored == ("CPMS", "Code école", "Nom de l’école", "Classe")
    mapped = headers_of(headers, OwnWords({"cpms": "step:cpms"}))
    assert mapped["step:cpms"] == 0


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


@pytest.mark.parametrize(
    "headers",
    ["N° dossier;École;Signalé le;Faits;a;a", "N° dossier;Code école;Signalé le;Faits;Canal;Établissement"],
    ids=["same unknown header", "two names of one column"],
)
def test_a_header_that_stands_twice_is_refused_with_its_cells(headers):
    with pytest.raises(RefusedFileError, match=r"Les cellules (E1 et F1|B1 et F1) donnent deux fois le même en-tête"):
        headers_of(headers)


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
        Sheet("", [["Extrait du", "", datetime.fromisoformat("2026-06-12")], ["N°", "", ""]]), 1
    ) == date(2026, 6, 12)
    assert day("Imprimé le 12/06/2026") is None
    assert day("Extrait du 31/06/2026") is None


MAPPING = """
[columns]
"Réf." = "case_number"
"Type de faits" = "incidents"

[words.incident_types]
"Chahut" = "other"
""".encode()


def test_a_service_maps_its_own_headers_and_words_once_and_for_all():
    own_words = load_own_words(MAPPING)
    assert headers_of("réf;École;Signalé le;TYPE DE FAITS", own_words)["incidents"] == 3
    incidents = next(field.terms for field in REGISTER if field.code == "incidents")
    assert incidents is not None
    assert own_words.find(incidents, " CHAHUT ") == "other"
    assert own_words.find(incidents, "Insulte") == "insults"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[columns", "TOML lisible"),
        (b"\xff\xfe", "TOML lisible"),
        (b'[columns]\n"x" = "birth"', r"colonne inconnue \(\[columns\], ligne 1\)"),
        (b'[words.colours]\n"x" = "red"', "vocabulaire inconnu"),
        (b'[words.channels]\n"sms" = "other"\n"x" = "red"', r"terme inconnu \(\[words.channels\], ligne 2\)"),
        (b'columns = ["x"]', "TOML lisible"),
        (b'[words]\nchannels = "x"', "TOML lisible"),
        (b'[columns]\n"x" = [3]', "colonne inconnue"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused_by_its_place(content, reason):
    with pytest.raises(RefusedFileError, match=reason):
        load_own_words(content)


@pytest.mark.parametrize("section", ["[columns]", "[words.reporters]", "[words.dupont]"])
def test_a_name_in_a_mapping_typed_the_wrong_way_round_is_not_repeated(section):
    with pytest.raises(RefusedFileError) as refusal:
        load_own_words(f'{section}\n"witness" = "Mme Dupont"'.encode())
    assert "dupont" not in str(refusal.value).lower()
