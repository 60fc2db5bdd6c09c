"""What may be published, and of which periods."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from analytics.disclosure.catalogue import CatalogueError, load_catalogue, month_code


def test_a_school_year_and_its_terms_are_periods_that_touch_without_a_gap():
    periods = load_catalogue().periods
    terms = [period for code, period in periods.items() if code.startswith("2025-2026-")]
    assert all((later.first_day - term.last_day).days == 1 for term, later in pairwise(terms))
    assert not any(term.overlaps(later.first_day, later.last_day) for term, later in pairwise(terms))
    year = periods["2025-2026"]
    assert all(year.overlaps(term.first_day, term.last_day) for term in terms)
    assert {term.school_year for term in terms} == {"2025-2026"}


def test_a_period_that_is_not_in_the_catalogue_is_refused_with_what_to_write():
    with pytest.raises(CatalogueError, match=r"2025-2026-T1"):
        load_catalogue().period("2025-T9")


def test_a_month_is_of_the_first_or_the_second_civil_year():
    assert (month_code(date(2025, 9, 1), "2025-2026"), month_code(date(2026, 3, 1), "2025-2026")) == ("A09", "B03")


def test_a_dimension_keeps_the_categories_of_a_period_and_refuses_one_that_lies_across():
    (month,) = {d.code: d for table in load_catalogue().tables for d in table.dimensions if d.code == "month"}.values()
    whole = month.categories[0]
    assert month.within(whole.codes).categories == (whole,)
    assert {month.place[code] for code in whole.codes} == {0}
    across = next(category for category in month.categories if len(category.codes) > 1)
    with pytest.raises(CatalogueError, match="déborde"):
        month.within(frozenset(list(across.codes)[:1]))
