"""The curve of a step by group."""

import pytest

from analytics.domain.schema import TABLES
from analytics.store import Store


@pytest.mark.parametrize(
    "group", ["Niveau", "Réseau", "Zone", "Type d’incident", "Menace pour la vie", "Année scolaire"]
)
def test_a_step_is_compared_by_every_group_in_words_and_never_by_a_bare_p(ask, group, text):
    app = ask(question="Comparer", par=group)
    assert app.get("plotly_chart")
    said = text(app)
    assert "hasard" in said or "rien à comparer" in said
    assert "p =" not in said


def test_cases_of_a_school_without_a_zone_have_a_curve_of_their_own(ask, extracts, tmp_path):
    snapshot = Store(extracts).snapshot()
    assert snapshot is not None
    with snapshot:
        tables = {name: snapshot.table(name) for name in TABLES}
    schools = tables["schools"]
    of_most = schools["school_id"].isin(tables["cases"]["school_id"].value_counts().index[:10])
    tables["schools"] = schools.assign(zone=schools["zone"].where(~of_most))
    with Store(tmp_path).writing():
        Store(tmp_path).publish(tables)
    table = next(t.value for t in ask(tmp_path, question="Comparer", par="Zone").dataframe if "Zone" in t.value.columns)
    assert "non précisé" in set(table["Zone"])
    assert table["Zone"].notna().all()
