"""The level of a pupil from a class as schools write it."""

from __future__ import annotations

import pytest

from analytics.intake.levels import find_level


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
