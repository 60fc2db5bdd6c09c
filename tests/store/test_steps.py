"""What the store says of the steps: deadlines, the first relay, the protocol's order. Cases drawn and counted by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analytics.domain.selection import EVERYTHING, Selection
from analytics.domain.vocabulary import STEPS
from analytics.measures import relays
from analytics.store import Snapshot
from analytics.store import steps as step_sql
from analytics.store.steps import CLOCKS

Make = Callable[..., Snapshot]


@pytest.fixture
def snapshot_of(table, publish, tmp_path) -> Make:
    """A store of the drawn cases and steps; a step that is not drawn is not applicable."""

    def make(cases: str, steps: str, deadlines: str = "school_id | step | max_hours | max_school_days") -> Snapshot:
        drawn_cases = table(cases).astype({"case_id": "str"})
        everything = pd.MultiIndex.from_product([drawn_cases["case_id"], STEPS], names=["case_id", "step"])
        drawn_steps = table(steps).assign(outcome=lambda t: np.where(t["hours"].isna(), "not_done", "done"))
        drawn_steps = drawn_steps.astype({"case_id": "str"}).set_index(["case_id", "step"]).reindex(everything)
        return publish(
            tmp_path,
            cases=drawn_cases.assign(danger=drawn_cases["danger"] == "yes"),
            case_steps=pd.DataFrame(
                {
                    "outcome": drawn_steps["outcome"].fillna("not_applicable"),
                    "delay_hours": pd.to_numeric(drawn_steps["hours"]).astype("Int64"),
                    "delay_school_days": pd.to_numeric(drawn_steps["days"]).astype("Int64"),
                    "time_completed": drawn_steps["timed"] == "no",
                }
            ).reset_index(),
            school_deadlines=table(deadlines).astype(
                {"school_id": "str", "step": "str", "max_hours": "Int64", "max_school_days": "Int64"}
            ),
        )

    return make


CASES = """
    case_id | danger | status | followed_hours | followed_school_days
    1       | no     | open   |            500 | 15
    2       | no     | closed |            400 | 12
    3       | yes    | open   |             30 | 1
"""


def test_a_deadline_is_the_schools_own_where_it_has_one_else_the_services(snapshot_of):
    steps = """
        case_id | step             | hours | days | timed
        1       | cpms             |    30 |    1 | yes
        1       | school_mediation |    30 |    1 | yes
    """
    service = snapshot_of(CASES, steps).step_counts("deadline").set_index("step")["delay"]
    assert service["cpms"].dropna().item() == 30 / STEPS["cpms"].deadline.hours
    assert service["school_mediation"].dropna().item() == 1 / STEPS["school_mediation"].deadline.school_days


def test_a_schools_own_deadline_replaces_the_services_whatever_its_unit(snapshot_of):
    steps = """
        case_id | step | hours | days | timed
        1       | cpms |    30 |    1 | yes
        2       | cpms |       |      | yes
        3       | cpms |       |      | yes
    """
    own = """
        school_id | step | max_hours | max_school_days
        1         | cpms |           | 5
    """
    counts = snapshot_of(CASES, steps, own).step_counts("deadline")
    cpms = counts[counts["step"] == "cpms"].set_index("event")["delay"]
    assert cpms["done"] == 1 / 5
    assert cpms["closed"] == 12 / 5
    assert cpms["pending"] == 30 / (5 * 24)  # danger is judged in hours


def test_states_add_up_to_all_cases(snapshot_of):
    steps = """
        case_id | step            | hours | days | timed
        1       | cpms            |    24 |    1 | yes
        2       | cpms            |    25 |    1 | yes
        3       | cpms            |       |      | yes
        1       | parents         |       |      | yes
        2       | parents         |       |      | yes
        3       | parents         |       |      | yes
        1       | parents_evening |   300 |   10 | yes
    """
    answer = relays.against_deadline(snapshot_of(CASES, steps).step_counts("deadline")).set_index("step")
    states = ["in_time", "late", "waiting", "overdue", "closed", "no_deadline", "not_applicable", "not_recorded"]
    by_hand = {
        "cpms": [1, 1, 0, 1, 0, 0, 0, 0],
        "parents": [0, 0, 0, 2, 1, 0, 0, 0],
        "parents_evening": [0, 0, 0, 0, 0, 1, 2, 0],
    }
    for step, numbers in by_hand.items():
        assert answer.loc[step, [f"n_{state}" for state in states]].to_list() == numbers, step
    assert (answer["n_total"] == 3).all()


def test_the_first_relay_is_the_earliest_whichever_it_is(snapshot_of):
    steps = """
        case_id | step             | hours | days | timed
        1       | cpms             |    30 |    1 | yes
        1       | parents          |     4 |    0 | yes
        1       | evidence_kept    |     1 |    0 | yes
        2       | cpms             |       |      | yes
        3       | evidence_kept    |     1 |    0 | yes
    """
    firsts = snapshot_of(CASES, steps).first_relay_counts("hours").set_index("event")["delay"]
    assert firsts["done"] == 4
    assert firsts["closed"] == 400
    assert pd.isna(firsts["not_applicable"])


def test_planted_deviations_from_the_order_are_found_and_none_is_invented(snapshot_of):
    steps = """
        case_id | step             | hours | days | timed
        1       | evidence_kept    |     2 |    0 | yes
        1       | pupil_informed   |     2 |    0 | yes
        1       | cpms             |     9 |    0 | yes
        1       | school_mediation |     5 |    0 | yes
        2       | evidence_kept    |       |      | yes
        2       | pupil_informed   |     7 |    0 | no
        2       | cpms             |     3 |    0 | yes
        2       | parents          |    40 |    2 | no
        2       | educators_alerted |   30 |    1 | no
        3       | cpms             |     8 |    0 | yes
        3       | parents          |       |      | yes
    """
    found = snapshot_of(CASES, steps).order_counts().set_index("step")
    overtaken, skipped = found["n_overtaken"], found["n_skipped"]
    assert overtaken[overtaken > 0].to_dict() == {
        "cpms": 1,
        "parents": 1,
    }  # a day without a time is never overtaken within it
    assert skipped[skipped > 0].to_dict() == {
        "evidence_kept": 1
    }  # nothing follows the parents in case 3: they are awaited


def test_a_transition_waits_where_the_next_step_is_awaited(snapshot_of):
    steps = """
        case_id | step           | hours | days | timed
        1       | evidence_kept  |     2 |    0 | yes
        1       | pupil_informed |     6 |    0 | yes
        2       | evidence_kept  |     8 |    0 | yes
        2       | pupil_informed |     3 |    0 | yes
        3       | evidence_kept  |    10 |    0 | yes
        3       | pupil_informed |       |      | yes
    """
    found = snapshot_of(CASES, steps).transition_counts()
    assert found[found["event"] == "done"]["delay"].to_list() == [0, 4]
    assert found[found["event"] == "pending"]["delay"].to_list() == [20]


def test_a_case_of_two_types_counts_in_both_when_types_are_compared(snapshot_of):
    steps = """
        case_id | step | hours | days | timed
        1       | cpms |     3 |    0 | yes
    """
    snapshot = snapshot_of(CASES, steps)
    by_type = snapshot.step_counts("hours", by=["incident_type"])
    assert by_type.groupby("step")["n"].sum().unique().tolist() == [3]
    assert set(by_type["incident_type"]) == {"insults"}


@pytest.mark.parametrize("clock", CLOCKS)
def test_one_step_alone_counts_as_it_does_among_all(snapshot_of, clock):
    steps = """
        case_id | step    | hours | days | timed
        1       | cpms    |     3 |    0 | yes
        2       | cpms    |       |      | yes
        3       | parents |     8 |    1 | no
    """
    snapshot = snapshot_of(CASES, steps)
    everything = snapshot.step_counts(clock, by=["danger", "incident_type"])
    for step in ("cpms", "parents", "complaint"):
        alone = snapshot.step_counts(clock, by=["danger", "incident_type"], step=step)
        pd.testing.assert_frame_equal(alone, everything[everything["step"] == step].reset_index(drop=True))


def test_an_unknown_clock_is_refused(snapshot_of):
    with pytest.raises(ValueError, match="clock"):
        snapshot_of(CASES, "case_id | step | hours | days | timed").step_counts("minutes")


def test_a_school_has_a_few_rows_however_fine_its_delays(snapshot_of):
    """Delays of 30 hours lie between 2^4 and 2^5, less one; without a step the wait counts, 400 and 30 hours."""
    steps = """
        case_id | step | hours | days | timed
        1       | cpms |    30 |    1 | yes
        2       | cpms |       |      | yes
        3       | cpms |       |      | yes
    """
    snapshot = snapshot_of(CASES, steps)
    counts = snapshot.school_step_counts("hours", step="cpms")
    rows = counts.sort_values("delay")[["danger", "event", "delay", "n"]].to_numpy().tolist()
    assert rows == [[False, "done", 4, 1], [True, "pending", 4, 1], [False, "closed", 8, 1]]
    by_type = snapshot.school_step_counts("hours", step="cpms", by_type=True)
    assert by_type["n"].sum() == 3
    exact = snapshot.step_counts("hours", by=["incident_type"], step="cpms").groupby("incident_type")["n"].sum()
    assert {code: by_type[f"type_{code}"].sum() for code in exact.index} == exact.to_dict()


def test_how_far_cases_came_is_told_by_powers_of_two_of_the_delay(snapshot_of):
    """Up to 2^5, less one, lie 30 hours; of a deadline of 24, 30 hours are more than 1 part and no more than 3. One more
    than twice the power where the step is done.
    """
    steps = """
        case_id | step | hours | days | timed
        1       | cpms |    30 |    1 | yes
        2       | cpms |       |      | yes
        3       | cpms |       |      | yes
    """
    snapshot = snapshot_of(CASES, steps)
    for clock, told in (("hours", [10, 11, 18]), ("deadline", [4, 5, 10])):
        reached = snapshot.steps_reached(clock, step="cpms")
        assert list(reached) == ["school_id", "cpms"]
        assert sorted(reached["cpms"]) == told
    assert (snapshot.steps_reached("hours")["parents"] == -1).all()  # of which the register says nothing
    assert sorted(snapshot.first_relay_reached("hours")["first_relay"]) == [10, 11, 18]
    responses = snapshot.responses_reached(by=["danger"])
    assert list(responses)[:2] == ["school_id", "danger"]
    assert sorted(responses["first_relay_part"]) == [4, 5, 10]
    assert len(snapshot.query(*step_sql.steps_reached("school_days", EVERYTHING, (), "cpms", lots=2))) == 2


def test_of_many_cases_schools_are_compared_on_the_first(snapshot_of, monkeypatch):
    monkeypatch.setattr("analytics.store.steps.COMPARED", 2)
    snapshot = snapshot_of(CASES, "case_id | step | hours | days | timed")
    assert snapshot.school_step_counts("hours")["n"].sum() == 2
    assert snapshot.school_step_counts("hours", by_type=True)["n"].sum() == 2


def test_postvention_waits_in_closed_cases_too_and_is_followed_no_longer_than_their_wait_is_kept(snapshot_of):
    cases = """
        case_id | danger | status | followed_hours | followed_school_days | waited_hours | waited_school_days
        1       | no     | open   |           2000 | 60                   |              |
        2       | no     | closed |            400 | 12                   |          500 | 14
        3       | no     | closed |            400 | 12                   |          720 | 20
        4       | no     | closed |            400 | 12                   |              |
        5       | no     | closed |            400 | 12                   |          720 | 20
        6       | no     | closed |            400 | 12                   |          720 | 20
    """
    steps = """
        case_id | step      | hours | days | timed
        1       | awareness |       |      | yes
        2       | awareness |       |      | yes
        3       | awareness |       |      | yes
        4       | awareness |       |      | yes
        5       | awareness |   600 |   15 | yes
        6       | awareness |   900 |   25 | yes
        2       | cpms      |       |      | yes
    """
    snapshot = snapshot_of(cases, steps)
    for clock, waits in (("hours", [500, 720, 720]), ("school_days", [14, 20, 20])):
        counts = snapshot.step_counts(clock)
        awareness = counts[(counts["step"] == "awareness") & (counts["event"] != "not_applicable")]
        delays = awareness.loc[awareness.index.repeat(awareness["n"].astype(int))].groupby("event")["delay"].apply(list)
        assert delays["pending"] == waits
        assert delays["closed"] == [400 if clock == "hours" else 12]  # of a store from before, which kept no wait
        assert delays["done"] == [600 if clock == "hours" else 15]
        assert delays["done_later"] == [waits[-1]]
        assert (counts.loc[counts["step"] == "cpms", "event"].tolist()) == ["closed", "not_applicable"]
        of_schools = (
            snapshot.school_step_counts(clock, step="awareness").groupby(["event", "delay"], observed=True)["n"].sum()
        )
        closed, done, *pending = (
            (8, 9, 8, 9) if clock == "hours" else (3, 4, 3, 4)
        )  # the powers of two under these delays
        assert of_schools.to_dict() == dict(
            zip(
                [("closed", closed), ("done", done), *(("pending", power) for power in pending)],
                (1, 1, 1, 3),
                strict=True,
            )
        )


def test_an_open_case_has_skipped_nothing(snapshot_of):
    steps = """
        case_id | step           | hours | days | timed
        1       | evidence_kept  |       |      | yes
        1       | cpms           |     9 |    0 | yes
        2       | evidence_kept  |       |      | yes
        2       | cpms           |     9 |    0 | yes
    """
    snapshot = snapshot_of(CASES, steps)  # the first is open, the second closed
    evidence = (
        relays.order(snapshot.order_counts(), snapshot.transition_counts()).set_index("step").loc["evidence_kept"]
    )
    assert (evidence["n_skipped"], evidence["share_skipped"]) == (1, 1)


def test_a_response_is_its_first_step_and_is_in_time_when_one_of_them_is(snapshot_of):
    steps = """
        case_id | step              | hours | days | timed
        1       | educators_alerted |    60 |    2 | yes
        1       | trusted_adult     |    70 |    2 | yes
        2       | educators_alerted |    60 |    2 | no
        3       | educators_alerted |       |      | yes
        3       | trusted_adult     |       |      | yes
    """
    own = """
        school_id | step              | max_hours | max_school_days
        1         | educators_alerted |        56 |
    """
    counts = snapshot_of(CASES, steps, own).response_counts()
    protection = counts[counts["interval"] == "protection"].set_index(["event", "delay"])
    # The second school day of the trusted adult is in time, the educators are not: 60 of the 56 hours of the school.
    assert protection.loc[("done", 60), "part"].tolist() == [2 / 2, 60 / 56]
    assert protection.loc[("done", 60), "earliest_part"].tolist() == [2 / 2, 60 / 56]
    assert protection.loc[("pending", 30), "part"].item() == 30 / 56  # danger: in hours; 48 for the trusted adult


def test_a_selection_of_danger_is_the_cases_that_threaten_life(snapshot_of):
    steps = """
        case_id | step | hours | days | timed
        1       | cpms |     3 |    0 | yes
        3       | cpms |     8 |    1 | no
    """
    snapshot = snapshot_of(CASES, steps)
    everything = snapshot.step_counts("hours", by=["danger"])
    expected = everything[everything["danger"]].drop(columns="danger").reset_index(drop=True)
    pd.testing.assert_frame_equal(snapshot.step_counts("hours", Selection(danger=True)), expected)
