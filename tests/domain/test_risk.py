"""The residual risk in a sentence."""

import pytest

from analytics.domain.risk import ResidualRisk


@pytest.mark.parametrize(
    ("n_alone", "said"),
    [(0, "0 dossier sur 8 est seul"), (1, "1 dossier sur 8 est seul"), (2, "2 dossiers sur 8 sont seuls")],
)
def test_the_risk_is_said_in_a_sentence(n_alone, said):
    assert said in ResidualRisk(n_cases=8, n_alone=n_alone, smallest_group=1).sentence


def test_without_a_case_there_is_no_risk():
    assert ResidualRisk(n_cases=0, n_alone=0, smallest_group=None).sentence == "Risque résiduel : aucun dossier."
