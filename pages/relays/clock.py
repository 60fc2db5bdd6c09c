"""The two clocks of the page Activation des relais, each with its delays and its words, and the counts by them."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.domain.french import count, hours, number, school_days
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import DANGER_TYPES, STEPS
from analytics.measures import relays
from pages._widgets import Context, one_of, text

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


def undated_note(answer: pd.DataFrame) -> None:
    """How many steps have no day, in rows of :func:`relays.outcomes`, and where they count."""
    n_undated, n_closed = int(answer["n_undated"].sum()), int(answer["n_closed_undated"].sum())
    if n_undated:
        text.caption(
            f"{count(n_undated, 'étape faite', 'étapes faites')} sans date : à temps ou non, on ne le sait pas. Les parts dans un "
            "délai ont donc deux bornes, et ces étapes ne comptent ni dans les courbes ni dans les médianes."
        )
    if n_closed:
        text.caption(
            f"{count(n_closed, 'étape pas faite', 'étapes pas faites')} dans des dossiers clôturés un jour que l’on ne connaît pas : "
            "elles comptent dans les parts, ni dans les courbes ni dans les médianes."
        )


def times_note(clock: Clock, answer: pd.DataFrame) -> None:
    """Why a share in hours has two bounds, in rows of :func:`relays.outcomes` where a time of day is often missing."""
    if clock.code == "hours" and relays.often_without_time(answer).any():
        text.caption(
            "Là où plus d’une étape faite sur dix n’a pas d’heure, une part en heures a deux bornes : au plus tard (le signalement à "
            "8 h, l’étape à 16 h), puis au plus tôt (le signalement à 16 h, l’étape à 8 h). Les médianes comptent au plus tard."
        )


def n_done(row: pd.Series) -> str:
    """« 20, dont 3 sans date »."""
    return number(row["n_done"]) + (f", dont {number(row['n_undated'])} sans date" if row["n_undated"] else "")


CLOCKS = {
    "hours": Clock("hours", "En heures", "h", hours, (24, 48, 120), 24, (0, 24, 48, 72, 120, 168), (0, 48, 120, 168)),
    "school_days": Clock(
        "school_days", "En jours d’école", "j. d’école", school_days, (0, 1, 5), 1, (0, 2, 5, 10, 15), (0, 5, 10, 15)
    ),
}


def choose_clock(context: Context) -> Clock:
    """The clock that the reader chooses: hours at first, or school days where the register often has no time of day.

    A selection of threats to life alone is always in hours.
    """
    types = context.selection.incident_types
    if types and set(types) <= set(DANGER_TYPES):
        text.caption("Une menace pour la vie se compte en heures.")
        return CLOCKS["hours"]
    lacks_times = relays.lacks_times(context.snapshot.relay_times())
    labels = {code: clock.label for code, clock in CLOCKS.items()}
    return CLOCKS[one_of("Compter", "horloge", labels, "school_days" if lacks_times else "hours")]


@dataclass(frozen=True, kw_only=True)
class RelayContext(Context):
    """What a question about relays is asked of: the records, the choice, and the clock that it is counted by."""

    clock: Clock

    @property
    def asked(self) -> tuple[Hashable, ...]:
        return (self.selection, self.clock.code)

    def counts(
        self,
        by: Sequence[str] = (),
        step: str | None = None,
        selection: Selection | None = None,
    ) -> pd.DataFrame:
        """Counts of the steps, or of one, by the clock; by school days without the cases that threaten life."""
        chosen = selection or self.selection
        return self.without_danger(lambda by: self.snapshot.step_counts(self.clock.code, chosen, by, step), by)

    def effects(self, by: Sequence[str] = (), step: str | None = None) -> pd.DataFrame:
        """The design effects of :meth:`counts` (:func:`relays.design_effects`)."""
        ask = self.snapshot.steps_reached
        reached = self.without_danger(lambda by: ask(self.clock.code, self.selection, by, step), by)
        return relays.design_effects(reached, by, self.bunching)

    def without_danger(self, ask: Callable[[list[str]], pd.DataFrame], by: Sequence[str] = ()) -> pd.DataFrame:
        """What ``ask`` counts ``by`` columns; by school days without the cases that threaten life."""
        return ask([*by]) if self.clock.code == "hours" else relays.without_danger(ask([*by, "danger"]))

    def danger_note(self) -> None:
        """How many cases school days set aside."""
        counts = self.snapshot.case_counts(self.selection, ["danger"])
        set_aside = counts.set_index("danger")["n"].get(True, 0)
        if set_aside and self.clock.code != "hours":
            text.caption(
                f"{count(set_aside, 'dossier')} avec une menace pour la vie : à part, car le danger se juge en heures. "
                "Choisissez « En heures » pour les voir tous ensemble."
            )
