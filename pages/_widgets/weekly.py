"""The reports of each week of school within what chance allows, and what the last weeks say, in words."""

from datetime import timedelta

import pandas as pd

from analytics.domain.french import count, day
from analytics.domain.school_calendar import breaks, calendar
from analytics.measures import incidents, signals
from pages._widgets.records import Context
from pages._widgets.table import columns

WEEK_COLUMNS = columns("week", "n", n_before="Un an plus tôt", holiday="Congé")


def weeks_of_year(context: Context, counts: pd.DataFrame, year: str) -> pd.DataFrame:
    """Reports of each chosen week of a school year (:func:`incidents.by_week`)."""
    first_week, last_week = context.selection.first_week, context.selection.last_week
    return incidents.by_week(counts, calendar(), year, context.snapshot.as_of, first_week, last_week)


def school_weeks(context: Context, counts: pd.DataFrame) -> pd.DataFrame:
    """Reports of each chosen week of school (:func:`incidents.weekly_points`), from the register's first week on."""
    snapshot, selection = context.snapshot, context.selection
    first_week = selection.first_week or snapshot.choices()["first_week"].iloc[0].date()
    as_of = min(snapshot.as_of, selection.last_week + timedelta(days=6)) if selection.last_week else snapshot.as_of
    # A year without a chosen case counts too: its weeks are 0, and the last weeks are the last ones.
    covered = [year.name for year in calendar().years if year.end >= first_week and year.first_day <= as_of]
    years = [year for year in covered if year in (selection.school_years or covered)]
    return incidents.weekly_points(counts, calendar(), years, first_week, as_of)


def weekly_chart(context: Context, counts: pd.DataFrame) -> pd.DataFrame:
    """:func:`school_weeks` with limits and signals (:func:`signals.xmr`)."""
    return signals.xmr(school_weeks(context, counts), breaks(), signals.LEAST_COUNT)


def why_unjudged(points: pd.DataFrame) -> str:
    """Why the last weeks of school cannot be told from chance, as a sentence; "" when they can."""
    return {
        "": "",
        "short": f"Il faut {signals.MIN_POINTS} semaines d’école entières, depuis la dernière rupture notée, pour distinguer un "
        "changement du hasard.",
        "rare": f"Moins de {signals.LEAST_COUNT} signalements par semaine en moyenne : semaine par semaine, on ne peut pas "
        "distinguer un changement du hasard.",
        "still": "Les semaines sont toutes pareilles : il n’y a rien à distinguer du hasard.",
    }[signals.why_unjudged(points)]


def signal_sentence(signal: pd.Series) -> str:
    """A signal of the weekly reports as a French sentence without its full stop."""
    week, n = day(signal["period"]), count(signal["value"], "signalement")
    side = "au-dessus" if signal["rises"] else "au-dessous"
    return {
        "outside": f"semaine du {week} : {n}, {side} de ce que le hasard explique",
        "run": f"sept semaines d’école ou plus {side} de la moyenne, jusqu’à celle du {week}",
        "trend": f"sept semaines d’école de {'hausse' if signal['rises'] else 'baisse'}, jusqu’à celle du {week}",
        "two_of_three": f"deux semaines sur trois très {side} de la moyenne, vers celle du {week}",
    }[signal["signal"]]
