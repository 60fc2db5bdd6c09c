"""One school: beside whom it stands, its steps against its deadlines, its years, in tables and words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.domain.french import count, day, hours, school_days
from analytics.domain.school_calendar import calendar
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import INCIDENT_TYPES, SCHOOL_NETWORKS, TEACHING_LEVELS
from analytics.measures import funnel, incidents, relays, schools, years
from analytics.measures.grouping import places, taken, with_columns
from analytics.store import Snapshot
from analytics.workflows.comparing import compared_in_all

PEERS = {"school_network": "réseau", "school_level": "niveau"}
SILENT = "Ne rien signaler n’est pas être à l’abri : un appel suffit souvent pour savoir si l’on y connaît le service."


@dataclass(frozen=True)
class OneSchool:
    """The records of one school: ``selection`` is narrowed to it, ``school`` is its row of :func:`schools.rates`.

    ``groups`` are the selections that it stands beside, itself first, by their words: ``group_labels``; ``among`` is the
    choice that holds them all. ``is_alone`` for its head of school, who sees no figure of another one.
    """

    snapshot: Snapshot
    selection: Selection
    among: Selection
    school: pd.Series
    groups: Mapping[str, Selection]
    group_labels: Mapping[str, str]
    is_alone: bool = False

    @property
    def asked(self) -> tuple[Hashable, ...]:
        """What tells this school's answers from others of the version."""
        return (*self.groups.items(), self.is_alone)


def rated_schools(snapshot: Snapshot, selection: Selection) -> pd.DataFrame:
    """The schools that can have a chosen case (:func:`schools.rates`)."""
    counts = schools.teaching(snapshot.school_counts(selection), selection.school_levels)
    return schools.rates(counts, bunching(snapshot))


def bunching(snapshot: Snapshot) -> float:
    """How far reports come in bunches (:func:`funnel.bunching`), as the whole register tells it."""
    return snapshot.remember("bunching", lambda: funnel.bunching(snapshot.case_counts(by=["school_id", "report_week"])))


def one_school(
    snapshot: Snapshot, selection: Selection, rated: pd.DataFrame, school_id: str, *, is_alone: bool = False
) -> OneSchool:
    """The school ``school_id`` of ``rated`` beside the others of its network and of its level."""
    school = rated.iloc[rated["school_id"].tolist().index(school_id)].rename(school_id)
    groups = {"school": replace(selection, school_ids=(school_id,))}
    group_labels = {"school": "cette école"}
    for column, vocabulary in (("school_network", SCHOOL_NETWORKS), ("school_level", TEACHING_LEVELS)):
        if not is_alone and (others := schools.peers(rated, school_id, column)):
            groups[column] = replace(selection, school_ids=others)
            group_labels[column] = (
                f"{PEERS[column]} {vocabulary.label(school[column])} ({count(len(others), 'autre école', 'autres écoles')})"
            )
    own = groups["school"]
    return OneSchool(snapshot, own, own if is_alone else selection, school, groups, group_labels, is_alone)


def type_shares(one: OneSchool) -> dict[str, pd.DataFrame]:
    """The share of each incident type in the cases of each group (:func:`incidents.shares`), by group."""
    counts, cases = (ask(one.among, ["school_id"]) for ask in (one.snapshot.incident_counts, one.snapshot.case_counts))

    def of(table: pd.DataFrame, selection: Selection) -> pd.DataFrame:
        return taken(table, np.flatnonzero(places(table["school_id"], selection.school_ids) >= 0))

    bunched, codes = bunching(one.snapshot), list(INCIDENT_TYPES)
    return {
        group: incidents.shares(of(counts, selection), "incident_type", of(cases, selection), codes, bunched)
        for group, selection in one.groups.items()
    }


def deadline_table(one: OneSchool) -> pd.DataFrame:
    """:func:`relays.against_deadline` of the school, with limit (in French) and is_own of each step, and for each group of
    PEERS that it stands beside share_<group> and most_share_<group>.
    """
    limits = schools.deadlines(one.snapshot.table("school_deadlines"), one.school["school_id"])
    limits["limit"] = [
        hours(in_hours) if pd.notna(in_hours) else school_days(in_days)
        for in_hours, in_days in zip(limits["max_hours"], limits["max_school_days"], strict=True)
    ]
    own = one.snapshot.step_counts("deadline", one.selection)
    table = relays.against_deadline(own, bunching(one.snapshot))
    row = places(table["step"], limits.pop("step").tolist())
    columns = dict(taken(limits, row))
    for group in PEERS:
        if group in one.groups:
            # All of the network or level are asked for, itself too: it is one question for all of these schools.
            schools_of_group = sorted((*one.groups[group].school_ids, *one.selection.school_ids))
            every = replace(one.groups[group], school_ids=tuple(schools_of_group))
            counts = relays.without(one.snapshot.step_counts("deadline", every), own)
            in_time = relays.shares_within(counts, (1,))
            row = places(table["step"], in_time["step"].tolist())
            columns[f"share_{group}"], columns[f"most_share_{group}"] = (
                np.append(in_time[name], np.nan)[row] for name in ("incidence", "most")
            )
    return with_columns(table, columns)


def by_year(one: OneSchool) -> pd.DataFrame:
    """The chosen cases of the school in each year of the register, whatever time was chosen: :func:`schools.by_year`, and
    is_running (the year is not over at the extract).
    """
    known = list(one.snapshot.choices().school_years)
    counts = one.snapshot.case_counts(one.selection.at_any_time, ["school_year", "danger"])
    is_running = [calendar()[year].end > one.snapshot.as_of for year in known]
    return schools.by_year(counts, known).assign(is_running=is_running)


def since_last(one: OneSchool) -> tuple[str, str]:
    """How long ago the last report was, and its week, in words; a dash without one."""
    last = one.school["last_week"]
    if pd.isna(last):
        return "–", ""
    n_weeks = (pd.Timestamp(one.snapshot.as_of) - last).days // 7
    return count(n_weeks, "semaine") if n_weeks else "cette semaine", f"semaine du {day(last)}"


def year_sentence(one: OneSchool) -> str:
    """The school's last chosen year against the same weeks a year before; "" where there is none."""
    answer = compared_in_all(one.snapshot, one.selection)
    if answer.empty:
        return ""
    return f"{count(answer['n'].iloc[0], 'dossier')}, {years.sentence(answer.iloc[0])}."
