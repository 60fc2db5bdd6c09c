"""Fictitious people: the same for a seed, each remark with what an import must drop."""

from __future__ import annotations

import re

import numpy as np

from analytics.synthetic.people import People


def drawn(seed: int) -> list[str]:
    people = People(seed, np.random.default_rng(seed))
    return people.remarks(people.names(20))


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_a_remark_holds_a_name_an_address_and_a_phone_number():
    people = People(1, np.random.default_rng(1))
    names = people.names(5)
    for name, remark in zip(names, people.remarks(names), strict=True):
        assert re.fullmatch(rf"{re.escape(name)} habite .+, tél\. 04\d{{8}}", remark)
