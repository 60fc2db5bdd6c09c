"""The school that the page is about, and the others of its network and of its level."""

from collections.abc import Hashable
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from analytics.domain.french import count
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import SCHOOL_NETWORKS, TEACHING_LEVELS
from analytics.measures import schools
from pages import _access
from pages._widgets import Context, pick_school, school_label, text


@dataclass(frozen=True, kw_only=True)
class OneSchool(Context):
    """The records of one school: ``selection`` is narrowed to it, ``school`` is its row of :func:`schools.rates`.

    ``groups`` are the selections that it stands beside, itself first, by their words: ``group_labels``.
    """

    school: pd.Series
    groups: dict[str, Selection]
    group_labels: dict[str, str]
    is_alone: bool = False

    @property
    def asked(self) -> tuple[Hashable, ...]:
        return (*self.groups.items(), self.is_alone)


def _rated(records: Context) -> pd.DataFrame:
    selection = records.selection
    counts = schools.teaching(records.snapshot.school_counts(selection), selection.school_levels)
    return schools.rates(counts, records.bunching).sort_values(["name", "school_id"])


def choose(records: Context) -> OneSchool:
    """Ask for a school; stops the page when none answers the filters."""
    snapshot, selection = records.snapshot, records.selection
    rated = records.remember(lambda: _rated(records), "rated")
    if rated.empty:
        text.info("Aucune école ne répond à ces filtres.", "filter_alt_off")
        st.stop()
    labels = {code: school_label(name, code) for name, code in zip(rated["name"], rated["school_id"], strict=True)}
    school_id = pick_school(labels)
    is_alone = bool(_access.own_school())  # its head of school sees no figure of another one
    if not is_alone:
        _access.note_view(school=school_id)
    school = rated.set_index("school_id", drop=False).loc[school_id]
    groups = {"school": replace(selection, school_ids=(school_id,))}
    group_labels = {"school": "cette école"}
    for column, vocabulary, word in (
        ("school_network", SCHOOL_NETWORKS, "réseau"),
        ("school_level", TEACHING_LEVELS, "niveau"),
    ):
        if not is_alone and (others := schools.peers(rated, school_id, column)):
            groups[column] = replace(selection, school_ids=others)
            group_labels[column] = (
                f"{word} {vocabulary.label(school[column])} ({count(len(others), 'autre école', 'autres écoles')})"
            )
    return OneSchool(
        snapshot, groups["school"], school=school, groups=groups, group_labels=group_labels, is_alone=is_alone
    )
