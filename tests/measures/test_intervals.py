"""The intervals, against published tables (PHEindicatormethods) and against the definition of an exact interval."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import pdtr, pdtrc

from analytics.measures.intervals import byar, exact_poisson, rate_interval, wilson

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "11_byar_exact_wilson_intervals.json").read_text())


def limits(rows: pd.DataFrame, suffix: str = "") -> np.ndarray:
    return rows[[f"lower{suffix}", f"upper{suffix}"]].to_numpy(float).T


@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_byar_is_as_published_and_never_negative(confidence):
    rows = pd.DataFrame(REFERENCE["counts"]).query("method == 'Byars' and confidence == @confidence")
    np.testing.assert_allclose(byar(rows["x"], confidence), limits(rows), rtol=1e-9)  # NaN where there is no limit


@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_wilson_is_as_published(confidence):
    rows = pd.DataFrame(REFERENCE["counts"]).query("method == 'Wilson' and confidence == @confidence")
    np.testing.assert_allclose(wilson(rows["x"], rows["n"], confidence), limits(rows), rtol=1e-9)
    shares = pd.DataFrame(REFERENCE["proportions"])
    suffix = {0.95: "95", 0.998: "998"}[confidence]
    np.testing.assert_allclose(wilson(shares["x"], shares["n"], confidence), limits(shares, suffix), rtol=1e-9)


@pytest.mark.parametrize(("confidence", "suffix"), [(0.95, "95"), (0.998, "998")])
def test_a_rate_is_exact_below_ten_events_and_byars_from_ten(confidence, suffix):
    rows = pd.DataFrame(REFERENCE["rates"])
    for per in (100, 100_000):
        some = rows.query("multiplier == @per")
        ours = rate_interval(some["events"], some["population"], per, confidence)
        np.testing.assert_allclose(ours, limits(some, suffix), rtol=1e-9)
    edge = rate_interval([9, 10], [1, 1], confidence=confidence)
    np.testing.assert_array_equal(np.transpose(edge)[0], exact_poisson(9, confidence))
    np.testing.assert_array_equal(np.transpose(edge)[1], byar(10, confidence))


def test_the_exact_limits_leave_two_and_a_half_percent_on_each_side():
    count = np.arange(1, 40)
    lower, upper = exact_poisson(count)
    np.testing.assert_allclose(pdtrc(count - 1, lower), 0.025, rtol=1e-9)
    np.testing.assert_allclose(pdtr(count, upper), 0.025, rtol=1e-9)
    np.testing.assert_allclose(exact_poisson(0), [0, -np.log(0.025)], rtol=1e-12)


def test_nothing_and_everything_stay_within_zero_and_one():
    lower, upper = wilson([0, 7], [7, 7])
    assert lower[0] == 0
    assert upper[1] == 1
    assert 0 < upper[0] < 1
    assert 0 < lower[1] < 1


def test_an_unknown_count_has_no_interval():
    assert np.isnan(wilson([np.nan], [10])).all()
    assert np.isnan(rate_interval([np.nan], [10])).all()


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: byar(-1),
        lambda: exact_poisson([3, -1]),
        lambda: wilson(-1, 10),
        lambda: wilson(11, 10),
        lambda: wilson(0, 0),
        lambda: rate_interval(-1, 10),
        lambda: rate_interval(1, 0),
        lambda: wilson(1, 10, 0.89),
        lambda: byar(1, 1.0),
        lambda: exact_poisson(1, 89),
        lambda: rate_interval(1, 10, confidence=101),
    ],
)
def test_impossible_input_is_refused(mistake):
    with pytest.raises(ValueError, match=r"count|total|confidence"):
        mistake()
