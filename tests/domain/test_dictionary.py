"""The data dictionary explains every column, and every code of a closed list."""

from analytics import dictionary, labels
from analytics.domain.schema import TABLES
from analytics.domain.vocabulary import OUTCOMES, SCHOOL_LEVELS


def test_every_column_of_every_table_is_explained_once_or_by_its_codes():
    rows = dictionary()
    explained = set(rows[["Table", "Colonne"]].itertuples(index=False, name=None))
    assert explained == {(table.name, name) for table in TABLES.values() for name in table.names}
    assert not rows.duplicated(["Table", "Colonne", "Code"]).any()
    assert (rows["Signification"].str.len() > 3).all()


def test_a_code_has_its_label_and_its_definition():
    outcome = dictionary().query("Table == 'case_steps' and Colonne == 'outcome'").set_index("Code")
    assert list(outcome.index) == list(OUTCOMES)
    assert outcome.loc["not_applicable", "Libellé"] == "Sans objet"
    assert (outcome["Définition"] != "").all()


def test_the_labels_of_a_column_are_those_of_its_list_in_order():
    assert [label for code, label in labels("school_level").items() if code in SCHOOL_LEVELS] == [
        term.label for term in SCHOOL_LEVELS.values()
    ]
    assert labels("n_pupils") == {}
