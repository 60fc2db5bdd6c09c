"""Charts and figures in a real browser, with no case, with one, and with 200 schools over ten years: nothing cut, nothing
on top, and a word where there is nothing to draw.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from analytics.domain.schema import TABLES
from analytics.domain.school_calendar import SchoolYear, calendar
from analytics.store import Store
from tests.browser.driving import PHONE, ROOT, serve

pytestmark = pytest.mark.browser

LAPTOPS = ((1440, 900), (1366, 768))
AS_OF = date(2032, 5, 28)
YEAR = "2031-2032"
PAGES = ["", "incidents", "relais", "ecoles", "ecole", "prevention"]
CHARTED = [
    *PAGES,
    "incidents?sujet=%C3%80+qui%2C+par+o%C3%B9&selon=Canal",
    f"incidents?sujet=Quand&annee={YEAR}&compte=Autre",
    "relais?question=D%C3%A9lais+et+retards",
    "relais?question=Comparer&par=Niveau",
    "relais?question=O%C3%B9+le+temps+se+perd",
    "relais?question=Changement+ou+hasard",
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


# In a process of its own: the calendar is chosen when Relais starts.
BUILD = f"""
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from analytics.domain.school_calendar import calendar
from analytics.intake import Key
from analytics.store import Store
from analytics.synthetic import synthetic_register
from analytics.workflows.importing import import_register

years = [year.name for year in calendar().years][:10]
assert years[-1] == "{YEAR}"
as_of = date.fromisoformat("{AS_OF}")
content = synthetic_register(seed=3, n_cases=3_000, n_schools=200, school_years=years, as_of=as_of)
import_register(Store(Path(sys.argv[1])), content, Key(b"k" * 32), datetime(2032, 5, 29, tzinfo=UTC))
"""


def invented_calendar(known: SchoolYear, n_years: int) -> str:
    """School years after the ``known`` one that nobody has decreed: each is the one before it, 52 weeks later."""
    years = []
    for n in range(1, n_years + 1):
        later, start = timedelta(weeks=52 * n), known.first_day.year + n
        holidays = [
            f'{{ name = "{h.name}", first_day = {h.first_day + later}, last_day = {h.last_day + later} }}'
            for h in known.holidays
        ]
        years.append(
            f'[[school_years]]\nname = "{start}-{start + 1}"\nfirst_day = {known.first_day + later}\n'
            f"last_day = {known.last_day + later}\nholidays = [{', '.join(holidays)}]\n"
        )
    return "\n".join(years)


def few(tables: dict[str, pd.DataFrame], n_cases: int) -> dict[str, pd.DataFrame]:
    """The tables with the first cases of the last year, in the schools that they are of, or in all schools without any."""
    kept = tables["cases"].query("school_year == @YEAR").head(n_cases)
    few = {
        name: table[table["case_id"].isin(kept["case_id"])] if "case_id" in table else table
        for name, table in tables.items()
    }
    if n_cases:
        few["schools"] = tables["schools"][tables["schools"]["school_id"].isin(kept["school_id"])]
        for name in ("school_deadlines", "school_actions"):
            few[name] = tables[name].iloc[:0]
    return few


@pytest.fixture(scope="module")
def states(tmp_path_factory) -> Generator[dict[str, Path]]:
    """A store for each state: no case, one case, and 200 schools over ten school years.

    Five of the ten are invented, and the one that follows, in which the next sessions are planned.
    """
    folders = {state: tmp_path_factory.mktemp(state) for state in ("huge", "one", "empty")}
    own = Path(shutil.copytree(ROOT / "tests/data", folders["huge"] / "data"))
    with (own / "calendar.toml").open("a", encoding="utf-8") as file:
        file.write(invented_calendar(calendar().years[-1], 6))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RELAIS_DATA", str(own))  # of the server too
        command = [sys.executable, "-c", BUILD, str(folders["huge"] / "store")]
        subprocess.run(command, cwd=ROOT, check=True)
        snapshot = Store(folders["huge"] / "store").snapshot()
        assert snapshot is not None
        with snapshot:
            tables = {name: snapshot.table(name) for name in TABLES}
        for state, n_cases in (("one", 1), ("empty", 0)):
            store = Store(folders[state] / "store")
            with store.writing():
                store.publish(few(tables, n_cases))
        yield {state: folder / "store" for state, folder in folders.items()}


@pytest.fixture(scope="module")
def showing(states, browser, tmp_path_factory) -> Generator[Callable[[str], str]]:
    """The address of one server for all states, once its store holds the state that is asked for."""
    folder = tmp_path_factory.mktemp("served")
    shown = ""

    def showing(state: str) -> str:
        nonlocal shown
        if state != shown:
            shutil.rmtree(folder / "store", ignore_errors=True)
            shutil.copytree(states[state], folder / "store")
            shown = state
        return server.address

    with serve(folder) as server:
        yield showing


@pytest.mark.parametrize("path", CHARTED)
@pytest.mark.parametrize("state", ["huge", "one"])
def test_no_word_of_a_chart_or_a_figure_is_cut_or_covered(state, path, showing, look):
    visit = look(showing(state) + path, LAPTOPS[0][0])
    assert visit.page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0
    assert visit.page.locator(".stPlotlyChart").count() > 0
    for width, scheme in ((LAPTOPS[0][0], "light"), (PHONE, "dark")):
        visit.turn(width, scheme)
        assert visit.page.evaluate(_MISPLACED) == [], width
        assert visit.page.evaluate(_HIDDEN) == [], width
        assert visit.overflow <= 0, width


@pytest.mark.parametrize("path", PAGES)
def test_a_page_without_a_case_says_so_and_draws_nothing(path, showing, look):
    visit = look(showing("empty") + path, PHONE, "dark")
    visit.page.get_by_text("Aucun dossier").first.wait_for()
    assert visit.page.locator(".stPlotlyChart, [data-testid=stMetric]").count() == 0
    assert visit.page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0
    assert visit.overflow <= 0


@pytest.mark.parametrize("state", ["huge", "one"])
def test_the_overview_holds_in_one_screen_of_a_laptop(state, showing, look):
    visit = look(showing(state), LAPTOPS[0][0])
    for width, height in LAPTOPS:
        main = visit.turn(width, height=height).page.get_by_test_id("stMain")
        assert main.evaluate("main => main.scrollHeight <= main.clientHeight"), width
