"""How fast the relays are activated. Counts by step, event and delay in, one row a step out.

Which cases count: those in which the step applies and is recorded. Pending cases wait (right-censored), cases closed
without the step compete (Aalen-Johansen); ``not_applicable`` and ``not_recorded`` are counted apart. A step that is done, or
a case that is closed without it, on a day that is not known counts in outcomes and shares, not in curves and medians.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.domain.vocabulary import STEPS
from analytics.measures import clusters
from analytics.measures.group_tests import between_schools, false_discovery_rates, within_schools
from analytics.measures.grouping import groups, numbers, picked, places, sums, taken, totals, with_columns
from analytics.measures.incidence import EVENTS, Curves, Effects, aalen_johansen, cumulative_incidence

HOURS = (24, 48, 120, 240)
"""Delays at which shares are read in hours: one day, two, five and ten."""
SCHOOL_DAYS = (0, 1, 2, 5, 10)
"""Delays at which shares are read in school days: the day of the report is day 0."""


UNDATED = {"undated": "done", "closed_undated": "closed"}
"""The events without a day, and what each one is an event of."""
_STATES = (*EVENTS, *UNDATED, "done_later", "not_applicable", "not_recorded", "no_deadline")
_FOLLOWED = {**{event: event for event in EVENTS}, "done_later": "pending"}
"""What was done after the end of the follow-up is still pending there, as all other cases are."""

MOST_WITHOUT_TIME = 0.1
"""Where a larger share of the done has neither a day nor a time of day, a share in hours has two bounds: as late as they can
be, as early as they can be."""


def outcomes(counts: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """What became of each step, in the protocol's order.

    ``counts`` is what :meth:`Snapshot.step_counts` returns for the same ``by``, on either clock.
    Returns step, ``by``, n_total, n_done, n_pending, n_closed (closed without it), n_not_applicable, n_not_recorded,
    n_cases (done, pending and closed: the denominator of every share), n_undated and n_closed_undated (of the done and of
    the closed, those on a day that is not known), n_time_completed (of the done, those counted as late as they can be for
    want of a time of day).
    """
    return _Counted(counts, by).outcomes


def curves(counts: pd.DataFrame, by: Sequence[str] = (), effects: Effects = 1.0) -> Curves:
    """The cumulative incidence of each step (:func:`cumulative_incidence`), by step and ``by``, in the protocol's order."""
    return _Counted(counts, by).curves(effects)


class _Counted:
    """Counts of steps as arrays, for several questions: their groups by step and ``by``, in the protocol's order, and their
    states, by place in _STATES.
    """

    def __init__(self, counts: pd.DataFrame, by: Sequence[str] = ()) -> None:
        group, names = groups(counts, ["step", *by])
        order = _protocol_order(names["step"])
        self.counts, self.group, self.names = counts, np.argsort(order)[group], taken(names, order)
        self.state = places(counts["event"], _STATES)
        self.delay, self.n = numbers(counts["delay"]), numbers(counts["n"])

    def total(self, state: NDArray[np.int64]) -> NDArray[np.int64]:
        """The cases of each group in each ``state``."""
        return sums(self.group, state, self.counts["n"], (len(self.names), len(_STATES)))

    def curves(
        self, effects: Effects, meant: Mapping[str, str] = _FOLLOWED, delay: NDArray[np.float64] | None = None
    ) -> Curves:
        """A curve per group, of the states that are ``meant`` as events, at their own ``delay`` or another."""
        rows, event = (self.group, self.names), _as_events(self.state, meant)
        dtypes = self.counts["delay"].dtype, self.counts["n"].dtype
        return aalen_johansen(rows, event, self.delay if delay is None else delay, self.n, effects, dtypes)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        n = dict(zip((f"n_{state}" for state in _STATES), self.total(self.state).T, strict=True))
        n["n_done"] = n["n_done"] + n["n_undated"] + n.pop("n_done_later")
        n["n_closed"] = n["n_closed"] + n["n_closed_undated"]
        del n["n_no_deadline"]
        n_cases = n["n_done"] + n["n_closed"] + n["n_pending"]
        sizes = {"n_total": n_cases + n["n_not_applicable"] + n["n_not_recorded"], **n, "n_cases": n_cases}
        n_completed = totals(self.group, self.counts["n_time_completed"], len(self.names))
        return with_columns(self.names, {**sizes, "n_time_completed": n_completed})


def _as_events(state: NDArray[np.int64], meant: Mapping[str, str]) -> NDArray[np.int64]:
    """The place in EVENTS of what each ``state`` (its place in _STATES) is ``meant`` as; -1 for none."""
    return np.array([EVENTS.index(meant[name]) if name in meant else -1 for name in (*_STATES, "")])[state]


def design_effects(reached: pd.DataFrame, by: Sequence[str] = (), bunching: float = 1.0) -> pd.DataFrame:
    """How much less the cases of each step tell of its shares than independent ones would (:mod:`measures.clusters`).

    ``reached`` is what :meth:`Snapshot.steps_reached` returns for the same ``by`` (and danger). Returns step, ``by``, delay
    (the power of two up to which the step was done), n (cases), effect; for a curve's ``effects``.
    """
    steps = [name for name in reached if name not in ("school_id", "danger", *by)]
    came = reached[steps].to_numpy(np.int64)
    (group, names), (school, schools) = groups(reached, by), pd.factorize(reached["school_id"], sort=True)
    cell, shape = group * len(schools) + school, (len(names), len(schools))
    n_powers, place, found = came.max(initial=-1) // 2 + 1, [], []
    for code, column in zip(steps, came.T, strict=True):
        n_cases = np.bincount(cell[column >= 0], minlength=shape[0] * shape[1]).reshape(shape)
        is_done = (column >= 0) & (column % 2 == 1)
        done = np.bincount((cell * n_powers + column // 2)[is_done], minlength=n_cases.size * n_powers)
        for i in np.flatnonzero(n_cases.any(axis=1)):
            n = done.reshape(*shape, n_powers)[i].cumsum(axis=1)
            effect = clusters.design_effects(n, n_cases[i], bunching)
            found.append(
                pd.DataFrame({"step": code, "delay": np.arange(n_powers), "n": n_cases[i].sum(), "effect": effect})
            )
            place += n_powers * [i]
    answer = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["step", "delay", "n", "effect"])
    return with_columns(picked(names, names.columns, np.array(place, dtype=np.int64)), answer)


def often_without_time(answer: pd.DataFrame) -> pd.Series:
    """Whether more than MOST_WITHOUT_TIME of the done have no day or no time of day, for each row of :func:`outcomes`."""
    return answer["n_time_completed"] + answer["n_undated"] > MOST_WITHOUT_TIME * answer["n_done"]


def shares_within(
    counts: pd.DataFrame,
    delays: Sequence[float],
    by: Sequence[str] = (),
    known: Curves | None = None,
    effects: Effects = 1.0,
) -> pd.DataFrame:
    """Share of the cases in which each step was done within each delay, with its 95 % band.

    A step done on a day that is not known may have been in time or not: the share has two bounds. Where more than
    MOST_WITHOUT_TIME of a step's done have no day or no time of day, times are as late as they can be in the one and as
    early as they can be in the other. What is closed without the step, on whatever day, was not in time.
    ``known`` are the :func:`curves` of ``counts``, where they are there already.
    Returns step, ``by``, delay, n_at_risk, incidence (none of the undated in time), std_error, lower, upper (of ``most``),
    most (all of them in time, and times as early as they can be: ``incidence`` where nothing is missing).
    """
    found, read = _shares(_Counted(counts, by), delays, known, effects)
    curve = np.repeat(np.arange(len(found.names)), len(delays))
    return with_columns(taken(found.names, curve), read)


def _shares(
    counted: _Counted, delays: Sequence[float], known: Curves | None, effects: Effects
) -> tuple[Curves, dict[str, NDArray[Any]]]:
    """The curves and the numbers of :func:`shares_within`."""
    wanted, is_earlier = np.array(delays, float), _is_earlier(counted)
    is_undated = np.isin(counted.state, [_STATES.index(state) for state in UNDATED])
    # Done or closed at once: in time whatever the delay, or never. What is done later is as good as never.
    at_once = np.where(is_undated, 0.0, counted.delay)
    if is_undated.any():
        curves = counted.curves(effects, {**_FOLLOWED, **dict.fromkeys(UNDATED, "closed")}, at_once)
    else:
        curves = known or counted.curves(effects)
    least = most = curves.read(wanted)
    if is_undated.any() or is_earlier.any():
        earliest = np.where(is_earlier, numbers(counted.counts["earliest"]), at_once) if is_earlier.any() else at_once
        most = counted.curves(effects, {**_FOLLOWED, **UNDATED}, earliest).read(wanted)
    # What comes earlier may weigh a little less beside the censored, so that the estimate is not always the higher one.
    upper, incidence = (np.maximum(least[name], most[name]) for name in ("upper", "incidence"))
    return curves, {**least, "upper": upper, "most": incidence}


def _is_earlier(counted: _Counted) -> NDArray[np.bool_]:
    """Where the done may have come earlier than they count, for the steps of which a time of day is often missing."""
    if "earliest" not in counted.counts:
        return np.zeros(len(counted.counts), dtype=bool)
    became = (counted if list(counted.names) == ["step"] else _Counted(counted.counts)).outcomes
    often = places(counted.names["step"], became["step"][often_without_time(became)].tolist()) >= 0
    return often[counted.group] & (numbers(counted.counts["earliest"]) < counted.delay)


OF_SCHOOL = ("school_network", "zone")
OF_CASE = ("school_level", "danger", "school_year")
"""The groups that one step is compared by: those that a school belongs to, and those that its cases do."""


def with_office(schools: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """``schools`` with the office that has most of the cases of each, to compare offices by schools; missing where none has.

    ``counts``: school_id, office, n.
    """
    most = counts.sort_values("n", kind="stable").drop_duplicates("school_id", keep="last").set_index("school_id")
    return schools.assign(office=schools["school_id"].map(most["office"]))


def comparisons(counts: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Is one step done at the same pace in all groups? One row per way of grouping, the clearest difference first.

    ``counts`` is what :meth:`Snapshot.school_step_counts` returns for that step, ``schools`` the table of the store, with
    office where there are several (:func:`with_office`). Cases whose group is not known are no group. Returns group (a
    column of ``schools`` or ``counts``), p_value (how often chance alone makes as large a difference, given that schools
    differ: see :mod:`measures.group_tests`) and false_discovery_rate (the share of false ones among those at least as
    clear); NaN where there is nothing to compare.
    """
    by_school = schools.set_index("school_id")
    found = {group: between_schools(counts, by_school[group]) for group in (*OF_SCHOOL, "office") if group in by_school}
    found |= {group: within_schools(counts, _members(counts, group)) for group in OF_CASE}
    answer = pd.DataFrame({"group": list(found), "p_value": list(found.values())})
    answer["false_discovery_rate"] = false_discovery_rates(answer["p_value"].to_list())
    return answer.sort_values("p_value", kind="stable", ignore_index=True)


def _members(counts: pd.DataFrame, group: str) -> NDArray[np.float64]:
    """The cases of each row in each value of ``group``, one column per value."""
    code, values = pd.factorize(counts[group], sort=True)
    return (code[:, None] == np.arange(len(values))) * counts["n"].to_numpy(float)[:, None]


def type_comparison(counts: pd.DataFrame) -> float:
    """How often chance alone makes as large a difference of pace between incident types (:func:`comparisons`): a p value.

    ``counts`` is what :meth:`Snapshot.school_step_counts` returns by type.
    """
    types = [of_type for of_type in counts if of_type.startswith("type_")]
    return within_schools(counts, counts[types].to_numpy(float))


def summary(
    counts: pd.DataFrame, delays: Sequence[float], known: Curves | None = None, effects: Effects = 1.0
) -> pd.DataFrame:
    """One row per step: :func:`outcomes`, median (the delay by which half of the cases had the step, NaN while fewer than
    half have it) with its 95 % interval lower and upper, and, for each of ``delays``, the share of the cases that had it by
    then (:func:`shares_within`): within_<delay>, within_<delay>_lower, within_<delay>_upper, most_within_<delay>.

    ``known`` are the :func:`curves` of ``counts``, where they are there already.
    """
    counted = _Counted(counts)
    known = known or counted.curves(effects)
    found, read = _shares(counted, delays, known, effects)
    shares = {
        name.format(f"within_{delay:g}"): read[column][place :: len(delays)]
        for place, delay in enumerate(delays)
        for name, column in (("{}", "incidence"), ("{}_lower", "lower"), ("{}_upper", "upper"), ("most_{}", "most"))
    }
    medians = known.quantile().rename(columns={"delay": "median"})
    answer = _matched(counted.outcomes, known, {name: medians[name] for name in ("median", "lower", "upper")})
    return _matched(answer, found, shares)


def done_within(counts: pd.DataFrame, delay: float) -> pd.Series:
    """Number of cases in which each step was done within ``delay``, by step; none is 0."""
    group, steps = groups(counts, ["step"])
    in_time = (counts["event"] == "done").to_numpy() & (numbers(counts["delay"]) <= delay)
    n = totals(np.where(in_time, group, -1), counts["n"], len(steps))
    return pd.Series(n, index=steps["step"], name="n")


def deadline_status(counts: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """How many cases stand where against the deadline of each step: the school's own where it has one, else the service's.

    ``counts`` is what :meth:`Snapshot.step_counts` returns by the clock "deadline", and for the same ``by``.
    Returns step, ``by``, n_in_time, n_late, n_undated (done), n_waiting (still in time), n_overdue (open), n_closed (without
    it, on whatever day), n_no_deadline, n_not_applicable, n_not_recorded, which add up to n_total; n_cases (the first six).
    """
    return _deadline_status(_Counted(counts, by))


def _deadline_status(counted: _Counted) -> pd.DataFrame:
    is_beyond = counted.delay > 1
    in_time, beyond = (counted.total(np.where(which, counted.state, -1)).T for which in (~is_beyond, is_beyond))
    of_state = dict(zip(_STATES, zip(in_time, beyond, in_time + beyond, strict=True), strict=True))
    judged = {
        "n_in_time": of_state["done"][0],
        "n_late": of_state["done"][1],
        "n_waiting": of_state["pending"][0],
        "n_overdue": of_state["pending"][1],
        "n_closed": of_state["closed"][2] + of_state["closed_undated"][2],
        "n_undated": of_state["undated"][2],
    }
    others = {f"n_{state}": of_state[state][2] for state in ("no_deadline", "not_applicable", "not_recorded")}
    n_cases, n_others = sum(judged.values()), sum(others.values())
    return with_columns(counted.names, {**judged, **others, "n_total": n_cases + n_others, "n_cases": n_cases})


def against_deadline(counts: pd.DataFrame, effects: Effects = 1.0) -> pd.DataFrame:
    """How each step stands against its deadline: :func:`deadline_status`, and the share of the cases that had it in time.

    ``counts`` is what :meth:`Snapshot.step_counts` returns by the clock "deadline".
    Returns the columns of :func:`deadline_status`, share (done in time, of n_cases, a waiting one being censored), lower,
    upper, most_share (the share if all of the undated were in time; ``share`` takes none).
    """
    counted = _Counted(counts)
    found, read = _shares(counted, (1,), None, effects)
    names = {"incidence": "share", "lower": "lower", "upper": "upper", "most": "most_share"}
    return _matched(_deadline_status(counted), found, {name: read[column] for column, name in names.items()})


def _matched(answer: pd.DataFrame, found: Curves, columns: Mapping[str, ArrayLike]) -> pd.DataFrame:
    """``answer`` with the ``columns`` of numbers that the curves of its steps have, missing where there is none."""
    row = places(answer["step"], found.names["step"].tolist())
    return with_columns(answer, {name: np.append(values, np.nan)[row] for name, values in columns.items()})


def without(counts: pd.DataFrame, some: pd.DataFrame) -> pd.DataFrame:
    """``counts`` less ``some`` of these cases: both what :meth:`Snapshot.step_counts` returns for the same question."""
    numbers_of = ["n", "n_time_completed"]
    both = pd.concat([counts, some.assign(**{name: -some[name] for name in numbers_of})])
    kinds = [name for name in counts if name not in numbers_of]
    left = both.groupby(kinds, dropna=False, sort=False, observed=True)[numbers_of].sum().reset_index()
    return left[left["n"] > 0]


def without_danger(counts: pd.DataFrame) -> pd.DataFrame:
    """``counts`` by danger, without the cases that threaten life, which school days must never judge."""
    return counts[~counts["danger"].astype(bool)]


def lacks_times(times: pd.DataFrame) -> bool:
    """Whether more than MOST_WITHOUT_TIME of the relays have no day or time of day, so that hours would say too much.

    ``times`` is what :meth:`Snapshot.relay_times` returns.
    """
    n_done, n_without = times[["n_done", "n_without_time"]].iloc[0]
    return bool(n_without > MOST_WITHOUT_TIME * n_done)


def order(counts: pd.DataFrame, transitions: pd.DataFrame) -> pd.DataFrame:
    """How the cases keep the protocol's order, and where time goes from one step to the next.

    ``counts`` and ``transitions`` are what :meth:`Snapshot.order_counts` and :meth:`Snapshot.transition_counts` return.
    Returns step, n_done, n_undated, n_overtaken, n_done_closed, n_skipped, share_overtaken (of the dated), share_skipped (of
    the closed cases in which the step is done or skipped), next_step, n_followed (cases in which the next step applies, on
    days that are known), median_hours (to the next step; NaN while fewer than half of them have it).
    """
    answer = counts.copy()
    n_dated = answer["n_done"] - answer["n_undated"]
    answer["share_overtaken"] = answer["n_overtaken"] / n_dated.where(n_dated > 0)
    asked = answer["n_done_closed"] + answer["n_skipped"]
    answer["share_skipped"] = answer["n_skipped"] / asked.where(asked > 0)
    waits = cumulative_incidence(transitions, ["step", "next_step"])
    gaps = {"n_followed": waits.n_cases, "median_hours": waits.quantile()["delay"]}
    row = places(answer["step"], waits.names["step"].tolist())
    found = with_columns(waits.names, gaps).drop(columns="step").reindex(row)
    return with_columns(answer, found.set_axis(answer.index))


MIN_CASES = 5
"""Our choice: the median of fewer cases says more of chance than of the month."""


def monthly_median(counts: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The median delay of one step by month of report, as points for :func:`analytics.measures.signals.xmr`.

    ``counts`` is what :meth:`Snapshot.step_counts` returns for that step by report_week, in school days: in hours the months
    with holidays would be news. A week counts in the month of its Thursday. Returns period (first of the month), value
    (:meth:`grouped_median`; NaN where fewer than half of the cases have the step, or where they are fewer than
    MIN_CASES), n_cases, provisional (the month of the extraction and the one before it, whose
    cases have not had time).
    """
    thursday = counts["report_week"].to_numpy("datetime64[D]") + 3
    period = pd.Series(thursday.astype("datetime64[M]").astype("datetime64[us]"), counts.index)
    rows = groups(counts.assign(period=period), ["period"])
    event = _as_events(places(counts["event"], _STATES), _FOLLOWED)
    months = aalen_johansen(rows, event, numbers(counts["delay"]), numbers(counts["n"]))
    value = np.where(months.n_cases >= MIN_CASES, months.grouped_median(), np.nan)
    month_before = (as_of.replace(day=1) - timedelta(days=1)).replace(day=1)
    provisional = months.names["period"] >= pd.Timestamp(month_before)
    return with_columns(months.names, {"n_cases": months.n_cases, "value": value, "provisional": provisional})


def _protocol_order(steps: pd.Series) -> NDArray[np.int64]:
    """The rows of ``steps`` in the protocol's order, those of a step as they stand."""
    rank = places(steps, list(STEPS))
    return np.argsort(np.where(rank < 0, len(STEPS), rank), kind="stable")
