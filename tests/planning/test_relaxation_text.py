"""Relaxations in French."""

from __future__ import annotations

from dataclasses import replace

from analytics.planning.allocation import loosen
from analytics.planning.relaxation_text import describe_relaxations
from tests.planned import HOUR, preparation


def test_both_ways_are_said():
    problem = preparation().problem
    poor = replace(problem, weeks=problem.weeks.assign(capacity=6.0))
    first, second = describe_relaxations(loosen(poor, time_limit=HOUR), poor)
    assert first.startswith("Ajouter des heures")
    assert second.startswith("Ou assouplir les règles")


def test_each_rule_is_named_with_how_many_schools_it_gives_up(table):
    problem = preparation().problem
    school = problem.schools.loc[1, "school_id"]
    relaxations = table(f"""
        way   | kind           | name     | amount
        rules | zone           | Mons     |      2
        rules | school_network | wbe      |      1
        rules | due            | {school} |      1
    """)
    (sentence,) = describe_relaxations(relaxations.astype({"name": "str"}), problem)
    assert sentence == (
        "Assouplir les règles : 2 écoles de moins dans la zone Mons, 1 école de moins dans le réseau WBE et laisser plus "
        f"longtemps sans action 1 école ({problem.schools.loc[1, 'name']})."
    )
