"""The level of a pupil from a class as schools write it."""

from __future__ import annotations

import pytest

from analytics.intake.levels import Classes, find_level


@pytest.mark.parametrize(
    ("word", "level"),
    [
        ("S3", "secondary_2"),
        ("3S", "secondary_2"),
        ("3e secondaire", "secondary_2"),
        ("P6 A", "fundamental"),
        ("M1", "fundamental"),
        ("2e degré", "secondary_2"),
        ("Fondamental", "fundamental"),
        ("3e année secondaire", "secondary_2"),
        ("Première secondaire", "secondary_1"),
        ("4e primaire A", "fundamental"),
        ("3SB", "secondary_2"),
        ("S4 TQ", "secondary_2"),
        ("3e professionnelle", "secondary_2"),
        ("3e puériculture", None),
        ("3e", None),
        ("S3/S4", "secondary_2"),
        ("P6/S1", None),
        ("3TQ", "secondary_2"),
        ("Rhéto", "secondary_3"),
        ("DASPA", "unknown"),
        ("S8", None),
        ("x", None),
    ],
)
def test_a_year_of_study_gives_its_level(word, level):
    assert find_level(word) == level


@pytest.mark.parametrize(
    ("word", "in_secondary", "in_fundamental"),
    [
        ("3e", "secondary_2", "fundamental"),
        ("1ère", "secondary_1", "fundamental"),
        ("3A", "secondary_2", "fundamental"),
        ("5TQ", "secondary_3", "secondary_3"),
        ("5P", "secondary_3", "fundamental"),
        ("6 TQ Agro", "secondary_3", "secondary_3"),
        ("P5", "fundamental", "fundamental"),
        ("7e", "secondary_3", None),
        ("9e", None, None),
        ("2026", None, None),
    ],
)
def test_a_year_alone_is_of_what_the_school_teaches(word, in_secondary, in_fundamental):
    assert (find_level(word, "secondary"), find_level(word, "fundamental")) == (in_secondary, in_fundamental)


def test_a_p_after_the_year_is_professional_beside_sections_and_primary_beside_the_years_that_only_primary_has():
    with_sections, with_primary = Classes.of(["4P", "3TQ", "2C"]), Classes.of(["4P", "2P"])
    assert with_sections.find("4P", school="Institut Hardy") == "secondary_2"
    assert with_sections.find("2C") == "secondary_1"
    assert with_primary.find("4P") == "fundamental"
    assert Classes.of(["5P", "7P"]).find("5P", school="Athénée Hardy") == "secondary_3"


def test_what_a_school_teaches_tells_what_a_p_is_before_the_other_classes_do():
    classes = Classes.of(["4P", "3TQ"])
    assert classes.find("4P", teaching="fundamental") == "fundamental"
    assert classes.find("4P", school="École communale Lebrun") == "fundamental"
    assert Classes.of(["4P"]).find("4P", teaching="secondary") == "secondary_2"


@pytest.mark.parametrize("classes", [["4P", "5P"], ["4P", "2P", "3TQ"]], ids=["nothing else", "both"])
def test_a_p_that_nothing_explains_has_no_level_until_it_is_answered(classes):
    assert Classes.of(classes).find("4P") is None
    assert Classes.of(classes).find("3P/4P") is None
    assert Classes.is_open("4P")
    assert Classes.of(classes, "secondary").find("4P") == "secondary_2"


def levels(result) -> list[str]:
    return sorted(result.tables["cases"]["school_level"])


def test_a_p_that_nothing_explains_is_asked_about_once_and_another_class_of_the_school_may_tell(taken):
    rows = [{"École": "Hardy", "Année d’études": year} for year in ("4P", "5P")]
    result = taken(*rows, schools=None)
    assert [question.place for question in result.questions] == [("answers", "class_p")]
    assert levels(result) == ["unknown", "unknown"]
    answered = taken(*rows, {"École": "Hardy", "Année d’études": "S1"}, schools=None)
    assert not answered.questions
    assert levels(answered) == ["secondary_1", "secondary_2", "secondary_3"]
