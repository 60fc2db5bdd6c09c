"""What the cells of a column look like, and how far they are what a field holds."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.intake.headers import EXACT
from analytics.intake.mapping import ALSO_READ, REGISTER, OwnWords
from analytics.intake.profiles import Profile, find_action, find_status, fit_of, least_fit

FIELDS = {field.code: field for field in (*REGISTER, *ALSO_READ)}


def profile(*cells) -> Profile:
    return Profile([[cell] for cell in cells], 0)


def test_shares_are_of_the_filled_cells():
    half = profile("oui", "12/03/2026", "", date(2026, 3, 12), "non")
    assert (half.n_filled, half.n_distinct, half.dates, half.yes_no) == (4, 4, 0.5, 0.5)


@pytest.mark.parametrize(
    ("code", "cells", "fits"),
    [
        ("year", ["S3", "P6", "4TQ"], True),
        ("year", ["2025-2026", "2024-2025"], False),
        ("step:cpms", ["12/03/2026", "oui", ""], True),
        ("step:cpms", ["2", "3", "2"], False),
        ("incidents", ["Insultes", "Menaces et insultes"], True),
        ("incidents", ["Mme N.", "M. D."], False),
        ("status", ["Dossier clos", "En cours"], True),
        ("reported", ["12/03/2026", "13/03"], True),
        ("case_number", ["2026-01", "2026-02"], True),
    ],
)
def test_cells_fit_what_a_field_holds(code, cells, fits):
    assert (fit_of(FIELDS[code], profile(*cells), OwnWords()) >= 0.5) is fits


def test_names_under_the_exact_name_of_a_step_are_too_few_to_be_one():
    parents, names = FIELDS["step:parents"], profile("M. et Mme N.", "Mme D.")
    assert fit_of(parents, names, OwnWords()) < least_fit(parents, EXACT, names)


def test_a_word_is_an_action_where_it_can_be_one_only():
    assert find_action("Appel au CPMS") == "step:cpms"
    assert find_action("CPMS et police") is None
    assert find_status("Dossier clos", OwnWords()) == "closed"
