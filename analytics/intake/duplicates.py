"""Probable duplicates: cases that may be one, reported under two numbers. They are asked about, never merged."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics.domain.vocabulary import INCIDENT_TYPES

N_SHOWN = 10
_SAME_GROUP = ["school_id", "school_level", "report_week"]
_ALIKE = ["reporter", "channel", "minor"]


def probable_duplicates(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The pairs of cases of one school and level, reported in one week or the next, whose incident types overlap.

    ``tables`` holds ``cases`` and ``case_incidents`` of :mod:`analytics.domain.schema`. One row per pair, the most alike
    first: [case_id, other_case_id, school_id, school_level, report_week, likeness]; ``report_week`` is the earlier one.
    ``likeness``, from 0 to 1, is the mean of five parts: the share of the pair's incident types that both have; 1 for the
    same week, else 0; 1 for each of reporter, channel and minor that both have alike.
    """
    powers = {code: 2**position for position, code in enumerate(INCIDENT_TYPES)}  # a sum of them is a set of types
    incidents = tables["case_incidents"]
    kinds = incidents["incident_type"].map(powers).groupby(incidents["case_id"]).sum()
    cases = tables["cases"][["case_id", *_SAME_GROUP, *_ALIKE]]
    cases = cases.assign(kinds=cases["case_id"].map(kinds), minor=cases["minor"].astype("float"))
    cases = cases.assign(first_week=cases["report_week"])
    before = cases.assign(report_week=cases["report_week"] - pd.Timedelta(weeks=1))
    pairs = pd.concat([cases.merge(other, on=_SAME_GROUP, suffixes=("", "_other")) for other in (cases, before)])
    pairs = pairs[(pairs["case_id"] < pairs["case_id_other"]) | (pairs["first_week"] < pairs["first_week_other"])]
    both, either = pairs["kinds"] & pairs["kinds_other"], pairs["kinds"] | pairs["kinds_other"]
    shared = np.bitwise_count(both.to_numpy()) / np.bitwise_count(either.to_numpy())
    alike = sum((pairs[name] == pairs[f"{name}_other"]).astype("float") for name in _ALIKE)
    same_week = (pairs["first_week"] == pairs["first_week_other"]).astype("float")
    pairs = pairs.assign(likeness=(shared + same_week + alike) / 5)[both > 0].rename(
        columns={"case_id_other": "other_case_id"}
    )
    columns = ["case_id", "other_case_id", *_SAME_GROUP, "likeness"]
    return pairs[columns].sort_values(
        ["likeness", "case_id", "other_case_id"], ascending=[False, True, True], ignore_index=True
    )
