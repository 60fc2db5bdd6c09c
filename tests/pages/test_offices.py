"""Offices on the pages of records: a filter and a grouping where there are several, nothing where there is one."""

from __future__ import annotations

import importlib
from pathlib import Path

import pandas as pd
import pytest

from analytics.domain.schema import TABLES
from analytics.store import Store
from pages.incidents import whom, years
from pages.relays import compare
from tests.offices import MONS, TOURNAI, two_offices

DAY = pd.Timedelta(days=1)
GROUPED = (whom, years, compare)


@pytest.fixture(scope="module")
def shared(demonstration, tmp_path_factory) -> Path:
    """The demonstration as the records of two offices, by school; the last extract of one is three weeks older."""
    with Store(demonstration).snapshot() as snapshot:
        tables = {name: snapshot.table(name) for name in TABLES}
    with pytest.MonkeyPatch.context() as monkeypatch:
        two_offices(monkeypatch)
        is_second = tables["cases"]["school_id"].isin(sorted(set(tables["cases"]["school_id"]))[::3])
        tables["cases"]["office"] = tables["cases"]["office"].mask(is_second, TOURNAI)
        last = tables["imports"].tail(1)
        late = {"imported_at": last["imported_at"] + DAY, "as_of": last["as_of"] - 21 * DAY, "office": TOURNAI}
        tables["imports"] = pd.concat([tables["imports"], last.assign(**late)], ignore_index=True)
        store = Store(tmp_path_factory.mktemp("shared"))
        with store.writing():
            store.publish(tables)
    return store.folder


@pytest.fixture
def both(monkeypatch):
    """Two offices, as a process that starts with them has its pages."""
    two_offices(monkeypatch)
    for module in GROUPED:
        importlib.reload(module)
    yield
    monkeypatch.undo()
    for module in GROUPED:
        importlib.reload(module)


def test_with_one_office_no_page_speaks_of_offices(visit, demonstration, text):
    for page, address in (("incidents", {}), ("relays", {"question": "Comparer"})):
        app = visit(page, demonstration, **address)
        assert "ureau" not in text(app)
        assert not any("ureau" in widget.label for widget in (*app.multiselect, *app.selectbox))
        assert not any("Bureau" in box.options for box in app.selectbox)


def test_with_two_a_filter_keeps_the_cases_of_one_and_its_address(both, visit, shared, text):
    app = visit("incidents", shared, bureaux="Tournai")
    with Store(shared).snapshot() as snapshot:
        n = snapshot.table("cases")["office"].value_counts()
    assert "bureau Tournai" in text(app)
    assert f"{n[TOURNAI]} dossiers sur {n[MONS] + n[TOURNAI]}" in text(app).replace(" ", " ")
    assert app.query_params["bureaux"] in ("Tournai", ["Tournai"])
    assert not any(box.label == "Bureaux" for box in visit("schools", shared).multiselect)


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("incidents", {"sujet": "Et l’an dernier ?", "comparer": "Bureau"}),
        ("incidents", {"sujet": "À qui, par où", "selon": "Bureau"}),
        ("relays", {"question": "Comparer", "par": "Bureau"}),
    ],
)
def test_with_two_the_cases_are_compared_by_office(both, visit, shared, page, address):
    rows = visit(page, shared, **address).dataframe[0].value
    assert set(rows["Bureau"]) == {"Mons", "Tournai"}
