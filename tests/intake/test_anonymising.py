"""Pseudonyms, against the definition that the README and the standard library give."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.intake import Key
from analytics.intake.anonymising import canonical_number, restarts_each_year


@given(st.binary(min_size=1, max_size=80), st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_a_pseudonym_is_the_beginning_of_a_keyed_digest_in_base_32(secret, numbers):
    canonical = [canonical_number(number) for number in numbers]
    digests = [hmac.digest(secret, b"case " + number.encode(), hashlib.sha256) for number in canonical]
    expected = [base64.b32encode(digest[:10]).decode()[:12] for digest in digests]
    key = Key(secret)
    assert [pseudonym.decode() for pseudonym in key.pseudonyms(canonical)] == expected
    assert [key.pseudonym(number) for number in numbers] == expected


@pytest.mark.parametrize(
    ("by_year", "expected"),
    [
        ({"2024-2025": "1 2 3 4 5 6", "2025-2026": "1 2 3 4"}, True),
        ({"2024-2025": "1 2 3 4 5 6", "2025-2026": "1 2 3 9 10 11"}, True),
        ({"2024-2025": "1 2 3 4 5 6", "2025-2026": "7 8 9 10"}, False),
        ({"2024-2025": "1 2 3 4 5 6", "2025-2026": "6 7 8 9"}, False),
        ({"2024-2025": "1 2", "2025-2026": "1 2"}, False),
        ({"2024-2025": "1 2 3 4 4", "2025-2026": "1 2 3 4"}, False),
        ({"2025-2026": "1 2 3 4"}, False),
        ({}, False),
    ],
    ids=["again from 1", "half of them", "going on", "one duplicate", "too few", "twice in a year", "one year", "none"],
)
def test_numbers_begin_again_where_most_of_a_year_are_another_years_too(by_year, expected):
    pairs = [(number, year) for year, numbers in by_year.items() for number in numbers.split()]
    assert restarts_each_year([number for number, _ in pairs], [year for _, year in pairs]) is expected
