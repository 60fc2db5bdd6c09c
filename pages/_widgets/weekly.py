"""The reports of each week of school beside what the season explains, and what the last weeks say, in words."""

from functools import cached_property

import numpy as np
import pandas as pd

from analytics.domain.french import count, day, number
from analytics.domain.school_calendar import breaks, calendar
from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.measures import incidents, surveillance
from analytics.store import Snapshot
from analytics.workflows.comparing import cases_by_week, types_by_week
from pages._widgets.records import Context
from pages._widgets.table import columns

WEEK_COLUMNS = columns("week", "n", n_before="Un an plus tôt", holiday="Congé")
ALL = "all"
SERIES = {ALL: "Tous les signalements", **INCIDENT_TYPES.labels}
"""What is watched week by week."""
SHORT = f"Il faut {surveillance.MIN_WEEKS + surveillance.JUDGED} semaines d’école entières pour savoir ce qui est ordinaire."
NOTHING = "Rien de plus que d’ordinaire dans les quatre dernières semaines d’école."


def weeks_of_year(context: Context, counts: pd.DataFrame, year: str) -> pd.DataFrame:
    """Reports of each chosen week of a school year (:func:`incidents.by_week`)."""
    first_week, last_week = context.selection.first_week, context.selection.last_week
    return incidents.by_week(counts, calendar(), year, context.snapshot.as_of, first_week, last_week)


class Weekly:
    """The weekly reports of each of SERIES among the chosen cases, judged (:func:`surveillance.charts`)."""

    def __init__(self, context: Context) -> None:
        snapshot, selection = context.snapshot, context.selection
        counts, by_type = cases_by_week(snapshot, selection), types_by_week(snapshot, selection)
        n_open = snapshot.remember("open_weeks", lambda: _open_weeks(snapshot))
        first_week = selection.first_week or snapshot.choices().first_week or snapshot.as_of
        # A year without a chosen case counts too: its weeks are 0, and the last weeks are the last ones.
        covered = [
            year.name for year in calendar().years if year.end >= first_week and year.first_day <= snapshot.as_of
        ]
        years = [year for year in covered if year in (selection.school_years or covered)]
        last_week = selection.last_week
        self._weeks = incidents.school_weeks(calendar(), years, snapshot.as_of, n_open, first_week, last_week)
        self.n_weeks = int((~self._weeks["provisional"].astype(bool)).sum())
        series = pd.DataFrame(
            {
                "series": [ALL] * len(counts) + by_type["incident_type"].tolist(),
                "report_week": np.concatenate([counts["report_week"], by_type["report_week"]]),
                "n": np.concatenate([counts["n"], by_type["n"]]),
            }
        )
        self.charts = surveillance.charts(self._weeks, series, list(SERIES), breaks())

    @cached_property
    def signals(self) -> pd.DataFrame:
        """The signals of the weeks judged, all reports first, the latest week of a series first."""
        last = surveillance.judged(self.charts).iloc[::-1]
        found = last[last["signal"] != "none"]
        return found.iloc[np.argsort([[*SERIES].index(code) for code in found["series"]], kind="stable")]

    @cached_property
    def known(self) -> str:
        """What the limits rest on (:func:`surveillance.limits_known`)."""
        return surveillance.limits_known(self._weeks, breaks())

    @property
    def caution(self) -> str:
        """Why the limits are wide, as a sentence; "" when they are not."""
        if self.known == "season":
            return "La saison n’est pas encore connue : les limites sont larges."
        if self.known == "break":
            return f"Peu de semaines depuis « {self.charts['baseline'].iloc[-1]} » : les limites sont larges."
        return ""


def _open_weeks(snapshot: Snapshot) -> int:
    """:func:`surveillance.open_weeks` of the office that has the most: each has extracts of its own."""
    seen, imports = snapshot.case_counts(by=["office", "report_week", "first_seen_on"]), snapshot.table("imports")
    extracts = {office: imports["as_of"][imports["office"] == office] for office in imports["office"].unique()}
    return max(
        surveillance.open_weeks(seen[seen["office"] == office], days.dt.date.tolist())
        for office, days in extracts.items()
    )


def signal_sentence(signal: pd.Series) -> str:
    """A signal as a French sentence without its full stop."""
    limit = (
        f"moins de {number(signal['lower'])}" if signal["signal"] == "below" else f"plus de {number(signal['upper'])}"
    )
    what = SERIES[signal["series"]].lower()
    return f"{what}, semaine du {day(signal['period'])} : {count(signal['value'], 'dossier')} ; {limit} est rare à cette saison"
