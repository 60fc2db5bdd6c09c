"""What the questions of the page Activation des relais share: two clocks, their delays and words, and the counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from analytics.domain.french import count, hours, school_days, typeset
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import STEPS
from analytics.measures import relays
from analytics.store import Snapshot

CLOCKS = {"hours": "En heures", "school_days": "En jours d’école"}
SCALES = {"hours": (24, 48, 120), "school_days": (0, 1, 5)}
UNITS = {"hours": "h", "school_days": "j. d’école"}
WORDS = {"hours": hours, "school_days": school_days}
STEP_LABELS = {code: step.label for code, step in STEPS.items()}


def counts_of(
    snapshot: Snapshot, selection: Selection, clock: str, by: Sequence[str] = (), step: str | None = None
) -> pd.DataFrame:
    """Counts of the steps, or of one; by school days without the cases that threaten life, which are judged in hours."""
    if clock == "hours":
        return snapshot.step_counts(clock, selection, by, step)
    counts = snapshot.step_counts(clock, selection, [*by, "danger"], step)
    say_danger_is_apart(snapshot, selection)
    return relays.without_danger(counts)


def say_danger_is_apart(snapshot: Snapshot, selection: Selection) -> None:
    set_aside = snapshot.case_counts(selection, ["danger"]).set_index("danger")["n"].get(True, 0)
    if set_aside:
        st.caption(
            typeset(
                f"{count(set_aside, 'dossier')} avec une menace pour la vie : à part, car le danger se juge en heures. "
                "Choisissez « En heures » pour les voir."
            )
        )


UNDATED_COLUMN = {"n_undated": "dont sans date"}


def say_undated(answer: pd.DataFrame) -> None:
    """How many steps have no day, in rows of :func:`relays.outcomes`, and where they count."""
    n_undated, n_closed = int(answer["n_undated"].sum()), int(answer["n_closed_undated"].sum())
    words = []
    if n_undated:
        words.append(
            f"{count(n_undated, 'étape faite', 'étapes faites')} sans date : à temps ou non, on ne le sait pas. Les parts dans un "
            "délai ont donc deux bornes, et ces étapes ne comptent ni dans les courbes ni dans les médianes."
        )
    if n_closed:
        words.append(
            f"{count(n_closed, 'étape pas faite', 'étapes pas faites')} dans des dossiers clôturés un jour que l’on ne connaît pas : "
            "elles comptent dans les parts, ni dans les courbes ni dans les médianes."
        )
    if words:
        st.caption(typeset(" ".join(words)))


def in_delay(delay: str) -> str:
    """« en 24 h », but « le jour même »."""
    return delay if delay == school_days(0) else f"en {delay}"


def median_band(row: pd.Series, words: Callable[[float], str]) -> str:
    """What chance leaves uncertain of the median in a row of :func:`relays.summary`, to end a sentence; "" without one."""
    if pd.isna(row["median"]):
        return ""
    if row["lower"] == row["upper"]:
        return f" ; la moitié, {in_delay(words(row['lower']))}"
    upper = f"et {words(row['upper'])}" if pd.notna(row["upper"]) else "et un délai que l’on ne voit pas encore"
    return f" ; la moitié, entre {words(row['lower'])} {upper}"
