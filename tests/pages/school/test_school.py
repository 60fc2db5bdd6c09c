"""The sheet of a school: its cases, its own deadlines, and what it says where there is no case."""

from datetime import date

from analytics.store import Store
from analytics.workflows.school_sheet import school_sheet


def busiest(extracts):
    schools = Store(extracts).snapshot().school_counts()
    return schools.sort_values("n").iloc[-1]


def test_a_sheet_opens_at_the_address_of_its_school(visit, extracts, text):
    school = busiest(extracts)
    app = visit("school", extracts, ecole=school["school_id"])
    assert {metric.label: metric.value for metric in app.metric}["Dossiers"] == str(school["n"])
    assert len(app.get("plotly_chart")) == 3
    assert "hors délai dans ses dossiers ouverts" in text(app)


def test_a_sheet_judges_by_the_schools_own_deadline_where_it_has_one(visit, extracts):
    snapshot = Store(extracts).snapshot()
    own = snapshot.table("school_deadlines").query("step == 'cpms' and max_school_days == 5").iloc[0]
    app = visit("school", extracts, ecole=own["school_id"])
    steps = next(table.value for table in app.dataframe if "Fixé par" in table.value.columns).set_index("Étape")
    assert steps.loc["CPMS", ["Délai", "Fixé par"]].to_list() == ["5 j. d’école", "l’école"]
    assert steps.loc["Police", "Fixé par"] == "le service"


def test_a_school_without_a_case_has_a_sheet_that_says_so(visit, extracts, text):
    school = Store(extracts).snapshot().school_counts().query("n == 0").iloc[0]
    app = visit("school", extracts, ecole=school["school_id"])
    assert "Aucun dossier de cette école" in text(app)
    assert not app.get("plotly_chart")


def test_what_is_not_known_of_a_school_is_said(visit, undated, text):
    school = busiest(undated)
    shown = visit("school", undated, ecole=school["school_id"])
    assert {metric.label: metric.value for metric in shown.metric}["Dossiers"] == str(school["n"])
    assert "Ce registre ne dit rien des clôtures" in text(shown)
    assert any("À temps, au plus" in table.value.columns for table in shown.dataframe)


def test_its_paper_stands_whatever_the_register_lacks(undated, few_cases):
    for folder in (undated, few_cases(1)):
        with Store(folder).snapshot() as snapshot:
            content = school_sheet(snapshot, busiest(folder)["school_id"], date(2026, 7, 1))
        assert content.startswith(b"%PDF")
