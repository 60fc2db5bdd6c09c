"""Charts and figures in a real browser, with one case and with 200 schools over five years: nothing cut, nothing on top."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from analytics.importing import import_register
from analytics.intake import Key
from analytics.schema import TABLES
from analytics.school_calendar import calendar
from analytics.store import Store
from analytics.synthetic import synthetic_register
from tests.browser.driving import PHONE, serve

pytestmark = pytest.mark.browser

LAPTOP = {"width": 1440, "height": 900}
CHARTED = [
    "",
    "incidents",
    "incidents?sujet=%C3%80+qui%2C+par+o%C3%B9&selon=Canal",
    "incidents?sujet=Quand&annee=2025-2026",
    "ecoles",
    "ecole",
]

# The words of each chart that are drawn: those that leave their chart, and the pairs of which one lies on the other.
_MISPLACED = """() => [...document.querySelectorAll(".stPlotlyChart")].flatMap(chart => {
    const frame = chart.getBoundingClientRect()
    const words = [...chart.querySelectorAll("text")]
        .map(text => [text.textContent, text.getBoundingClientRect()])
        .filter(([word, box]) => word.trim() && box.width > 0)
    const cut = words.filter(([, box]) => box.left < frame.left - 1 || box.right > frame.right + 1
        || box.top < frame.top - 1 || box.bottom > frame.bottom + 1).map(([word]) => `cut: ${word}`)
    const over = words.flatMap(([word, a], i) => words.slice(i + 1).filter(([, b]) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4).map(([other]) => `${word} on ${other}`))
    return [...cut, ...over]
})"""

# The words of the figures that stand on cards: those of which a part is hidden.
_HIDDEN = """() => [...document.querySelectorAll("[data-testid=stMetric] *")]
    .filter(part => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflow === "hidden")
    .map(part => part.textContent)"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Two servers, by state: 200 schools and five school years, and one case of them."""
    huge, one = (tmp_path_factory.mktemp(state) for state in ("huge", "one"))
    content = synthetic_register(
        seed=3,
        n_cases=5_000,
        n_schools=200,
        school_years=[year.name for year in calendar().years],
        as_of=date(2027, 6, 18),
    )
    import_register(Store(huge / "store"), content, Key(b"k" * 32), datetime(2027, 6, 19, tzinfo=UTC))
    snapshot = Store(huge / "store").snapshot()
    assert snapshot is not None
    with snapshot:
        tables = {name: snapshot.table(name) for name in TABLES}
    case = tables["cases"].query("school_year == '2025-2026'").iloc[0]
    for name in ("cases", "case_incidents", "case_steps"):
        tables[name] = tables[name][tables[name]["case_id"] == case["case_id"]]
    tables["schools"] = tables["schools"][tables["schools"]["school_id"] == case["school_id"]]
    tables["school_deadlines"] = tables["school_deadlines"].iloc[:0]
    store = Store(one / "store")
    with store.writing():
        store.publish(tables)
    with serve(huge) as of_many, serve(one) as of_one:
        yield {"huge": of_many.address, "one": of_one.address}


@pytest.mark.parametrize("state", ["huge", "one"])
@pytest.mark.parametrize("path", CHARTED)
def test_no_word_of_a_chart_or_a_figure_is_cut_or_covered(path, state, served, open_url):
    visit = open_url(served[state] + path, LAPTOP["width"]).settle()
    for width in (LAPTOP["width"], PHONE):
        visit.page.set_viewport_size({"width": width, "height": 900})
        visit.settle()
        visit.page.wait_for_timeout(500)
        assert visit.page.evaluate(_MISPLACED) == [], width
        assert visit.page.evaluate(_HIDDEN) == [], width


@pytest.mark.parametrize("state", ["huge", "one"])
def test_the_overview_holds_in_one_screen_of_a_laptop(state, served, open_url):
    visit = open_url(served[state], LAPTOP["width"])
    visit.page.set_viewport_size(LAPTOP)
    visit.settle()
    main = visit.page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollHeight <= main.clientHeight")


def test_a_filter_stays_from_page_to_page_and_stands_in_each_address(served, open_url):
    visit = open_url(served["huge"] + "?niveaux=1er+degr%C3%A9", LAPTOP["width"])
    page = visit.settle().page
    chosen = page.get_by_text(re.compile("Données internes .* 1er degré"))
    for menu, heading in (("Écoles concernées", "Dossiers et taille de l'école"), ("Vue d'ensemble", "Vue d'ensemble")):
        page.get_by_test_id("stSidebarNavLink").filter(has_text=menu).click()
        page.get_by_role("heading", name=heading).wait_for()
        chosen.wait_for()
        assert "niveaux=1er+degr%C3%A9" in page.url
    page.get_by_test_id("stMain").get_by_role("link", name="Voir les semaines").click()
    page.get_by_role("heading", name="Semaine par semaine").wait_for()
    chosen.wait_for()
    assert "/incidents?" in page.url
    assert "niveaux=1er+degr%C3%A9" in page.url
    page.reload()
    visit.settle()
    chosen.wait_for()
