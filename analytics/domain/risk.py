"""How far records could still be told apart, and its French sentence."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.domain.french import count, number


@dataclass(frozen=True)
class ResidualRisk:
    """A case is alone when no other has its school, month of report, level and incident types; a week counts in the month of
    its Thursday. ``smallest_group`` is None where there is no case.
    """

    n_cases: int
    n_alone: int
    smallest_group: int | None

    @property
    def sentence(self) -> str:
        if self.smallest_group is None:
            return "Risque résiduel : aucun dossier."
        return (
            f"Risque résiduel : {count(self.n_alone, 'dossier')} sur {number(self.n_cases)} "
            f"{'est seul' if self.n_alone < 2 else 'sont seuls'} dans leur combinaison d’école, de mois, de niveau et de "
            f"faits ; le plus petit groupe en compte {number(self.smallest_group)}."
        )
