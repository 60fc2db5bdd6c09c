"""The accepted rows as anonymous records: pseudonyms for numbers, delays for dates, weeks for days."""

from __future__ import annotations

from datetime import date
from itertools import chain

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.domain.arrow import to_pandas
from analytics.domain.schema import CASES, Tables
from analytics.domain.school_calendar import SchoolCalendar, elapsed_hours
from analytics.domain.timezone import TIMEZONE
from analytics.domain.vocabulary import DANGER_TYPES, OUTCOMES, POSTVENTION_FOLLOWED, PRINCIPAL, REASONS, STEPS
from analytics.intake.anonymising import Key
from analytics.intake.columns import REPORT_HOUR, STEP_HOUR, Columns
from analytics.intake.dates import Moments
from analytics.spreadsheets.reading import RefusedFileError

_POSTVENTION = [code for code, step in STEPS.items() if step.postvention]
_FEW_DELAYS = 200


def record_tables(
    columns: Columns, keep: np.ndarray, key: Key, as_of: date, days: SchoolCalendar, office: str = PRINCIPAL
) -> tuple[Tables, np.ndarray]:
    """The accepted rows as ``cases``, ``case_incidents`` and ``case_steps``, in the order of their pseudonyms.

    The second value has the place of each case among the rows.
    """
    accepted = np.flatnonzero(keep)
    pseudonyms = key.pseudonyms(columns.case_number[accepted])
    order = np.argsort(pseudonyms)  # so that the order of the register is not kept
    accepted, pseudonyms = accepted[order], pseudonyms[order]
    if (pseudonyms[1:] == pseudonyms[:-1]).any():
        raise RefusedFileError("Deux numéros de dossier donnent le même pseudonyme : renommez l’un des deux.")
    case_id = pa.array(pseudonyms).cast(pa.string())

    def kept(series: pd.Series) -> pd.Series:
        return _kept(series, accepted)

    reported_at, reported_on = kept(columns.reported_at), kept(columns.reported.days)
    end_of_extract = pd.Timestamp(as_of)
    closed_on, said_closed = kept(columns.closed.days), columns.closed.outcomes[accepted] >= 0
    open_case = closed_on.isna() & ~said_closed
    followed_on = closed_on.where(~open_case, end_of_extract)  # unknown where a case is only said to be closed
    extracted_at = (end_of_extract + pd.Timedelta(hours=STEP_HOUR)).tz_localize(TIMEZONE).tz_convert("UTC")
    case_steps = to_pandas(_step_table(columns, accepted, case_id, days))
    waited = {
        "hours": _without_its_hour(elapsed_hours(reported_at, pd.Series(extracted_at, reported_at.index)), case_steps),
        "school_days": days.school_days(reported_on, pd.Series(end_of_extract, reported_on.index)),
    }
    incidents = [columns.incidents[i] for i in accepted.tolist()]
    threatens = {types: not set(types).isdisjoint(DANGER_TYPES) for types in set(incidents)}
    in_order = {types: sorted(types) for types in threatens}
    minors = pd.Series(columns.minor[accepted]).map({"yes": True, "no": False, "unknown": pd.NA})
    cases = pd.DataFrame(
        {
            "case_id": case_id.to_pandas(),
            "school_id": pd.Series(columns.school[accepted], dtype="str"),
            "school_year": days.school_year(reported_on),
            "report_week": reported_on - pd.to_timedelta(reported_on.dt.day_of_week, unit="D"),
            "school_level": pd.Series(columns.level[accepted], dtype="str"),
            "reporter": pd.Series(columns.reporter[accepted], dtype="str"),
            "channel": pd.Series(columns.channel[accepted], dtype="str"),
            "minor": minors.astype("boolean"),
            "danger": pd.Series(list(map(threatens.__getitem__, incidents)), dtype="boolean"),
            "status": np.where(open_case, "open", "closed"),
            "followed_hours": elapsed_hours(reported_at, kept(columns.closed_at).where(~open_case, extracted_at)),
            "followed_school_days": days.school_days(reported_on, followed_on),
            **{
                f"waited_{unit}": waited[unit].clip(upper=most).mask(open_case)
                for unit, most in POSTVENTION_FOLLOWED.items()
            },
            "detection_days": _days_between(kept(columns.facts.days), reported_on),
            "first_seen_on": end_of_extract,
            "changed_on": pd.NaT,
            "office": office,
        }
    )
    case_of_type = np.repeat(np.arange(len(incidents)), list(map(len, incidents)))
    types = pa.array(chain.from_iterable(map(in_order.__getitem__, incidents)), pa.string())
    return {
        "cases": CASES.conform(cases),
        "case_incidents": to_pandas(pa.table({"case_id": case_id.take(case_of_type), "incident_type": types})),
        "case_steps": case_steps,
    }, accepted


def _step_table(columns: Columns, accepted: np.ndarray, case_id: pa.StringArray, days: SchoolCalendar) -> pa.Table:
    """Each case with all its steps, in the order of the table's key: so millions of rows need no sorting."""
    steps = sorted(columns.steps)
    reported, reported_at = columns.reported[accepted], _kept(columns.reported_at, accepted)
    shape = len(accepted), len(steps)
    outcomes, reasons = np.empty(shape, "int8"), np.empty(shape, "int8")
    hours, school_days = np.empty(shape, "int32"), np.empty(shape, "int32")
    completed_hours = np.zeros(shape, "int32")
    for i, step in enumerate(steps):
        moments, at = columns.steps[step][0][accepted], _kept(columns.steps[step][1], accepted)
        outcomes[:, i], reasons[:, i] = _outcome_places(moments), moments.reasons
        hours[:, i] = elapsed_hours(reported_at, at).to_numpy("int32", na_value=-1)
        school_days[:, i] = days.school_days(reported.days, moments.days).to_numpy("int32", na_value=-1)
        n_without_time = 2 - moments.has_time.astype("int32") - reported.has_time
        completed_hours[:, i] = np.where(moments.dated, n_without_time * (STEP_HOUR - REPORT_HOUR), 0)

    def not_negative(values: np.ndarray) -> pa.Array:
        return pa.array(values.ravel(), mask=values.ravel() < 0)

    place = np.arange(len(accepted) * len(steps), dtype="int32")
    return pa.table(
        {
            "case_id": case_id.take(pa.array(place // len(steps))),
            "step": pa.array(steps).take(pa.array(place % len(steps))),
            "outcome": pa.array(list(OUTCOMES)).take(pa.array(outcomes.ravel())),
            "delay_hours": not_negative(hours),
            "delay_school_days": not_negative(school_days),
            "time_completed": completed_hours.ravel() > 0,
            "completed_hours": completed_hours.ravel(),
            "reason": pa.array(list(REASONS)).take(not_negative(reasons)),
        }
    )


def _without_its_hour(waits: pd.Series, case_steps: pd.DataFrame) -> pd.Series:
    """Hours from the report to the extraction, rounded down so that they do not give back the hour of the report.

    To whole days, or to a delay at which postvention was done: who still waits at any of these is the same, so that no curve
    changes. Where these delays are many they would be hours again, and no curve changes that one could see.
    """
    done = case_steps["delay_hours"][case_steps["step"].isin(_POSTVENTION)].dropna().unique()
    whole_days = np.arange(0, waits.max(skipna=True) + 1, 24) if len(waits) else np.zeros(1)
    kept = np.union1d(whole_days, done if len(done) <= _FEW_DELAYS else [])
    return pd.Series(kept[np.searchsorted(kept, waits.to_numpy(float), side="right") - 1]).astype("Int64")


def _days_between(facts_on: pd.Series, reported_on: pd.Series) -> pd.Series:
    """Days from the facts to the report; NA where the facts have no day, or one after the report."""
    days = (reported_on - facts_on).dt.days.astype("Int64")
    return days.where(days >= 0)


def _outcome_places(moments: Moments) -> np.ndarray:
    """What became of a step in each row, by its place in ``OUTCOMES``."""
    done, not_done = (list(OUTCOMES).index(code) for code in ("done", "not_done"))
    return np.where(moments.dated, done, np.where(moments.outcomes < 0, not_done, moments.outcomes)).astype("int8")


def _kept(series: pd.Series, accepted: np.ndarray) -> pd.Series:
    return series.iloc[accepted].reset_index(drop=True)
