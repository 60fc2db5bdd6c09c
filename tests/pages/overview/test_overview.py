"""The Vue d'ensemble: how many against last year, what waits, what is new, each leading to its page, filtered."""

from __future__ import annotations

from urllib.parse import parse_qs

from analytics.store import Store


def metrics(app) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def links(app) -> dict[str, dict[str, list[str]]]:
    """What each link asks of its page; that it opens it is for the browser tests."""
    return {link.proto.label: parse_qs(link.proto.query_string) for link in app.get("page_link")}


def test_what_is_new_is_the_difference_between_the_extracts(visit, extracts):
    """420 and 431 cases: the truth files of the two registers."""
    app = visit("overview", extracts)
    assert metrics(app)["Nouveau depuis l’extrait du 12/06/2026"] == "+11 dossiers"


def test_what_waits_is_what_the_work_list_holds_whatever_its_year(visit, extracts):
    n = len(Store(extracts).snapshot().work_list())
    assert metrics(visit("overview", extracts))["Attendent hors délai"] == f"{n} dossiers"


def test_it_opens_on_this_school_year_and_all_is_one_choice_away(visit, extracts, text):
    app = visit("overview", extracts)
    assert "année 2025-2026" in text(app)
    assert app.query_params["annees"] == "2025-2026"
    app.multiselect(key="annees").set_value([]).run()
    assert "tous les dossiers" in text(app)
    assert app.query_params["annees"] == "toutes"
    assert "tous les dossiers" in text(visit("overview", extracts, annees="toutes"))


def test_a_chosen_year_that_the_chosen_weeks_leave_out_gives_way_to_the_one_that_has_reports(
    visit, demonstration, text
):
    before, last = Store(demonstration).snapshot().choices().school_years[-2:]
    app = visit("overview", demonstration, annees=[before, last], jusque=f"02/03/{last[:4]}")
    assert f"Signalements par semaine, {before}" in text(app)


def test_the_year_that_is_proposed_does_not_follow_to_pages_that_propose_none(visit, extracts, text):
    app = visit("overview", extracts)

    def go(page: str) -> None:
        """By the menu, which leaves the address behind."""
        app.query_params.clear()
        app.switch_page(f"pages/{page}/page.py").run()

    go("incidents")
    assert "tous les dossiers" in text(app)
    app.multiselect(key="annees").set_value(["2025-2026"]).run()
    go("overview")
    go("incidents")
    assert "année 2025-2026" in text(app)


def test_a_link_takes_the_year_that_is_proposed_along(visit, extracts, text):
    app = visit("overview", extracts)
    app.query_params["annees"] = "2025-2026"
    app.switch_page("pages/incidents/page.py").run()
    assert "année 2025-2026" in text(app)


def test_each_figure_leads_to_its_page_with_the_filters_of_this_one(visit, extracts):
    found = links(visit("overview", extracts, niveaux="1er degré", zones="Mons"))
    kept = {"niveaux": ["1er degré"], "zones": ["Mons"]}
    year = {"annees": ["2025-2026"]}
    assert found["Voir ces semaines"] == kept | year | {"depuis": ["08/06/2026"]}
    assert found["Voir qui attend"] == kept
    assert found["Voir les types"] == kept | year


def test_this_week_says_three_things_at_most_and_each_is_a_link(visit, demonstration):
    app = visit("overview", demonstration)
    said = [label for label in links(app) if label.endswith(".")]
    assert 1 <= len(said) <= 3
    assert any(label.startswith("Parents en 48") for label in said), said


def test_whom_to_call_for_each_relay_is_one_click_away(visit, demonstration):
    app = visit("overview", demonstration)
    waiting = Store(demonstration).snapshot().work_list(steps=["cpms"])
    assert links(app)[f"CPMS\u202f: {len(waiting)}"] == {"etape": ["CPMS"]}


def test_cases_and_threats_stand_beside_those_of_last_year(visit, demonstration, text):
    """Counted here from the records: whole weeks from the first Monday of each year."""
    cases = Store(demonstration).snapshot().table("cases")
    week = cases["report_week"]
    now = cases[week.between("2026-08-24", "2026-11-09")]
    before = cases[week.between("2025-08-25", "2025-11-10")]
    app = visit("overview", demonstration)
    assert metrics(app)["Depuis la rentrée"] == f"{len(now)} dossiers"
    assert metrics(app)["Dont la vie est menacée"] == f"{now['danger'].sum()} dossiers"
    words = text(app)
    assert f"{len(before)} l’an dernier aux mêmes semaines entières" in words
    assert f"{before['danger'].sum()} l’an dernier aux mêmes semaines entières" in words


def test_a_first_extract_says_that_there_is_nothing_to_compare(visit, few_cases, text):
    app = visit("overview", few_cases(3))
    assert metrics(app)["Dossiers, semaine en cours comprise"] == "3"
    assert "Premier extrait" in text(app)
    assert "la comparaison viendra" in text(app)


def test_a_register_without_a_case_says_so(visit, few_cases, text):
    app = visit("overview", few_cases(0))
    assert not app.metric
    assert app.info
