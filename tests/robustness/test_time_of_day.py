"""A register in which times of day are missing, beside the same register with all of them: the truth of its generator."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analytics.domain.vocabulary import RELAYS
from analytics.intake import Key
from analytics.measures import relays, timeliness
from analytics.store import Snapshot, Store
from analytics.synthetic import assumptions, synthetic_register
from analytics.workflows.importing import import_register

EVENINGS = 0.001  # a few reports and steps come before 8:00 or after 16:00, which no bound knows


@pytest.fixture(scope="module")
def registers(tmp_path_factory) -> tuple[Snapshot, Snapshot]:
    """As it is kept, with half of the activations without a time of day, and as it was."""
    snapshots = []
    for share in (None, 0.0):
        with pytest.MonkeyPatch.context() as patch:
            if share is not None:
                patch.setattr(assumptions, "REPORT_WITHOUT_TIME", share)
                patch.setattr(assumptions, "STEP_WITHOUT_TIME", share)
            content = synthetic_register(seed=3, n_cases=2_000)
        store = Store(tmp_path_factory.mktemp("register"))
        import_register(store, content, Key(b"k" * 32), datetime(2026, 11, 22, tzinfo=UTC))
        snapshot = store.snapshot()
        assert snapshot is not None
        snapshots.append(snapshot)
    return snapshots[0], snapshots[1]


def test_the_true_share_lies_between_both_bounds(registers):
    kept, true = (
        relays.summary(snapshot.step_counts("hours"), (24, 48, 120)).set_index("step") for snapshot in registers
    )
    for relay in RELAYS:
        for delay in (24, 48, 120):
            share = true.loc[relay, f"within_{delay}"]
            least, most = (kept.loc[relay, f"{bound}within_{delay}"] for bound in ("", "most_"))
            assert least - EVENINGS <= share <= most + EVENINGS, (relay, delay)
            assert true.loc[relay, f"most_within_{delay}"] == share
    cpms = kept.loc["cpms"]
    assert cpms["most_within_24"] - cpms["within_24"] > 0.03  # one figure alone would not be the truth


def test_the_true_share_of_each_response_lies_between_both_bounds(registers):
    kept, true = (timeliness.summary(snapshot.response_counts()).set_index("interval") for snapshot in registers)
    for interval in ("first_relay", "parents", "protection"):
        least, most = kept.loc[interval, ["share", "most_share"]]
        assert least - EVENINGS <= true.loc[interval, "share"] <= most + EVENINGS


def test_school_days_need_no_time_of_day(registers):
    kept, true = (relays.summary(snapshot.step_counts("school_days"), (0, 1, 5)) for snapshot in registers)
    assert kept.drop(columns="n_time_completed").equals(true.drop(columns="n_time_completed"))


def test_which_register_lacks_times(registers):
    assert [relays.lacks_times(snapshot.relay_times()) for snapshot in registers] == [True, False]
