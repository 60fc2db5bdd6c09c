"""What the fictitious register assumes: every number here is an ASSUMPTION, made to have something plausible to show.

No published type mix or delay was found for the cases of a French-speaking mediation service. Nothing may be concluded from
figures made of these.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Habit:
    """How a step is taken: share done, median hours, spread (sigma of the logarithm), share "sans objet", "inconnu"."""

    done: float
    median_hours: float
    spread: float
    not_applicable: float
    not_recorded: float


# The adults of the school act within hours, the relays within days, the rest within weeks.
HABITS: dict[str, Habit] = {
    "evidence_kept": Habit(0.78, 3, 1.3, 0.02, 0.05),
    "pupil_informed": Habit(0.78, 4, 1.2, 0.02, 0.05),
    "cpms": Habit(0.88, 20, 1.3, 0.01, 0.02),
    "school_mediation": Habit(0.55, 70, 1.2, 0.12, 0.04),
    "parents": Habit(0.90, 5, 1.3, 0.03, 0.02),
    "parents_document": Habit(0.42, 90, 1.2, 0.03, 0.10),
    "controlling_authority": Habit(0.58, 60, 1.3, 0.03, 0.08),
    "legal_service": Habit(0.12, 120, 1.0, 0.62, 0.05),
    "educators_alerted": Habit(0.70, 18, 1.2, 0.06, 0.07),
    "trusted_adult": Habit(0.62, 26, 1.2, 0.05, 0.07),
    "class_session": Habit(0.40, 190, 0.9, 0.25, 0.05),
    "police_contact": Habit(0.25, 40, 1.3, 0.40, 0.04),
    "complaint": Habit(0.22, 60, 1.2, 0.45, 0.08),
    "awareness": Habit(0.30, 700, 0.7, 0.20, 0.06),
    "parents_evening": Habit(0.10, 900, 0.6, 0.40, 0.06),
}
DANGER_HASTE = 0.4  # a threat to life shortens the delays of its case by this factor,
DANGER_POLICE = 0.75  # and the police are then called in this share of the cases
SCHOOL_PACE_SPREAD = 0.45  # some schools are slower than others (sigma of the logarithm),
YEARLY_PACE = 0.9  # and all grow a little faster each year
ANY_HOUR_SHARE = 0.12  # what is done in the evening or on a day off; the rest waits for the next class day

# Days from the facts to the report: what a school learns late, or does not know the day of.
DETECTION_MEDIAN_DAYS = 4
DETECTION_SPREAD = 1.3  # sigma of the logarithm
DETECTION_UNKNOWN = 0.2

# Weight of each incident type among the files, and how many types a case has.
TYPE_WEIGHTS = {
    "intimate_images": 0.17,
    "degrading_montage": 0.10,
    "insults": 0.36,
    "intimidation": 0.18,
    "threats": 0.09,
    "suicide_incitement": 0.04,
    "exclusion": 0.15,
    "impersonation": 0.08,
    "other": 0.04,
}
N_TYPES_SHARES = (0.70, 0.24, 0.06)
REPORTER_WEIGHTS = {"pupil": 0.24, "parent": 0.26, "staff": 0.30, "witness": 0.10, "other": 0.04, "unknown": 0.06}
CHANNEL_WEIGHTS = {
    "messaging": 0.42,
    "social_network": 0.36,
    "game_or_video": 0.08,
    "email": 0.02,
    "other": 0.04,
    "unknown": 0.08,
}
NETWORK_WEIGHTS = {
    "wbe": 0.22,
    "municipal": 0.25,
    "provincial": 0.10,
    "cocof": 0.01,
    "denominational": 0.40,
    "non_denominational": 0.02,
}
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
CLOSURE = Habit(0.96, 24 * 28, 0.8, 0, 0)  # a case is closed after four weeks, some never
ACTION_SHARE = 0.1  # of the schools that have a given prevention activity in a year
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
