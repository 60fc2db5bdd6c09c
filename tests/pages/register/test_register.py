"""The page Registre: empty, checking, refused, done, taken back; and what it never shows or keeps."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest
import xlsxwriter
from streamlit.testing.v1 import AppTest

from analytics.intake import Key
from analytics.store import Store
from analytics.workflows.importing import import_register
from tests.pages.opening import open_page
from tests.repository import ROOT

FILES = ROOT / "tests" / "files"
REGISTER = (FILES / "registre-2025-2026.xlsx").read_bytes()
LATER = (FILES / "registre-2025-2026-suite.xlsx").read_bytes()

SCHOOLS = [["Code", "Nom"], ["A1", "Athénée du Parc"]]
HEADERS = ["N° dossier", "Élève", "École", "Année d’études", "Signalé le", "Faits"]


def workbook(*rows: list[str], headers: list[str] = HEADERS) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for name, lines in (("Registre", [["Extrait du 12/06/2026"], headers, *rows]), ("Écoles", SCHOOLS)):
            sheet = book.add_worksheet(name)
            for index, line in enumerate(lines):
                sheet.write_row(index, 0, line)
    return content.getvalue()


GOOD = ["1", "Zoé Lambert", "A1", "S3", "10/03/2026", "Insultes"]
ALSO_GOOD = ["2", "Noé Lambert", "A1", "S3", "11/03/2026", "Menaces"]
FICTITIOUS = ["F", "", "A1", "S3", "10/03/2026", "Insultes"]
BAD = ["3", "Léa Petit", "A1", "S3", "31/02/2026", "Insultes"]


@pytest.fixture
def store(tmp_path, monkeypatch) -> Store:
    """A store with a fictitious case, as a first start leaves it, but small."""
    monkeypatch.setenv("RELAIS_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("RELAIS_KEY", str(tmp_path / "relais.key"))
    store = Store()
    import_register(store, workbook(FICTITIOUS), Key(b"f" * 32), datetime(2026, 6, 12, tzinfo=UTC), source="demo")
    return store


@pytest.fixture
def page(store, monkeypatch) -> AppTest:
    return first_run(monkeypatch)


def first_run(monkeypatch) -> AppTest:
    monkeypatch.chdir(ROOT)
    return run(open_page("register"))


def run(page: AppTest) -> AppTest:
    page.run()
    assert not page.exception
    return page


def upload(page: AppTest, content: bytes, name: str = "registre.xlsx") -> AppTest:
    page.file_uploader[0].set_value((name, content, ""))
    return run(page)


def press(page: AppTest, key: str) -> AppTest:
    page.button(key).click()
    return run(page)


def texts(page: AppTest) -> str:
    """Everything that the page says, labels, choices and tables included."""
    said = [
        element.value
        for elements in (page.markdown, page.caption, page.info, page.warning, page.error, page.success)
        for element in elements
    ]
    said += [widget.label for widgets in (page.selectbox, page.button, page.file_uploader) for widget in widgets]
    said += [option for box in page.selectbox for option in box.options]
    return "\n".join(said + [shown.value.to_csv() for shown in page.table])


def test_on_a_first_start_the_page_builds_the_demonstration_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("RELAIS_STORE", str(tmp_path / "new"))
    page = first_run(monkeypatch)
    assert "Données fictives" in page.warning[0].value
    assert Store().versions


def test_before_an_upload_the_page_offers_a_template_and_asks_for_a_register(page):
    assert [button.label for button in page.main.button] == ["Télécharger un registre vide"]
    assert page.file_uploader[0].label == "Votre registre (.xlsx, .xlsm, .ods, .csv, .tsv ou .txt)"


def test_fictitious_records_give_way_to_the_first_register(page):
    assert "Données fictives" in page.warning[0].value
    press(upload(page, workbook(GOOD, ALSO_GOOD)), "registre_importer")
    assert "Données fictives" not in texts(page)
    assert "Dossiers\u202f: 2, dont 2 en cours" in texts(page)


def test_a_store_that_cannot_be_read_says_so_and_still_takes_a_register(store, monkeypatch):
    (store.folder / store.versions[0]).write_bytes(b"damaged")
    page = first_run(monkeypatch)
    assert "endommagées" in page.error[0].value
    press(upload(page, workbook(GOOD)), "registre_importer")
    assert not page.error


def test_a_register_is_checked_and_previewed_before_anything_is_imported(store, page):
    before = store.versions
    upload(page, workbook(GOOD, ALSO_GOOD))
    assert (
        "2 lignes lues\u202f: 2 acceptées, 0 refusée. Situation au 12/06/2026. 2 nouveaux dossiers"
        in page.info[-1].value
    )
    assert "Colonnes laissées de côté, jamais enregistrées\u202f: Élève." in texts(page)
    assert "2 dossiers sur 2 sont seuls" in texts(page)
    assert store.versions == before


def test_an_import_says_what_it_did_and_lets_go_of_the_upload(store, page):
    press(upload(page, REGISTER), "registre_importer")
    assert "420 nouveaux dossiers" in page.success[0].value
    assert "Situation au 12/06/2026" in texts(page)
    assert len(store.versions) == 2
    assert page.file_uploader[0].value is None
    assert page.session_state["registre_etat"].checked is None


def test_a_later_extract_is_announced_as_new_changed_and_unchanged(page):
    press(upload(page, REGISTER), "registre_importer")
    upload(page, LATER)
    truth = json.loads((FILES / "registre-2025-2026-suite.truth.json").read_text("utf-8"))
    assert f"{truth['n_cases']} lignes lues" in page.info[-1].value
    assert "11 nouveaux dossiers" in page.info[-1].value


def test_the_same_file_again_changes_nothing_and_says_so(store, page):
    press(upload(page, workbook(GOOD)), "registre_importer")
    before = store.versions
    press(upload(page, workbook(GOOD)), "registre_importer")
    assert "Rien n’a changé" in page.success[0].value
    assert store.versions == before


def test_refused_rows_are_told_by_row_column_and_rule_and_wait_while_the_others_are_imported(store, page):
    upload(page, workbook(GOOD, BAD))
    (refused,) = (shown.value for shown in page.table if "Pourquoi" in shown.value)
    assert refused["Ligne"].tolist() == [4]
    assert "Signalé le" in refused["Pourquoi"][0]
    assert "31/02" not in texts(page)
    press(page, "registre_importer")
    assert len(store.versions) == 2
    assert "Télécharger les lignes refusées, à corriger" in [button.label for button in page.button]
    press(page, "registre_termine")
    assert "Télécharger les lignes refusées, à corriger" not in [button.label for button in page.button]
    assert page.session_state["registre_etat"].checked is None


def test_a_register_without_an_acceptable_row_offers_no_import(page):
    upload(page, workbook(BAD))
    assert "Aucune ligne ne peut être importée" in page.error[0].value
    assert not [button for button in page.button if button.key == "registre_importer"]


def test_a_file_that_cannot_be_read_is_refused_with_its_reason(store, page):
    before = store.versions
    upload(page, b"PK\x03\x04 no workbook")
    assert "endommagé" in page.error[0].value
    assert store.versions == before


def test_a_register_with_other_headers_is_understood_without_an_answer(page):
    headers = ["N° dossier", "Élève", "École", "Année d’études", "Signalé le", "Ce qui s’est passé"]
    upload(page, workbook(GOOD, ALSO_GOOD, headers=headers))
    assert "2 acceptées" in page.info[0].value
    assert "Lambert" not in texts(page)


def test_before_the_import_each_column_and_its_dates_and_the_cases_by_school_and_year_are_shown(page):
    upload(page, workbook(GOOD, ALSO_GOOD))
    read = [line for line in texts(page).splitlines() if "lue comme" in line]
    assert any("Signalé le" in line and "le jour d’abord, du 10/03/2026 au 11/03/2026" in line for line in read)
    assert not any("Élève" in line for line in read)
    cases = page.table[0].value
    assert cases.to_dict("records") == [{"École": "Athénée du Parc", "2025-2026": 2}]


def test_a_column_that_is_read_wrongly_is_set_aside_remembered_and_taken_back(page):
    headers = [*HEADERS, "Statut"]
    upload(page, workbook([*GOOD, "Clôturé"], headers=headers))
    page.multiselect[0].set_value(["statut"])
    press(page, "registre_relire")
    assert "dit rien des clôtures" in texts(page)
    assert page.multiselect[0].value == ["statut"]
    page.multiselect[0].set_value([])
    press(page, "registre_relire")
    assert "dit rien des clôtures" not in texts(page)
    page.multiselect[0].set_value(["ecole"])
    press(page, "registre_relire")
    assert "Importer 1 dossier" not in texts(page)
    page.multiselect[0].set_value([])
    press(page, "registre_relire")
    assert "Importer 1 dossier" in texts(page)


def test_the_first_import_names_the_key_to_copy_and_what_is_new_and_the_second_no_longer_the_key(page, tmp_path):
    press(upload(page, workbook(GOOD)), "registre_importer")
    assert "relais.key" in texts(page)
    assert "Copiez ce fichier en lieu sûr" in texts(page)
    assert [link.proto.label for link in page.get("page_link")] == ["Voir ce qui est nouveau"]
    press(upload(page, workbook(GOOD, ALSO_GOOD)), "registre_importer")
    assert "Copiez ce fichier en lieu sûr" not in texts(page)
    assert len(page.get("page_link")) == 1


def test_two_cases_alike_are_asked_about_after_the_import(page):
    upload(page, workbook(GOOD, ["2", *GOOD[1:]]))
    assert "se ressemblent" not in texts(page)
    press(page, "registre_importer")
    assert "Ces dossiers se ressemblent" in texts(page)


def test_the_button_stands_above_the_refused_rows(page):
    upload(page, workbook(GOOD, BAD))
    shown = [element.proto.label if element.type == "button" else element.type for element in page.main]
    assert shown.index("Importer 1 dossier") < len(shown) - 1 - shown[::-1].index("table")


def test_a_register_refused_in_the_same_rows_as_the_last_time_says_so(page):
    press(upload(page, workbook(GOOD, BAD)), "registre_importer")
    assert "Comme à la dernière importation" not in texts(page)
    press(page, "registre_termine")
    upload(page, workbook(GOOD, ALSO_GOOD, BAD))
    assert "Comme à la dernière importation, 1 ligne est refusée, la même" in texts(page)
    press(page, "registre_importer")
    press(page, "registre_termine")
    upload(page, workbook(GOOD, ALSO_GOOD, ["9", *BAD[1:]]))
    assert "Comme à la dernière importation" not in texts(page)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("registre.pdf", b"%PDF-1.7", "PDF"),
        ("registre.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ancien format .xls"),
        ("photo.jpg", b"\xff\xd8\xff", "une image"),
    ],
)
def test_a_file_of_another_type_is_refused_in_french(page, name, content, said):
    assert said in upload(page, content, name).error[0].value


def test_a_question_comes_with_its_best_answer_and_one_left_open_is_not_asked_again(page):
    upload(page, workbook(GOOD, [*ALSO_GOOD[:5], "Insultes, chahut"], [*BAD[:4], "12/03/2026", "Insultes, chahut"]))
    assert page.selectbox[0].value
    page.selectbox[0].select("")
    press(page, "registre_appliquer")
    assert not page.selectbox


def test_a_word_of_the_service_is_mapped_once_for_all_its_rows(page):
    upload(page, workbook([*GOOD[:5], "chahut"], [*ALSO_GOOD[:5], "Chahut"]))
    assert not [button for button in page.button if button.key == "registre_importer"]
    next(box for box in page.selectbox if "chahut" in box.label).select("other")
    press(page, "registre_appliquer")
    assert "2 acceptées" in page.info[-1].value


def test_of_many_unknown_words_the_most_frequent_are_asked_about(page):
    rows = [[str(n), "", "A1", "S3", "10/03/2026", f"mot {'abcdefghijklmnopqrstuvwxyz'[n]}"] for n in range(25)]
    upload(page, workbook(*rows))
    assert len(page.selectbox) == 5
    assert "Et 20 autres" in texts(page)


def test_a_mapping_kept_from_another_time_is_used(page):
    page.file_uploader[2].set_value(("mots.toml", b'[words.incident_types]\n"chahut" = "other"\n', ""))
    upload(page, workbook([*GOOD[:5], "chahut"]))
    assert "1 acceptée" in page.info[-1].value


def test_the_last_import_is_taken_back_after_a_second_yes(store, page):
    press(upload(page, workbook(GOOD)), "registre_importer")
    press(upload(page, workbook(GOOD, ALSO_GOOD)), "registre_importer")
    press(press(page, "registre_annuler_bouton"), "registre_annuler_non")
    assert len(store.versions) == 3
    press(press(page, "registre_annuler_bouton"), "registre_annuler_oui")
    assert "annulée" in page.success[0].value
    assert len(store.versions) == 2
    assert "Dossiers\u202f: 1," in texts(page)


def test_the_day_of_the_extract_is_asked_in_french_and_refused_in_french(page):
    page.text_input[0].set_value("juin")
    assert "12/06/2026" in run(page).error[0].value


def test_no_name_of_the_register_is_on_the_page(page):
    forbidden = json.loads((FILES / "registre-2025-2026.truth.json").read_text("utf-8"))["forbidden"]
    upload(page, REGISTER)
    checked = texts(page)
    press(page, "registre_importer")
    assert not [word for word in forbidden if word in checked + texts(page)]


def test_a_header_cannot_put_markdown_on_the_page(page):
    upload(page, workbook([*GOOD, "x"], headers=[*HEADERS, "![x](https://example.org/x.png)"]))
    assert "![x]" not in texts(page)
