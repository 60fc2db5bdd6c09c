"""Relais in a real browser, started as the README says, on a machine that has no records yet."""

import io
import re
import socket
import unicodedata

import pypdf
import pytest
from PIL import Image

from analytics.store import Store
from tests.browser.driving import DESK, PAGES, PHONE

pytestmark = pytest.mark.browser

FILTERED = ["", "incidents", "relais", "ecoles"]
INTERNAL = "interne – ne pas diffuser · tous les dossiers"
MARKS = ".barlayer path, .scatterlayer path, .heatmaplayer image"
ENGLISH = re.compile(
    r"\b(the|and|of|with|this|that|from|by|your|you|are|is|not|all|select|choose|options?|loading|error|warning|upload|"
    r"download|drop|drag|files?|browse|save|share|view|more|less|clear|open|close|next|previous|search|settings|running|"
    r"schools?|cases?|weeks?|months?|years?|levels?|counts?|data(?!/)|steps?|reports?|median|unknown|other|none|true|false|nan|"
    r"pending|done|hours|days|network|deploy)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_in_french_fits_each_screen_and_asks_no_other_host_and_axe_finds_nothing(path, server, look):
    visit = look(server.address + path, PHONE)
    title, charted = PAGES[path]
    assert visit.page.title() == f"{title} · Relais"
    assert visit.page.evaluate("document.documentElement.lang") == "fr"
    assert visit.page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0
    for width, scheme in ((PHONE, "light"), (PHONE, "dark"), (DESK, "dark"), (DESK, "light")):
        visit.turn(width, scheme)
        assert visit.overflow <= 0, (width, scheme)
        assert visit.findings == [], (width, scheme)
    charts = visit.page.locator(".stPlotlyChart").all()
    assert bool(charts) == charted
    for chart in charts:
        assert chart.locator(MARKS).count() > 0
    assert ENGLISH.findall(visit.text) == []
    assert ("Données fictives" in visit.text) == (path not in ("protocole", "methode"))
    assert visit.hosts <= {"127.0.0.1", ""}
    assert visit.complaints == []


def test_the_menu_leads_to_every_page(server, look):
    links = look(server.address).page.get_by_test_id("stSidebarNavLink").all_inner_texts()
    assert [link.splitlines()[-1] for link in links] == [title for title, _ in PAGES.values()]


def test_a_choice_follows_the_reader_and_a_copied_address_shows_what_its_sender_saw(open_page, open_url):
    sender = open_page("incidents")
    everyone = described(sender)
    levels = sender.page.get_by_role("combobox", name="Niveaux")
    levels.press("ArrowDown")
    levels.fill("1er degré")
    sender.page.get_by_role("option", name="1er degré").click()
    sender.page.keyboard.press("Escape")
    sender.page.wait_for_url("**niveaux=**")
    chosen = described(sender.settle())
    assert "1er degré" in chosen
    assert chosen != everyone
    for path in [*FILTERED[1:], ""]:
        sender.page.get_by_test_id("stSidebarNavLink").filter(has_text=PAGES[path][0]).click()
        sender.page.get_by_role("heading", level=1, name=PAGES[path][0]).wait_for()
        if path:
            assert described(sender.settle()) == chosen
        else:  # which proposes this school year
            assert "1er degré" in described(sender.settle())
        assert "niveaux=1er+degr%C3%A9" in sender.page.url
    sender.page.get_by_test_id("stMain").get_by_role("link", name="Voir les types").first.click()
    sender.page.wait_for_url("**/incidents?**niveaux=1er+degr%C3%A9**")
    chosen = described(sender.settle())
    sender.page.reload()
    assert described(sender.settle()) == chosen
    assert described(open_url(sender.page.url).settle()) == chosen


def test_back_goes_back_a_page_and_all_filters_go_at_once(open_page):
    visit = open_page()
    page = visit.page
    page.get_by_role("button", name="Tout effacer").first.click()
    page.wait_for_url("**annees=toutes**")
    assert "tous les dossiers" in described(visit.settle())
    page.get_by_test_id("stSidebarNavLink").filter(has_text="À faire").click()
    page.get_by_role("heading", level=1, name="À faire").wait_for()
    visit.settle()
    page.get_by_role("button", name="CPMS", exact=True).click()
    page.wait_for_url("**etape=CPMS")
    page.go_back()
    page.get_by_role("heading", level=1, name="Vue d’ensemble").wait_for()
    assert "tous les dossiers" in described(visit.settle())


def test_a_point_of_the_funnel_opens_the_page_of_its_school_and_back_comes_back(open_page):
    visit = open_page("ecoles").settle()
    point = visit.page.locator(".stPlotlyChart .scatterlayer .points path").first
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    visit.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visit.page.wait_for_url("**/ecole?ecole=*")
    assert visit.settle().page.locator("h1").inner_text() == "Fiche d’une école"
    visit.page.go_back()
    assert visit.settle().page.locator("h1").inner_text() == "Écoles concernées"


def test_a_phone_has_a_button_that_names_the_menu_and_counts_the_filters(server, look):
    button = look(server.address, PHONE).page.get_by_test_id("stExpandSidebarButton")
    shown = button.evaluate("button => getComputedStyle(button, '::after').content")
    assert "Menu" in shown and "1 filtre" in shown


def described(visit) -> str:
    """The line under the title: as of when, what is chosen, how many cases."""
    return visit.page.get_by_text("Données internes").inner_text()


@pytest.fixture
def incidents(server, look):
    """The page of incidents on a dark screen."""
    return look(f"{server.address}incidents", DESK, "dark")


@pytest.fixture(scope="module")
def insults(server) -> tuple[str, str]:
    """How many of the cases of this day's demonstration are of insults, and their share in hundredths."""
    with Store(server.log.parent / "store").snapshot() as snapshot:
        n = snapshot.incident_counts().set_index("incident_type").loc["insults", "n"]
        return str(n), str(round(100 * n / snapshot.case_counts()["n"].iloc[0]))


def test_a_chart_leaves_as_svg_and_as_a_picture_of_twice_its_size_on_white_with_its_title_and_its_mark(
    incidents, insults
):
    def saved(kind: str) -> bytes:
        with incidents.page.expect_download() as download:
            incidents.page.locator(f"[data-picture={kind}]").first.click()
        assert download.value.suggested_filename == f"interne-figure-types.{kind}"
        return download.value.path().read_bytes()

    svg = saved("svg").decode("utf-8")
    assert "Types d’incidents · Ce qui arrive</text>" in svg
    assert INTERNAL in svg and " · ".join(insults) in svg and "@font-face" in svg
    assert not re.search(r"(?:href|src)=.?http|url\(.?http", svg)
    picture = Image.open(io.BytesIO(saved("png"))).convert("RGB")
    chart = incidents.page.locator(".st-key-figure-types .main-svg").first.bounding_box()
    assert picture.width == 2 * round(chart["width"]) and picture.height > 2 * chart["height"]
    assert picture.getpixel((2, 2)) == (255, 255, 255)
    assert incidents.complaints == []


def test_a_table_is_copied_as_text_and_as_html(incidents, insults):
    page = incidents.page
    page.context.grant_permissions(["clipboard-read"])
    page.get_by_text("Voir le tableau").first.click()
    incidents.settle()
    page.get_by_text("Copier le tableau").first.click()
    page.get_by_text("Copié.").or_(page.get_by_text("Le tableau est prêt")).click()  # a slow machine is asked again
    page.get_by_text("Copié.").wait_for()
    copied = page.evaluate("""async () => {
        const [item] = await navigator.clipboard.read()
        return Promise.all(["text/plain", "text/html"].map(async kind => (await item.getType(kind)).text()))
    }""")
    mark, headings, first, *_ = copied[0].splitlines()
    assert mark.startswith(INTERNAL)
    assert headings.split("\t")[:3] == ["Type d’incident", "Dossiers", "Part"]
    assert first.split("\t")[:3] == ["Insultes", insults[0], f"{insults[1]}%"]
    assert f">{insults[1]}\u202f%</td>" in copied[1]


def test_a_page_is_printed_with_its_tables_open_and_its_mark_on_each_sheet_and_comes_back(incidents):
    page = incidents.page
    page.evaluate("() => { window.print = () => { window.printed = true } }")
    page.keyboard.press("Control+p")
    page.wait_for_function("() => window.printed")
    sheets = [
        unicodedata.normalize("NFKC", sheet.extract_text())  # the font joins two f
        for sheet in pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    ]
    whole = " ".join(" ".join(sheets).split())
    assert all(INTERNAL in sheet for sheet in sheets)
    assert "Haut (95" in whole and "Photomontage dégradant Menaces" in whole
    assert "Filtrer" not in whole and "Imprimer cette page" not in whole
    page.get_by_role("button", name="Imprimer cette page").wait_for()
    assert incidents.settle().page.locator("main table").count() == 0


def test_the_server_is_reached_from_this_machine_alone(server):
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", server.port), timeout=5).close()


def test_the_log_holds_no_error(server, look):
    look(f"{server.address}registre")
    assert not re.search(r"error|exception|traceback|warning", server.log.read_text(encoding="utf-8"), re.IGNORECASE)
