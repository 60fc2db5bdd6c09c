"""The page Écoles concernées: silent schools are told, nobody is ranked, one case is no crisis."""

from __future__ import annotations

import json
import shutil

import pytest

from analytics.domain.vocabulary import TEACHING_LEVELS
from analytics.measures import schools
from analytics.measures.funnel import bunching
from analytics.store import Store
from tests.repository import ROOT

TRUTH = json.loads((ROOT / "tests/files/registre-2025-2026-suite.truth.json").read_text("utf-8"))


def metrics(app) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_schools_with_a_case_and_those_never_seen_are_counted(visit, extracts):
    with_cases = sum(n > 0 for n in TRUTH["schools"].values())
    silent = sum(n == 0 for n in TRUTH["schools"].values())
    shown = metrics(visit("schools", extracts))
    assert shown["Écoles avec au moins un dossier"] == f"{with_cases} sur {with_cases + silent}"
    assert shown["Écoles jamais vues au registre"] == str(silent)


def test_a_filter_makes_no_school_one_that_was_never_seen(visit, extracts):
    silent = sum(n == 0 for n in TRUTH["schools"].values())
    shown = metrics(visit("schools", extracts, types="Incitation au suicide"))
    assert shown["Écoles jamais vues au registre"] == str(silent)


def test_no_table_of_schools_is_in_the_order_of_a_rate(visit, extracts):
    table = visit("schools", extracts).dataframe[0].value
    assert table["École"].to_list() == sorted(table["École"])
    assert "Taux prudent" in table.columns


def test_over_dispersion_and_silence_are_told_in_words(visit, extracts, text):
    words = text(visit("schools", extracts))
    snapshot = Store(extracts).snapshot()
    found = bunching(snapshot.case_counts(by=["school_id", "report_week"]))
    apart = schools.rates(snapshot.school_counts(), found).query("spread > 0")["school_level"].unique()
    assert ("Les écoles de même niveau diffèrent plus que le hasard" in words) == bool(len(apart))
    assert all(TEACHING_LEVELS.label(level).lower() in words for level in apart)
    assert "Ne rien signaler n’est pas être à l’abri" in words


def test_schools_without_a_size_count_but_in_no_rate(visit, undated, text):
    page = visit("schools", undated)
    words = text(page)
    assert (
        f"{len(TRUTH['schools'])} écoles sans nombre d’élèves ou sans niveau : elles comptent partout, sauf dans les taux"
        in words
    )
    assert "Leurs noms viennent du registre" in words
    assert metrics(page)["Écoles avec au moins un dossier"].startswith(
        f"{sum(n > 0 for n in TRUTH['schools'].values())} "
    )


@pytest.mark.parametrize("page", ["overview", "incidents", "prevention", "publish"])
def test_the_other_pages_open_on_what_is_not_known(visit, undated, text, page):
    words = text(visit(page, undated, **({"sujet": "Qui et où", "selon": "Niveau"} if page == "incidents" else {})))
    assert ("Ce registre ne dit rien des clôtures" in words) == (page == "overview")


@pytest.mark.parametrize("n_cases", [1, 2])
def test_one_case_is_no_school_apart(visit, few_cases, n_cases, text):
    words = text(visit("schools", few_cases(n_cases)))
    assert "Aucune école ne sort de l’entonnoir" in words


def test_a_school_is_found_by_its_name_and_its_page_opens_at_its_code(visit, extracts):
    school = Store(extracts).snapshot().school_counts().sort_values("n").iloc[-1]
    app = visit("schools", extracts, niveaux="1er degré")
    (find,) = [box for box in app.selectbox if box.label == "Ouvrir la fiche d’une école"]
    find.select(school["school_id"]).run()
    assert app.title[0].value == "Fiche d’une école"
    assert app.query_params == {"ecole": school["school_id"], "niveaux": "1er degré"}
    headings = [heading.value for heading in app.header]
    assert headings[0] == "D’une année à l’autre"
    assert "Ses dossiers où une étape attend hors délai" in headings


def test_what_somebody_else_changed_is_there_at_the_next_run(visit, extracts, tmp_path):
    store = Store(shutil.copytree(extracts, tmp_path / "store"))
    app = visit("schools", store.folder)
    assert "431 dossiers" in app.caption[0].value
    store.undo(store.versions[0])
    assert "420 dossiers" in app.run().caption[0].value
