"""Probable duplicates: cases that may be one, reported under two numbers. They are asked about, never merged."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.domain.french import count, day
from analytics.domain.schema import Tables
from analytics.domain.vocabulary import INCIDENT_TYPES, SCHOOL_LEVELS

N_SHOWN = 10
MAX_GROUP = 20  # of more cases of one school, level and week none is probably another
_SAME = ["school_id", "school_level", "report_week"]
_ALIKE = ["reporter", "channel", "minor"]


def probable_duplicates(tables: Tables) -> pd.DataFrame:
    """The pairs of cases of one school, level and week of report whose incident types overlap, the most alike first.

    ``tables`` holds ``cases`` and ``case_incidents`` of :mod:`analytics.domain.schema`. One row per pair:
    [case_id, other_case_id, school_id, school_level, report_week, likeness]. ``likeness``, from 0 to 1, is the mean of four
    parts: the share of the pair's incident types that both have, and 1 for each of reporter, channel and minor that both
    have alike.
    """
    powers: dict[str, int] = {
        code: 2**position for position, code in enumerate(INCIDENT_TYPES)
    }  # a sum of them is a set of types
    cases, incidents = tables["cases"][["case_id", *_SAME, *_ALIKE]], tables["case_incidents"]
    cases = cases[cases.groupby(_SAME)["case_id"].transform("size").between(2, MAX_GROUP)]
    incidents = incidents[incidents["case_id"].isin(cases["case_id"])]
    kinds = incidents["incident_type"].map(powers).groupby(incidents["case_id"]).sum()
    cases = cases.assign(kinds=cases["case_id"].map(kinds).astype("int64"), minor=cases["minor"].astype("float"))
    pairs = cases.merge(cases, on=_SAME, suffixes=("", "_other"))
    pairs = pairs[(pairs["case_id"] < pairs["case_id_other"]) & ((pairs["kinds"] & pairs["kinds_other"]) > 0)]
    shared, either = (pairs["kinds"] & pairs["kinds_other"], pairs["kinds"] | pairs["kinds_other"])
    parts = [np.bitwise_count(shared) / np.bitwise_count(either)]
    parts += [(pairs[name] == pairs[f"{name}_other"]).astype("float") for name in _ALIKE]
    pairs = pairs.assign(likeness=sum(parts) / len(parts)).rename(columns={"case_id_other": "other_case_id"})
    order = ["likeness", "case_id", "other_case_id"]
    pairs = pairs.sort_values(order, ascending=[False, True, True], ignore_index=True)
    return pairs[["case_id", "other_case_id", *_SAME, "likeness"]]


def duplicate_sentences(duplicates: pd.DataFrame) -> list[str]:
    """The first :data:`N_SHOWN` of some pairs as French questions, and how many others there are; none for no pair.

    ``duplicates`` has school, level (a code), report_week, row and other_row, the most alike first.
    """
    if duplicates.empty:
        return []
    columns = ["school", "level", "report_week", "row", "other_row"]
    listed = [
        f"{school}, {SCHOOL_LEVELS.label(level)}, semaine du {day(week)} : "
        f"{' et '.join(f'ligne {row}' if pd.notna(row) else 'un dossier connu' for row in rows)}."
        for school, level, week, *rows in duplicates[columns].head(N_SHOWN).itertuples(index=False)
    ]
    others = len(duplicates) - len(listed)
    more = [f"Et {count(others, 'autre paire', 'autres paires')}."] if others else []
    return ["Ces dossiers se ressemblent : est-ce chaque fois la même situation, signalée deux fois ?", *listed, *more]
