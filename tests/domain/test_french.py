"""French as babel writes it, where we write it ourselves."""

from __future__ import annotations

import numpy as np
import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain.french import LOCALE, number, typeset

VALUES = st.floats(-1e9, 1e9) | st.integers(-(10**12), 10**12) | st.integers(-4000, 4000).map(lambda n: n / 8)


@given(VALUES, st.integers(0, 3))
def test_a_number_is_written_as_babel_does(value, decimals):
    pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    assert number(value, decimals) == format_decimal(round(value, decimals), format=pattern, locale=LOCALE)


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [(1234.5, 1, "1\u202f234,5"), (np.int64(1_000_000), 0, "1\u202f000\u202f000"), (2.5, 0, "2"), (np.nan, 0, "–")],
)
def test_thousands_stand_apart_and_decimals_follow_a_comma(value, decimals, written):
    assert number(value, decimals) == written


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Prêt ?", "Prêt\u202f?"),
        ("l’élève dit « non »", "l’élève dit «\u202fnon\u202f»"),
        ("24 h, 0800 32 123", "24\u202fh, 0800\u202f32\u202f123"),
        ("le 22/11/2026 14:30", "le 22/11/2026 14:30"),
    ],
)
def test_texts_are_typeset_in_french(typed, shown):
    assert typeset(typed) == shown
