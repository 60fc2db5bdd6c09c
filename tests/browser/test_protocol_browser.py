"""The protocol in a real browser, as page and as file: phone to desk, light and dark, by keyboard, on paper, offline."""

import http.client
import json
import re
from datetime import date
from io import BytesIO
from itertools import pairwise, product

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from analytics.documents import write_protocol
from analytics.protocol import protocol
from tests.browser.driving import DESK, PAGES, PHONE

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 1440)
STEPS = [step.code for step in protocol().steps]
# Streamlit's own menu is not ours; whatever else axe finds, however slight, is.
OF_OURS = {"exclude": [["[data-testid=stSidebarNav]"]]}
UNFOLD = "document.querySelectorAll('details').forEach(fold => { fold.open = true })"
# Where a thing ends on the page and how long the page is, wherever it scrolls.
PLACES = """() => {
    const scrolled = document.querySelector("[data-testid=stMain]") || document.documentElement
    const bottom = part => [...document.querySelectorAll(part)].pop().getBoundingClientRect().bottom + scrolled.scrollTop
    return {essentials: bottom(".essentials li"), steps: bottom(".step"), page: scrolled.scrollHeight}
}"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The HTML file, as the command line writes it."""
    path = tmp_path_factory.mktemp("papers") / "protocole.html"
    write_protocol(path, protocol(), date(2026, 11, 22))
    return path.as_uri()


@pytest.fixture(scope="module")
def addresses(server, file):
    return {"page": f"{server.address}protocole", "file": file}


@pytest.fixture
def open_form(addresses, open_url, look):
    """Open the page in the one tab, or the file in a browser of its own; wait until its script has run."""
    looked = None

    def open_form(form: str, query: str = "", width: int = PHONE, **options):
        nonlocal looked
        if form == "page":
            visit = looked = look(addresses[form] + query, width)
        else:
            visit = open_url(addresses[form] + query, width, **options)
        if options.get("java_script_enabled", True):
            visit.page.get_by_text("Adapter à la situation").wait_for()
        return visit

    yield open_form
    if looked:
        looked.page.evaluate("localStorage.clear()")


def visible_steps(visit) -> list[str]:
    return visit.page.evaluate(
        "[...document.querySelectorAll('.step')].filter(step => step.checkVisibility())"
        ".map(step => step.querySelector('[data-step]').dataset.step)"
    )


def test_a_link_to_a_page_shows_its_frame_on_a_server_that_was_never_visited(server, look):
    """The first test here: nobody has opened a page of this server."""
    assert look(f"{server.address}protocole").page.get_by_test_id("stSidebarNavLink").count() == len(PAGES)


# Ten seconds, on the worst phone


@pytest.mark.parametrize("form", ["page", "file"])
def test_on_a_phone_the_essentials_are_on_the_first_screen_and_the_steps_are_not_far(open_form, form):
    visit = open_form(form)
    places = visit.page.evaluate(PLACES)
    assert places["essentials"] <= 844
    assert places["steps"] <= 4000
    visit.page.evaluate(UNFOLD)
    assert visit.page.evaluate(PLACES)["page"] <= 8000


@pytest.mark.parametrize("form", ["page", "file"])
def test_the_numbers_of_danger_and_of_the_mediation_can_be_touched_on_the_first_screen(open_form, form):
    visit = open_form(form)
    for number in ("112", "101", "080032123", "0474810891"):
        link = visit.page.locator(f"a[href='tel:{number}']").first
        box = link.bounding_box()
        assert box["y"] + box["height"] <= 844
        assert box["height"] >= 44
        assert link.get_attribute("target") is None


def test_no_number_no_deadline_and_nothing_to_avoid_is_folded(open_form):
    visit = open_form("file")
    folded = visit.page.evaluate(
        "[...document.querySelectorAll('.step a.call, .step .avoid, .step summary, .phase > .added .avoid')]"
        ".filter(part => !part.checkVisibility()).map(part => part.textContent)"
    )
    assert folded == []
    deadlines = visit.page.get_by_text("délai proposé")
    assert deadlines.count() == sum(step.deadline is not None for step in protocol().steps)


@pytest.mark.parametrize("form", ["page", "file"])
def test_it_fits_every_screen_and_axe_finds_nothing(open_form, form):
    visit = open_form(form, "?faits=threats&faits=intimate_images")
    visit.page.evaluate(UNFOLD)
    for width, scheme in product(WIDTHS, ("light", "dark")):
        visit.page.emulate_media(color_scheme=scheme)
        visit.page.set_viewport_size({"width": width, "height": 844})
        assert visit.overflow <= 0, width
        assert [found["id"] for found in Axe().run(visit.page, context=OF_OURS).response["violations"]] == [], width


@pytest.mark.parametrize("form", ["page", "file"])
def test_headings_never_skip_a_level(open_form, form):
    levels = open_form(form).page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4, h5')].map(heading => Number(heading.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_the_keyboard_reaches_the_first_number_at_once_and_shows_where_it_is(open_form):
    visit = open_form("file")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.getAttribute('href')") == "tel:112"
    assert visit.page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


# Light, and without script, account or network


def test_the_file_is_whole_and_in_order_without_script_and_asks_nothing_of_anyone(open_form):
    visit = open_form("file", java_script_enabled=False)
    titles = [title.split(".")[0] for title in visit.page.locator(".step h3").all_inner_texts()]
    assert titles == [str(number) for number in range(1, 16)]
    assert visit.page.get_by_role("heading", name="Soirée pour les parents").is_visible()
    assert visit.page.get_by_text("Pour cette situation").is_hidden()
    assert visit.hosts == {""}


def test_the_plain_page_is_served_without_a_session(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/protocole.html")
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200
    assert answer.headers["Set-Cookie"] is None
    assert len(body) < 60_000
    assert b"tel:0474810891" in body


def test_the_plain_page_runs_its_script_under_its_own_policy(server, open_url):
    visit = open_url(f"{server.address}protocole.html", PHONE)
    visit.page.get_by_text("Adapter à la situation").click()
    assert visit.page.get_by_role("searchbox").is_visible()
    assert visit.complaints == []
    assert visit.hosts == {"127.0.0.1"}


def test_the_page_leads_to_the_plain_page(server, open_form):
    visit = open_form("page")
    visit.page.get_by_role("link", name="Page légère").click()
    visit.page.wait_for_url(f"{server.address}protocole.html")


# The situation


@pytest.mark.parametrize(
    ("query", "hidden"),
    [
        ("", []),
        (
            "?faits=insults&mineur=non&circulent=non&menace=non",
            ["pupil_informed", "police_contact", "complaint"],
        ),
        ("?faits=insults", []),
        ("?faits=threats&menace=non&circulent=non", []),
        ("?mineur=non", ["pupil_informed"]),
    ],
)
def test_the_situation_hides_only_what_is_known_not_to_apply(open_form, query, hidden):
    visit = open_form("file", query)
    assert visible_steps(visit) == [step for step in STEPS if step not in hidden]


def test_a_threat_brings_police_and_complaint_first_with_reason_number_and_their_own_numbers(open_form):
    box = open_form("file", "?faits=threats").page.locator(".pressing")
    text = box.inner_text()
    assert re.findall(r"\d+\. \w+", text) == ["12. Police", "13. Plainte"]
    assert "Il y a une menace ou une incitation" in text
    assert box.locator("a[href='tel:056863143']").first.is_visible()
    assert "Child Focus" not in text


def test_images_bring_the_removal_first_unless_the_pupil_is_of_age(open_form):
    visit = open_form("file", "?faits=intimate_images")
    assert visit.page.locator(".pressing a[href='tel:116000']").is_visible()
    assert visit.page.get_by_text("la photographier, l’enregistrer").first.is_visible()
    visit = open_form("file", "?faits=intimate_images&mineur=non")
    assert visit.page.locator(".pressing").is_hidden()
    assert visit.page.get_by_text("la photographier, l’enregistrer").first.is_hidden()


@pytest.mark.parametrize("form", ["page", "file"])
def test_a_choice_adapts_the_steps_and_can_be_taken_back(open_form, form):
    visit = open_form(form)
    visit.page.get_by_text("Adapter à la situation").click()
    visit.page.get_by_label("L’élève est mineur").select_option("Non")
    assert "pupil_informed" not in visible_steps(visit)
    assert visit.page.get_by_text("Situation choisie").is_visible()
    visit.page.get_by_role("button", name="Tout remontrer").click()
    visit.page.locator(".chosen").wait_for(state="hidden")
    assert visible_steps(visit) == STEPS


def test_a_link_shows_what_its_sender_saw(open_form):
    visit = open_form("page")
    visit.page.get_by_text("Adapter à la situation").click()
    visit.page.get_by_label("Insultes").check()
    visit.page.get_by_label("L’élève est mineur").select_option("Non")
    assert visit.page.url.endswith("?faits=insults&mineur=non")
    again = open_form("page", "?faits=insults&mineur=non")
    assert "pupil_informed" not in visible_steps(again)
    assert again.page.get_by_text("Situation choisie\u202f: Insultes · élève majeur.").is_visible()


def test_another_zone_gets_no_number_of_this_one(open_form):
    visit = open_form("file", "?zone=autre")
    assert visit.page.locator("a[href='tel:0474810891'] >> visible=true").count() == 0
    assert visit.page.locator("a[href='tel:112'] >> visible=true").count() > 0
    assert visit.page.get_by_text("pas encore les numéros de votre zone").is_visible()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ecran SNAP", ["evidence_kept"]),
        ("0474810891", ["school_mediation", "class_session"]),
        ("nude", ["evidence_kept"]),
        ("zzz", []),
    ],
)
def test_a_search_finds_words_without_accents_and_numbers_without_spaces(open_form, query, found):
    visit = open_form("file")
    visit.page.get_by_text("Adapter à la situation").click()
    visit.page.get_by_role("searchbox").fill(query)
    assert visible_steps(visit) == found
    assert visit.page.get_by_text("Rien ne correspond").is_visible() == (not found)


# Folds, addresses and paper


def test_what_is_looked_for_in_a_fold_opens_it(open_form):
    visit = open_form("file", "#:~:text=Une%20capture%20sans%20ces")
    visit.page.get_by_text("Une capture sans ces").wait_for(state="visible")


@pytest.mark.parametrize("form", ["page", "file"])
def test_a_step_has_an_address_of_its_own(open_form, form):
    visit = open_form(form, "#document-aux-parents")
    expect(visit.page.locator("#document-aux-parents")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("form", ["page", "file"])
def test_it_prints_on_two_pages_unfolded_with_the_hour_beside_each_box(open_form, form):
    visit = open_form(form, "?faits=threats&faits=intimate_images&mineur=oui", width=DESK)
    visit.page.get_by_label("CPMS\u202f: fait").check()
    hour = visit.page.locator("#cpms .hour").inner_text()
    paper = pypdf.PdfReader(BytesIO(visit.page.pdf(prefer_css_page_size=True, format="A4")))
    text = re.sub(r"\s+", " ", " ".join(sheet.extract_text() for sheet in paper.pages))
    assert len(paper.pages) == 2
    assert re.sub(r"\s+", " ", hour) in text
    assert text.count("à ________") == len(STEPS) - 1
    assert "Une capture sans ces repères" in text
    assert "Votre enfant est protégé" not in text


# Ticks


@pytest.mark.parametrize("form", ["page", "file"])
def test_ticks_stay_on_the_device_until_they_are_cleared(open_form, form):
    visit = open_form(form)
    said = visit.page.get_by_text("Vos coches restent sur cet appareil").bounding_box()
    box = visit.page.get_by_label("CPMS\u202f: fait")
    assert said["y"] < box.bounding_box()["y"]
    box.check()
    assert visit.page.get_by_text("Le CPMS est prévenu").is_visible()
    kept = json.loads(visit.page.evaluate("localStorage.getItem('relais-protocole')"))
    assert list(kept) == ["cpms"]
    assert re.fullmatch(r"\d{1,2}\u202fh\u202f\d\d", kept["cpms"])
    visit.page.reload()
    visit.page.get_by_text("Adapter à la situation").wait_for()
    assert box.is_checked()
    visit.page.get_by_role("button", name="Effacer les coches").click()
    assert not box.is_checked()
    visit.page.reload()
    visit.page.get_by_text("Adapter à la situation").wait_for()
    assert not box.is_checked()


def test_page_and_plain_page_share_their_ticks(server, open_form):
    visit = open_form("page")
    visit.page.get_by_label("CPMS\u202f: fait").check()
    visit.page.goto(f"{server.address}protocole.html")
    assert visit.page.get_by_label("CPMS\u202f: fait").is_checked()


def test_each_link_hands_over_its_file(open_form):
    visit = open_form("page", width=DESK)
    for link, start in (("Protocole (PDF)", b"%PDF"), ("Hors ligne", b"<!doctype html>"), ("Feuille parents", b"%PDF")):
        with visit.page.expect_download() as download:
            visit.page.get_by_role("link", name=link).first.click()
        assert download.value.path().read_bytes().startswith(start), link
