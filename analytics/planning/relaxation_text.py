"""Relaxations in French: what would make a plan possible, the same on the page and in the terminal."""

from __future__ import annotations

import pandas as pd

from analytics.domain.french import count, listing, number
from analytics.domain.vocabulary import SCHOOL_NETWORKS
from analytics.planning.problem import Problem

_NAMED = 5


def describe_relaxations(relaxations: pd.DataFrame, problem: Problem) -> list[str]:
    """One sentence for each way that makes a plan possible (:func:`analytics.planning.allocation.loosen`)."""
    hours = relaxations[relaxations["way"] == "hours"]
    rules = relaxations[relaxations["way"] == "rules"]
    sentences = []
    if len(hours):
        total, n_weeks = hours["amount"].sum(), int((problem.weeks["capacity"] > 0).sum()) or len(problem.weeks)
        sentences.append(
            f"Ajouter des heures : {number(total)} h d’équipe en plus sur la période suffisent, environ "
            f"{number(total / n_weeks, 1)} h par semaine."
        )
    if len(rules):
        first = "Ou assouplir" if sentences else "Assouplir"
        sentences.append(f"{first} les règles : {listing(_rules(rules, problem))}.")
    return sentences


def _rules(rules: pd.DataFrame, problem: Problem) -> list[str]:
    texts = []
    for kind, name, amount in zip(rules["kind"], rules["name"], rules["amount"], strict=True):
        fewer = f"{count(round(amount), 'école')} de moins"
        if kind == "zone":
            texts.append(f"{fewer} dans la zone {name}")
        elif kind == "school_network":
            texts.append(f"{fewer} dans le réseau {SCHOOL_NETWORKS.label(name)}")
    left_out = rules.loc[rules["kind"] == "due", "name"]
    if len(left_out):
        names = problem.schools.set_index("school_id")["name"].reindex(left_out).tolist()
        some = listing([*names[:_NAMED], *(["d’autres"] if len(names) > _NAMED else [])])
        texts.append(f"laisser plus longtemps sans action {count(len(names), 'école')} ({some})")
    return texts
