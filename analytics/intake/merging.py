"""A later extract of the same register updates what is known: new, changed, unchanged, missing since."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_CASE_TABLES = ("cases", "case_incidents", "case_steps")
_FOLLOWED = ("followed_hours", "followed_school_days")


@dataclass(frozen=True)
class Changes:
    """How many cases an extract brings, changes, leaves as they are, and no longer holds (they are kept)."""

    new: int
    changed: int
    unchanged: int
    missing: int


def merge(
    known: dict[str, pd.DataFrame], extract: dict[str, pd.DataFrame], *, is_partial: bool = False
) -> tuple[dict[str, pd.DataFrame], Changes]:
    """The tables of both, where the extract has the last word, and what it changed.

    Meaning decides: two records are the same when what is kept of them is. An open case that is followed longer because
    time has passed is unchanged. A case is missing when the extract covers its school year and does not hold it; a partial
    extract misses nothing.
    """
    extract = extract | {"cases": _first_seen(known["cases"], extract["cases"])}
    is_told = _among(known["cases"]["case_id"], extract["cases"]["case_id"])
    common, absent = known["cases"]["case_id"][is_told], known["cases"][~is_told]
    unchanged = int((_fingerprints(known, common) == _fingerprints(extract, common)).sum())
    covered = extract["cases"]["school_year"].unique()
    changes = Changes(
        new=len(extract["cases"]) - len(common),
        changed=len(common) - unchanged,
        unchanged=unchanged,
        missing=0 if is_partial else int(absent["school_year"].isin(covered).sum()),
    )
    tables = {
        name: _stack(known[name][_among(known[name]["case_id"], absent["case_id"])], extract[name])
        for name in _CASE_TABLES
    }
    for name in ("schools", "school_deadlines"):
        told = extract["schools"]["school_id"]
        tables[name] = _stack(known[name][~known[name]["school_id"].isin(told)], extract[name])
    tables["school_actions"] = _merge_actions(known["school_actions"], extract["school_actions"])
    return tables, changes


def _first_seen(known: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """The cases of an extract, those that are known with the day on which they were first seen."""
    place = pc.index_in(pa.array(told["case_id"]), value_set=pa.array(known["case_id"]))
    seen_on = pa.array(known["first_seen_on"]).take(place).to_pandas()
    return told.assign(first_seen_on=seen_on.fillna(told["first_seen_on"]))


def _merge_actions(known: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """A sheet has the last word from its first week on, so that a corrected action replaces the wrong one."""
    return told.reset_index(drop=True) if known.empty else _stack(known[~(known["week"] >= told["week"].min())], told)


def _stack(kept: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    """Both tables; an empty one is left out, whose columns have no type to agree on."""
    if kept.empty or added.empty:
        return (added if kept.empty else kept).reset_index(drop=True)
    return pd.concat([kept, added[kept.columns]], ignore_index=True)


def _among(ids: pd.Series, wanted: pd.Series) -> np.ndarray:
    """As ``ids.isin(wanted)``, which makes a Python string of each."""
    found = pc.is_in(pa.array(ids), value_set=pa.array(wanted))
    return found.to_numpy(zero_copy_only=False)


def _fingerprints(tables: dict[str, pd.DataFrame], case_ids: pd.Series) -> pd.Series:
    """A number for each of ``case_ids``, in order, that changes with any part of its record, not with the order of rows."""
    if case_ids.empty:
        return pd.Series(dtype="uint64")
    parts = []
    for name in _CASE_TABLES:
        frame = tables[name][_among(tables[name]["case_id"], case_ids)]
        if name == "cases":
            is_fixed = frame["status"] != "open"  # an open case is followed longer each day
            frame = frame.assign(**{column: frame[column].where(is_fixed, 0) for column in _FOLLOWED})
        if len(frame):
            ordered = frame[sorted(frame.columns)]
            digests = pd.util.hash_pandas_object(ordered, index=False)  # ty: ignore[not-callable] (loaded lazily)
            parts.append(pd.Series(digests.to_numpy(), index=frame["case_id"]))
    return pd.concat(parts).groupby(level=0).sum()
