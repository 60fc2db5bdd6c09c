"""The page Registre in a real browser: a register goes in by keyboard alone, and no name stays anywhere."""

import io
import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from tests.browser.driving import Visit
from tests.scanning import disguises

pytestmark = pytest.mark.browser

REGISTER = Path(__file__).parents[1] / "files" / "registre-2025-2026.xlsx"
FORBIDDEN = json.loads(REGISTER.with_suffix(".truth.json").read_text("utf-8"))["forbidden"]


@pytest.fixture
def small_register(tmp_path_factory) -> Path:
    """Two good rows and one with a day that does not exist."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Registre")
        sheet.write_row(0, 0, ["N° dossier", "Élève", "École", "Année d’études", "Signalé le", "Faits"])
        for row, (case, pupil, day) in enumerate(
            [("1", "Zoé Lambert", "24/03/2026"), ("2", "Noé Dupont", "11/03/2026"), ("3", "Léa Petit", "31/02/2026")], 1
        ):
            sheet.write_row(row, 0, [case, pupil, "A1", "S3", day, "Insultes"])
        schools = book.add_worksheet("Écoles")
        schools.write_row(0, 0, ["Code", "Nom"])
        schools.write_row(1, 0, ["A1", "Athénée du Parc"])
    path = tmp_path_factory.mktemp("registers") / "petit.xlsx"
    path.write_bytes(content.getvalue())
    return path


def choose(page, path: Path) -> None:
    """Open the file dialogue of the register with the keyboard."""
    field = page.get_by_test_id("stFileUploader").filter(has_text="Votre registre").first
    with page.expect_file_chooser() as chooser:
        field.get_by_test_id("stBaseButton-secondary").press("Enter")
    chooser.value.set_files(path)


def focused(visit: Visit) -> str:
    """The words of what has the focus."""
    return visit.page.evaluate("document.activeElement.innerText")


def is_served(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10):
            return True
    except urllib.error.HTTPError:
        return False


def test_a_file_that_is_too_large_is_refused_in_french(server, open_url, tmp_path):
    visit = open_url(f"{server.address}registre").settle()
    large = tmp_path / "grand.csv"
    large.write_bytes(bytes(51 * 1024 * 1024))
    choose(visit.page, large)
    visit.page.locator("[aria-invalid=true]").wait_for()
    field = visit.page.get_by_test_id("stFileUploader").first
    assert "il dépasse 50 Mo" in field.evaluate("field => getComputedStyle(field, '::after').content")


def test_the_refused_rows_come_back_and_are_then_forgotten_and_the_import_is_taken_back_by_keyboard(
    server, open_url, small_register
):
    visit = open_url(f"{server.address}registre").settle()
    page = visit.page
    choose(page, small_register)
    visit.press("Importer 2 dossiers")
    page.get_by_text("Le registre est importé").wait_for()
    with page.expect_download() as download:
        visit.press("Télécharger les lignes refusées")
    rows = CalamineWorkbook.from_path(download.value.path()).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows if "Léa Petit" in row or "Zoé Lambert" in row] == ["Léa Petit"]
    visit.press("J’ai terminé")
    expect(page.get_by_role("button", name="Télécharger les lignes refusées")).to_have_count(
        0
    )  # two, while it is redrawn
    page.wait_for_function("url => fetch(url).then(answer => answer.status === 404)", arg=download.value.url)
    assert not is_served(download.value.url)
    visit.press("Annuler la dernière importation")
    visit.press("Oui, annuler")
    page.get_by_text("La dernière importation est annulée").wait_for()
    page.get_by_text("Données fictives").first.wait_for()


def test_a_register_goes_in_by_keyboard_and_no_name_is_on_the_page_or_the_disk(server, open_url):
    visit = open_url(f"{server.address}registre").settle()
    page = visit.page
    choose(page, REGISTER)
    page.get_by_text("420 lignes lues").wait_for()
    assert "420 lignes lues" in focused(visit.settle())
    checked = visit.text
    assert visit.findings == []
    visit.press("Importer 420 dossiers")
    page.get_by_text("Le registre est importé").wait_for()
    assert "Le registre est importé" in focused(visit.settle())
    done = visit.text
    assert "Données fictives" not in done
    kept = [path.read_bytes() for path in server.log.parent.rglob("*") if path.is_file()]
    assert not [word for word in FORBIDDEN if word in checked + done]
    assert not disguises(REGISTER.stem).found_in(*kept)
    assert visit.complaints == []
