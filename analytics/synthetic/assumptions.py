"""What the fictitious register assumes: every number here is an ASSUMPTION, made to have something plausible to show.

No published type mix or delay was found for the cases of a French-speaking mediation service. Nothing may be concluded from
figures made of these. How often a word comes and how a step is taken stands with its entry, under ``assumed``, in
``vocabulary.toml`` and ``protocol.toml``: the adults of the school act within hours, the relays within days, the rest within
weeks.
"""

from __future__ import annotations

import numpy as np

from analytics.domain.entries import Habit

DANGER_HASTE = 0.4  # a threat to life shortens the delays of its case by this factor
SCHOOL_PACE_SPREAD = 0.45  # some schools are slower than others (sigma of the logarithm),
YEARLY_PACE = 0.9  # and all grow a little faster each year
ANY_HOUR_SHARE = 0.12  # what is done in the evening or on a day off; the rest waits for the next class day

# How many types a case has.
N_TYPES_SHARES = (0.70, 0.24, 0.06)
ZONES = ("Ath", "Mons", "Mouscron", "Tournai")
# The years of study in which cases are reported.
GRADES_FUNDAMENTAL = {"P1": 1, "P2": 1, "P3": 2, "P4": 4, "P5": 8, "P6": 11}
GRADES_SECONDARY = {"S1": 18, "S2": 21, "S3": 20, "S4": 16, "S5": 12, "S6": 9, "S7": 2}

SECONDARY_SHARE = 0.45  # of the schools
PUPILS_SECONDARY = 550  # median size,
PUPILS_FUNDAMENTAL = 250
PUPILS_SPREAD = 0.5  # and its spread (sigma of the logarithm)
SECONDARY_RATE = 5.0  # cases a pupil in a secondary school, against one in a fundamental school
SCHOOL_SHAPE = 2.5  # schools differ more than chance (shape of the gamma over their rates)
YEARLY_GROWTH = 1.08  # more cases each year
WEEKDAY_WEIGHTS = (1.35, 1.05, 0.75, 1.0, 0.95, 0.04, 0.06)  # Mondays bring what the weekend held
HOLIDAY_WEIGHT = 0.03  # against a class day
HOUR_WEIGHTS = (0, 0, 0, 0, 0, 0, 0, 1, 14, 14, 13, 9, 7, 10, 10, 9, 5, 2, 1, 1, 1, 1, 1, 0)  # of the report, 0-23 h
# A case is closed after four weeks, some never.
CLOSURE = Habit(done=0.96, median_hours=24 * 28, spread=0.8, not_applicable=0, not_recorded=0)
ACTION_SHARE = 0.1  # of the schools that have a given prevention activity in a year
DETECTION_DAYS = 4.0  # the median from the facts to the report,
DETECTION_SPREAD = 1.2
FACTS_UNDATED = 0.3  # where the day of the facts is not known
MINOR_UNKNOWN = 0.06  # the register does not say
REPORT_WITHOUT_TIME = 0.12  # dates are typed without a time,
STEP_WITHOUT_TIME = 0.35
TYPED_AS_TEXT = 0.15  # and some as text
OWN_DEADLINES = {
    "Délai CPMS": ("", "48 h", "2 j", "5 j"),
    "Délai médiation scolaire": ("", "", "5 j", "10 j"),
}  # one of these


def season(week: np.ndarray) -> np.ndarray:
    """Weight of a week of the school year, from 0: a slow start, a peak before winter, a smaller one in spring."""
    return 0.55 + 0.6 * np.exp(-(((week - 12) / 6) ** 2)) + 0.4 * np.exp(-(((week - 29) / 7) ** 2))
