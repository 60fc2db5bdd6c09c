"""What the questions of the page Écoles concernées share: the schools of the choice, with their rates."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analytics.domain.selection import Selection
from analytics.measures import schools
from analytics.workflows.one_school import rated_schools
from pages._widgets import Context


@dataclass(frozen=True)
class RatedSchools(Context):
    """The schools that teach what is chosen, rated; the most concerned tenth; those that were never in the register."""

    @cached_property
    def rated(self) -> pd.DataFrame:
        return self.remember(lambda: rated_schools(self.snapshot, self.selection), "rated")

    @cached_property
    def tenth(self) -> pd.Series:
        return schools.concentration(self.rated, self.bunching).iloc[0]

    @cached_property
    def never_seen(self) -> pd.DataFrame:
        ever = Selection(school_networks=self.selection.school_networks, zones=self.selection.zones)
        counts = schools.teaching(self.snapshot.school_counts(ever), self.selection.school_levels)
        return counts[counts["n"] == 0].sort_values("name")
