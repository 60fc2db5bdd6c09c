"""The accepted rows as anonymous records: pseudonyms for numbers, delays for dates, weeks for days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analytics.intake.anonymising import Key
from analytics.intake.columns import STEP_HOUR, Columns
from analytics.intake.reading import RefusedFileError
from analytics.school_calendar import TIMEZONE, SchoolCalendar, elapsed_hours
from analytics.vocabulary import DANGER_TYPES


def record_tables(
    columns: Columns, keep: np.ndarray, key: Key, as_of: date, days: SchoolCalendar
) -> dict[str, pd.DataFrame]:
    """The accepted rows as ``cases``, ``case_incidents`` and ``case_steps``, in the order of their pseudonyms."""
    accepted = np.flatnonzero(keep)
    pseudonyms = np.array([key.pseudonym(columns.case_number[i]) for i in accepted], dtype=object)
    order = np.argsort(pseudonyms)  # so that the order of the register is not kept
    accepted, pseudonyms = accepted[order], pseudonyms[order]
    if len(set(pseudonyms)) < len(pseudonyms):
        raise RefusedFileError("Deux numéros de dossier donnent le même pseudonyme : renommez l'un des deux.")

    def kept(series: pd.Series) -> pd.Series:
        return _kept(series, accepted)

    reported_at, reported_on = kept(columns.reported_at), kept(columns.reported.days)
    end_of_extract = pd.Timestamp(as_of)
    open_case = kept(columns.closed.local).isna()
    followed_on = kept(columns.closed.days).fillna(end_of_extract)
    extracted_at = (end_of_extract + pd.Timedelta(hours=STEP_HOUR)).tz_localize(TIMEZONE).tz_convert("UTC")
    incidents = [columns.incidents[i] for i in accepted]
    minors = pd.Series(columns.minor[accepted]).map({"yes": True, "no": False, "unknown": pd.NA})
    cases = pd.DataFrame(
        {
            "case_id": pd.Series(pseudonyms, dtype="str"),
            "school_id": pd.Series(columns.school[accepted], dtype="str"),
            "school_year": days.school_year(reported_on),
            "report_week": reported_on - pd.to_timedelta(reported_on.dt.day_of_week, unit="D"),
            "school_level": pd.Series(columns.level[accepted], dtype="str"),
            "reporter": pd.Series(columns.reporter[accepted], dtype="str"),
            "channel": pd.Series(columns.channel[accepted], dtype="str"),
            "minor": minors.astype("boolean"),
            "danger": pd.Series([any(t in DANGER_TYPES for t in types) for types in incidents], dtype="boolean"),
            "status": np.where(open_case, "open", "closed"),
            "followed_hours": elapsed_hours(reported_at, kept(columns.closed_at).fillna(extracted_at)),
            "followed_school_days": days.school_days(reported_on, followed_on),
        }
    )
    pairs = [(case, kind) for case, types in zip(pseudonyms, incidents, strict=True) for kind in types]
    return {
        "cases": cases,
        "case_incidents": pd.DataFrame(pairs, columns=["case_id", "incident_type"], dtype="str"),
        "case_steps": pd.concat(
            [_step_table(step, columns, accepted, cases["case_id"], days) for step in columns.steps], ignore_index=True
        ),
    }


def _step_table(
    step: str, columns: Columns, accepted: np.ndarray, case_id: pd.Series, days: SchoolCalendar
) -> pd.DataFrame:
    def kept(series: pd.Series) -> pd.Series:
        return _kept(series, accepted)

    moments, at = columns.steps[step]
    is_dated = kept(moments.local).notna()
    words = moments.words[accepted]
    is_timed = kept(pd.Series(moments.has_time & columns.reported.has_time))
    return pd.DataFrame(
        {
            "case_id": case_id,
            "step": step,
            "outcome": np.where(is_dated, "done", np.where(words == "", "not_done", words)),
            "delay_hours": elapsed_hours(kept(columns.reported_at), kept(at)),
            "delay_school_days": days.school_days(kept(columns.reported.days), kept(moments.days)),
            "time_completed": is_dated & ~is_timed,
        }
    )


def _kept(series: pd.Series, accepted: np.ndarray) -> pd.Series:
    return series.iloc[accepted].reset_index(drop=True)
