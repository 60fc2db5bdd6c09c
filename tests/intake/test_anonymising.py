"""Pseudonyms, against the definition that the README and the standard library give."""

from __future__ import annotations

import base64
import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from analytics.intake import Key
from analytics.intake.anonymising import canonical_number


@given(st.binary(min_size=1, max_size=80), st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_a_pseudonym_is_the_beginning_of_a_keyed_digest_in_base_32(secret, numbers):
    canonical = [canonical_number(number) for number in numbers]
    digests = [hmac.digest(secret, b"case " + number.encode(), hashlib.sha256) for number in canonical]
    expected = [base64.b32encode(digest[:10]).decode()[:12] for digest in digests]
    key = Key(secret)
    assert [pseudonym.decode() for pseudonym in key.pseudonyms(canonical)] == expected
    assert [key.pseudonym(number) for number in numbers] == expected
