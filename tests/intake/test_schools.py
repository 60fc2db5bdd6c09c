"""The list of schools: what is kept of it, and how a register's words find a school, with a list or without."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain.schema import SCHOOLS as SCHOOLS_TABLE
from analytics.intake import Extract
from analytics.intake.schools import SchoolNames, provisional_schools, resolve_schools, school_id, school_key


def found(taken: Extract) -> list[tuple[int, str, str]]:
    """Row, header and rule of each fault."""
    return [(fault.row, fault.header, fault.rule) for fault in taken.faults]


def test_faults_of_the_schools_sheet_are_said_and_refuse_no_more_than_their_cell(take, typed):
    schools = """Code;Nom;Réseau;Niveau;Élèves;Délai CPMS
3000;Institut Hardy;Libre;Secondaire;mille;bientôt
;Sans code;;;;
3 000;Doublon;;;;
3007;École Lebrun;WBE;Lycée;12;5 jours
3 000;Encore;;;;
"""
    result = take(typed({}), schools=schools)
    assert [(fault.row, fault.header, fault.rule) for fault in result.school_faults] == [
        (2, "Réseau", "unknown_term"),
        (2, "Élèves", "not_a_number"),
        (2, "Délai CPMS", "not_a_deadline"),
        (3, "Code", "missing"),
        (5, "Niveau", "unknown_term"),
        (6, "Nom", "duplicate"),
    ]
    assert set(result.tables["schools"]["school_id"]) == {"3000", "3 000", "3007"}
    assert result.tables["school_deadlines"][["school_id", "max_school_days"]].to_numpy().tolist() == [["3007", 5]]
    assert not result.faults


def test_a_name_that_two_schools_share_is_not_known(take, typed):
    schools = "Code;Nom\n1;Institut\n2;Institut\n"
    result = take(typed({"École": "Institut"}, {"École": "2"}), schools=schools)
    assert found(result) == [(2, "École", "unknown_school")]
    assert result.faults[0].message.endswith("(plusieurs y portent ce nom : écrivez le code).")


def test_a_school_is_found_by_a_code_without_its_zeros_and_by_code_and_name_together(take, typed):
    schools = "Code;Nom\n0123;Institut Hardy\n0045;Athénée\n45;Lycée\n"
    words = ("123", "00123", "0123 - Institut Hardy", "INSTITUT HARDY (0123)", "0045", "45", "045", "0123 Athénée")
    result = take(typed(*({"École": word} for word in words)), schools=schools)
    assert found(result) == [(8, "École", "unknown_school"), (9, "École", "unknown_school")]
    assert sorted(result.tables["cases"]["school_id"]) == ["0045", "0123", "0123", "0123", "0123", "45"]


@pytest.mark.parametrize(
    ("cell", "limit"),
    [
        ("48 h", (48, None)),
        ("48 HEURES", (48, None)),
        ("5 jours ouvrables", (None, 5)),
        ("2 j. max", (None, 2)),
        ("max. 3 jours scolaires", (None, 3)),
        ("5 jours calendrier", None),
        ("24 h à 48 h", None),
        ("48 h puis 5 j", None),
        ("2 semaines", None),
        ("48", None),
    ],
)
def test_a_deadline_is_read_whole_or_not_at_all(take, typed, cell, limit):
    result = take(typed({}), schools=f"Code;Nom;Délai CPMS\n3000;Institut Hardy;{cell}\n")
    limits = result.tables["school_deadlines"][["max_hours", "max_school_days"]].astype("object")
    found = [tuple(None if pd.isna(value) else value for value in row) for row in limits.to_numpy()]
    assert found == ([limit] if limit else [])
    assert [fault.rule for fault in result.school_faults] == ([] if limit else ["not_a_deadline"])


@pytest.mark.parametrize(
    ("cell", "n_pupils"), [("1 234", 1234), ("1\u202f234", 1234), ("1.234", None), ("9" * 30, None)]
)
def test_a_number_of_pupils_may_have_spaces(take, typed, cell, n_pupils):
    result = take(typed({}), schools=f"Code;Nom;Élèves\n3000;Institut Hardy;{cell}\n")
    (found,) = result.tables["schools"]["n_pupils"]
    assert (None if pd.isna(found) else found) == n_pupils
    assert [fault.rule for fault in result.school_faults] == ([] if n_pupils else ["not_a_number"])


def test_a_file_without_schools_is_read_with_those_known_and_leaves_them_as_they_are(take, typed):
    known = take(typed({})).tables["schools"]
    result = take(typed({}), schools=None, known_schools=known)
    assert result.n_accepted == 1
    assert result.tables["schools"].empty
    alone = take(typed({}), schools=None, known_schools=known.iloc[:0]).tables["schools"]
    assert alone[["name", "provisional"]].to_numpy().tolist() == [["3000", True]]


def test_schools_of_another_alphabet_are_told_apart(take, typed):
    schools = "Code;Nom\n1;مدرسة\n2;Школа\n"
    result = take(typed({"École": "Школа"}), schools=schools)
    assert result.tables["cases"]["school_id"].tolist() == ["2"]


# Names as people write them

FRENCH = st.text("abcdefghijklmnopqrstuvwxyzéèêëàâçîïôùûœ'’ -–().", min_size=1, max_size=40)
WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=5, max_size=9).filter(lambda word: not word.startswith("st"))


@given(FRENCH)
def test_a_key_has_one_form_whatever_the_case_the_accents_and_how_often_it_is_taken(name):
    assert school_key(name.upper()) == school_key(name)
    assert school_key(school_key(name)) == school_key(name)
    assert school_id(school_id(name)) == school_id(name)


@given(WORD, WORD, WORD)
def test_saint_may_be_cut_short_and_a_place_stand_in_brackets_or_after_a_dash(kind, name, place):
    written = [
        f"{kind} Saint-{name} ({place})",
        f"{kind.upper()} St {name} - {place}",
        f"{kind} st. {name}–{place}",
        f" {kind}  SAINT {name} {place} ",
    ]
    assert len(set(map(school_key, written))) == 1
    assert school_key(written[0]) != school_key(f"{kind} Saint-{name}")
    assert school_key(f"{kind} Ste-{name}") == school_key(f"{kind} Sainte {name}") != school_key(f"{kind} Saint {name}")


LISTED = [
    ("3001", "Institut Saint-Exemple", "Tournai"),
    ("3002", "Athénée royal Jean Fictif", "Soignies"),
    ("3003", "École communale du Nuage", "Ath"),
    ("3004", "Institut technique Notre-Dame de Fiction", "Mons"),
    ("3005", "Collège du Vieux-Chœur", "Mons"),
    ("3006", "École fondamentale libre Sainte-Fiction", "Tournai"),
    ("3007", "Collège Saint-Double (Mons)", None),
    ("3008", "Collège Saint-Double (Ath)", None),
]


@pytest.fixture(scope="module")
def listed() -> pd.DataFrame:
    schools = pd.DataFrame(LISTED, columns=["school_id", "name", "zone"])
    return SCHOOLS_TABLE.conform(
        schools.assign(school_network=pd.NA, school_level=pd.NA, n_pupils=pd.NA, provisional=False)
    )


@pytest.mark.parametrize(
    ("word", "school"),
    [
        ("Institut St Exemple", "3001"),
        ("INSTITUT SAINT EXEMPLE (Tournai)", "3001"),
        ("Athénée royal Jean Fictif - Soignies", "3002"),
        ("Ecole communale du Nuage (Ath)", "3003"),
        ("Ec. com. Nuage", "3003"),
        ("AR J. Fictif", "3002"),
        ("Vieux-Choeur", "3005"),
        ("EFL Ste-Fiction", "3006"),
        ("College St-Double, Mons", "3007"),
        ("3008 Collège Saint-Double (Ath)", "3008"),
        ("Institut Saint-Exemple (Péruwelz)", None),
        ("Collège Saint-Double", None),
        ("Institut", None),
        ("École communale", None),
        ("ITN Mons", None),
        ("Collège Saint-Exemple", None),
        ("Lycée Inconnu", None),
    ],
)
def test_a_name_is_found_where_only_one_school_of_the_list_can_be_meant(listed, word, school):
    assert SchoolNames(listed).find(word) == school


def test_a_number_is_never_cut_short():
    schools = provisional_schools(["Institut Brasseur 28", "Institut Brasseur 14"], [None, None])
    assert SchoolNames(schools).find("Institut Brasseur 2") is None


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("ITN Mons", ["3004"]),
        ("Collège Saint-Double", ["3007", "3008"]),
        ("Collège Saint-Exemple", ["3001"]),
        ("Athénée Jean Fictive", ["3002"]),
    ],
)
def test_a_name_that_may_be_several_is_asked_with_the_nearest_three_first(listed, word, nearest):
    question = SchoolNames(listed).question(word, [4, 9])
    choices = list(question.choices)
    assert sorted(choices[: len(nearest)]) == nearest
    assert choices.index("other") == 3
    assert len(choices) == len(LISTED) + 1
    assert (question.place, question.n_rows, question.blocking) == (("schools", word), 2, False)


def resolve(words: list[str], schools: pd.DataFrame, mapped: dict[str, str] | None = None):
    return resolve_schools(words, ["secondary_2"] * len(words), range(2, len(words) + 2), schools, mapped or {})


def test_beside_a_list_an_unknown_name_has_no_school_until_it_is_answered(listed):
    words = ["Institut St Exemple", "ITN Mons", "", "ITN Mons"]
    asked = resolve(words, listed)
    assert asked.codes.tolist() == ["3001", None, "", None]
    assert asked.added.empty
    assert [(question.rows, question.default) for question in asked.questions] == [((3, 5), "3004")]
    answered = resolve(words, listed, {"ITN Mons": "3004"})
    assert (answered.codes.tolist(), answered.questions) == (["3001", "3004", "", "3004"], ())
    other = resolve(words, listed, {"ITN Mons": "other"})
    assert other.codes.tolist() == ["3001", "itn-mons", "", "itn-mons"]
    assert other.added["name"].tolist() == ["ITN Mons"]
    assert other.questions == ()


def test_without_a_list_the_distinct_names_are_a_provisional_one():
    words = ["Institut St-Exemple", "Institut Saint-Exemple", "INSTITUT SAINT EXEMPLE", "École du Nuage (Ath)"]
    words += ["École du Nuage – Mons", "Institut Saint-Exemple"]
    levels = ["secondary_2", "unknown", None, "fundamental", "fundamental", "secondary_1"]
    found = resolve_schools(words, levels, range(2, 8), SCHOOLS_TABLE.empty, {})
    assert found.codes.tolist() == ["institut-saint-exemple"] * 3 + [
        "ecole-du-nuage-ath",
        "ecole-du-nuage-mons",
        "institut-saint-exemple",
    ]
    schools = SCHOOLS_TABLE.conform(found.added).set_index("school_id")
    assert schools.loc["institut-saint-exemple", "name"] == "Institut Saint-Exemple"
    assert schools["school_level"].to_dict() == {
        "institut-saint-exemple": "secondary",
        "ecole-du-nuage-ath": "fundamental",
        "ecole-du-nuage-mons": "fundamental",
    }
    assert schools["n_pupils"].isna().all()
    assert schools["provisional"].all()
    assert found.questions == ()


def test_a_school_whose_pupils_are_of_both_levels_teaches_what_nobody_says():
    assert provisional_schools(["A", "A"], ["secondary_1", "fundamental"])["school_level"].isna().all()


def test_without_a_list_a_name_that_may_be_another_cut_short_or_misspelt_is_asked():
    words = ["Institut Saint-Exemple", "Institut Saint-Exemple", "Inst. St-Exemple", "Institut Saint-Exemplle"]
    words += ["Collège du Nuage (Ath)", "Collège du Nuage (Mons)", "École 12 Rivages", "École 13 Rivages"]
    found = resolve(words, SCHOOLS_TABLE.empty)
    asked = {question.place[1] for question in found.questions}
    assert {"Inst. St-Exemple", "Institut Saint-Exemplle"} <= asked
    assert not {word for word in asked if "Nuage" in word or "Rivages" in word}
    answered = resolve(words[:3], SCHOOLS_TABLE.empty, {"Inst. St-Exemple": "institut-saint-exemple"})
    assert set(answered.codes) == {"institut-saint-exemple"}


# Lists


def test_without_a_list_a_school_is_one_with_its_code_without_it_and_by_it_alone(taken):
    names = ["Institut Hardy (3000)", "3000 - Institut Hardy", "Institut Hardy", "3000", "FASE 3000"]
    result = taken(*({"École": name} for name in names[:4]), schools=None)
    assert result.tables["schools"][["school_id", "name"]].to_numpy().tolist() == [["3000", "Institut Hardy"]]
    assert not result.questions
    assert not result.faults


def test_without_a_list_two_codes_of_one_name_are_two_schools_and_the_name_alone_is_neither(taken):
    result = taken(*({"École": f"Saint-Joseph{code}"} for code in (" (3000)", " (3001)", "")), schools=None)
    assert result.tables["schools"]["school_id"].tolist() == ["3000", "3001"]
    assert [fault.rule for fault in result.faults] == ["unknown_school"]


def test_a_name_that_the_name_of_a_sheet_cuts_short_is_found():
    schools = provisional_schools(["Institut technique Notre-Dame de Fictionville", "Institut Hardy"], [None, None])
    assert SchoolNames(schools).find("Institut technique Notre-Dame d") is not None


def test_a_list_may_hold_names_only(take, typed):
    result = take(typed({"École": "Institut Saint-Exemple"}), schools="Nom\nInstitut St-Exemple\nÉcole du Nuage\n")
    assert result.tables["cases"]["school_id"].tolist() == ["institut-saint-exemple"]
    assert result.tables["schools"]["name"].tolist() == ["Institut St-Exemple", "École du Nuage"]
    assert not result.tables["schools"]["provisional"].any()


PUBLIC_LIST = """N° FASE de l'établissement;Nom de l'établissement;Type d'enseignement;Réseau;Arrondissement administratif;\
N° FASE de l'implantation;Nom de l'implantation
3001;Institut Saint-Exemple;Secondaire ordinaire;Libre confessionnel subventionné;Tournai;7000;A
3001;INSTITUT SAINT EXEMPLE;Secondaire CEFA;Libre confessionnel subventionné;Tournai;7001;B
3002;Groupe scolaire Fictif;Primaire ordinaire;Officiel subventionné communal;Ath;7010;A
3002;Groupe scolaire Fictif;Secondaire ordinaire;Officiel subventionné communal;Ath;7011;B
""".replace("\\\n", "")


def test_the_public_list_has_one_row_per_implantation_and_its_own_words(take, typed):
    result = take(typed({"École": "3001"}), schools=PUBLIC_LIST)
    assert result.n_accepted == 1
    assert result.school_faults == []
    schools = result.tables["schools"]
    assert schools["school_id"].tolist() == ["3001", "3002"]
    assert schools["school_network"].tolist() == ["denominational", "municipal"]
    assert schools["zone"].tolist() == ["Tournai", "Ath"]
    assert schools.loc[0, "school_level"] == "secondary"
    assert pd.isna(schools.loc[1, "school_level"]), "it teaches both"


def test_two_sizes_of_one_school_are_none(take, typed):
    schools = "Code;Nom;Élèves\n3000;Institut Hardy;100\n3000;Institut Hardy;200\n3007;Nuage;50\n3007;Nuage;\n"
    sizes = take(typed({}), schools=schools).tables["schools"].set_index("school_id")["n_pupils"]
    assert (pd.isna(sizes["3000"]), sizes["3007"]) == (True, 50)
