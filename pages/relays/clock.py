"""The two clocks of the page Activation des relais, each with its delays and its words, and the counts by them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.domain.french import count, hours, school_days
from analytics.domain.vocabulary import STEPS
from analytics.measures import relays
from pages._widgets import Context, text

STEP_LABELS = {code: step.label for code, step in STEPS.items()}


@dataclass(frozen=True)
class Clock:
    """A way to count delays. ``delays`` are those that shares are given for, ``short`` the one that is looked at first."""

    code: str
    label: str
    unit: str
    written: Callable[[float], str]
    delays: tuple[int, ...]
    short: int
    ticks: tuple[int, ...]
    few_ticks: tuple[int, ...]

    def within(self, delay: int) -> str:
        """« en 24 h », but « le jour même »."""
        words = self.written(delay)
        return words if words == school_days(0) else f"en {words}"

    def median_interval(self, row: pd.Series) -> str:
        """The confidence interval of the median of :func:`relays.summary`, to end a sentence; "" without one."""
        if pd.isna(row["median"]):
            return ""
        if row["lower"] == row["upper"]:
            return f" ; la moitié, {self.within(row['lower'])}"
        upper = (
            f"et {self.written(row['upper'])}" if pd.notna(row["upper"]) else "et un délai que l’on ne voit pas encore"
        )
        return f" ; la moitié, entre {self.written(row['lower'])} {upper}"


CLOCKS = {
    "hours": Clock("hours", "En heures", "h", hours, (24, 48, 120), 24, (0, 24, 48, 72, 120, 168), (0, 48, 120, 168)),
    "school_days": Clock(
        "school_days", "En jours d’école", "j. d’école", school_days, (0, 1, 5), 1, (0, 2, 5, 10, 15), (0, 5, 10, 15)
    ),
}


@dataclass(frozen=True, kw_only=True)
class RelayContext(Context):
    """What a question about relays is asked of: the records, the choice, and the clock that it is counted by."""

    clock: Clock

    def without_danger(self, ask: Callable[[list[str]], pd.DataFrame], by: Sequence[str] = ()) -> pd.DataFrame:
        """The counts that ``ask`` gives ``by`` columns; by school days without the cases that threaten life, and says so."""
        if self.clock.code == "hours":
            return ask([*by])
        counts = self.snapshot.case_counts(self.selection, ["danger"])
        set_aside = counts.set_index("danger")["n"].get(True, 0)
        if set_aside:
            text.caption(
                f"{count(set_aside, 'dossier')} avec une menace pour la vie : à part, car le danger se juge en heures. "
                "Choisissez « En heures » pour les voir."
            )
        return relays.without_danger(ask([*by, "danger"]))

    def step_counts(self, by: Sequence[str] = (), step: str | None = None) -> pd.DataFrame:
        """Counts of the steps, or of one, by the clock (:meth:`without_danger`)."""
        return self.without_danger(lambda by: self.snapshot.step_counts(self.clock.code, self.selection, by, step), by)
