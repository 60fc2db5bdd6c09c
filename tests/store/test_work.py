"""The work list: which open cases wait, for what, in which order. Cases drawn and counted by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.domain.selection import Selection
from analytics.domain.vocabulary import STEPS
from analytics.store import Snapshot
from analytics.store.layout import BITS
from analytics.store.work import ORDERS, in_order
from tests.offices import MONS, TOURNAI, two_offices

AS_OF = pd.Timestamp("2026-03-16")  # a Monday


@pytest.fixture
def snapshot(table, publish, tmp_path) -> Snapshot:
    """Nine cases as of a Monday. The CPMS has 24 h, school mediation 2 class days, both of the service."""
    cases = table("""
        case_id | school_id | danger | status | followed_hours | followed_school_days | school_level | changed
        1       | a         | no     | open   |            200 |                    6 | secondary_1  |
        2       | b         | no     | open   |             30 |                    1 | secondary_2  |
        3       | b         | yes    | open   |             60 |                    2 | secondary_2  |
        4       | a         | no     | open   |              8 |                    0 | fundamental  |
        5       | a         | no     | open   |           2400 |                   70 | secondary_1  |
        6       | a         | no     | open   |           2400 |                   70 | secondary_1  | 2026-02-10
        7       | a         | no     | closed |            200 |                    6 | secondary_1  |
        8       | b         | no     | open   |             90 |                    3 | secondary_1  |
        9       | a         | no     | open   |           2400 |                   70 | secondary_1  |
    """).astype({"case_id": "str"})
    steps = table("""
        case_id | step             | outcome  | days
        1       | cpms             | not_done |
        1       | school_mediation | not_done |
        2       | cpms             | not_done |
        3       | school_mediation | not_done |
        4       | cpms             | not_done |
        4       | school_mediation | not_done |
        5       | cpms             | not_done |
        6       | cpms             | not_done |
        7       | cpms             | not_done |
        8       | school_mediation | not_done |
        9       | cpms             | done     | 50
        9       | parents          | not_done |
    """).astype({"case_id": "str"})
    return publish(
        tmp_path,
        cases=cases.assign(
            danger=cases["danger"] == "yes", changed_on=pd.to_datetime(cases["changed"]), changed=None
        ).drop(columns="changed"),
        case_steps=pd.DataFrame(
            {
                "case_id": steps["case_id"],
                "step": steps["step"],
                "outcome": steps["outcome"],
                "delay_hours": (24 * steps["days"]).astype("Int64"),
                "delay_school_days": steps["days"].astype("Int64"),
            }
        ),
        schools=pd.DataFrame({"school_id": ["a", "b"], "name": ["Zola", "Ader"], "zone": ["Mons", "Ath"]}),
        imports=pd.DataFrame({"as_of": [AS_OF]}),
    )


def ids(cases: pd.DataFrame) -> list[str]:
    return cases["case_id"].tolist()


def test_danger_comes_first_then_what_passed_its_deadline_last(snapshot):
    """A threat to life has 2 x 24 h for its two school days; case 8 is one class day late, since Friday."""
    assert STEPS["cpms"].deadline.hours == 24 and STEPS["school_mediation"].deadline.school_days == 2
    found = snapshot.work_list()
    late = {"3": 60 - 48, "2": 30 - 24, "8": 72, "1": 24 * 6, "9": 2400 - 24, "6": 2400 - 24}
    assert ids(found)[:4] == ["3", "2", "8", "1"]
    assert dict(zip(ids(found), found["late_hours"], strict=True)) == late
    assert found.loc[3, "oldest_hours"] == 200 - 24
    assert found.loc[3, "step"] == "school_mediation"


def test_the_other_orders_are_the_longest_the_most_and_the_school(snapshot):
    assert ids(snapshot.work_list(order="oldest"))[0] == "3"
    assert set(ids(snapshot.work_list(order="oldest"))[1:3]) == {"6", "9"}
    assert ids(snapshot.work_list(order="most"))[:2] == ["3", "1"]
    assert snapshot.work_list(order="school")["name"].tolist() == ["Ader"] * 3 + ["Zola"] * 3


def test_one_line_holds_all_that_a_case_waits_for(snapshot):
    first = snapshot.work_list().set_index("case_id").loc["1"]
    assert first["overdue"] == BITS["cpms"] + BITS["school_mediation"]


def test_what_is_due_within_two_class_days_is_soon(snapshot):
    found = snapshot.work_list(state="soon")
    assert ids(found) == ["4"]
    assert found.loc[0, "soon"] == BITS["cpms"] + BITS["school_mediation"]
    assert (found.loc[0, "step"], found.loc[0, "late_hours"]) == ("cpms", 8 - 24)


def test_a_case_without_a_dated_step_or_a_change_for_sixty_class_days_is_dormant_and_apart(snapshot):
    """Case 6 was changed in February; of case 9 a step is dated 20 class days ago."""
    found = snapshot.work_list(state="dormant")
    assert ids(found) == ["5"]
    assert found.loc[0, "quiet_days"] == 70
    assert "5" not in ids(snapshot.work_list())


def test_a_chosen_step_alone_judges_the_case_and_the_rest_is_told_beside(snapshot):
    found = snapshot.work_list(steps=["cpms"])
    assert set(ids(found)) == {"1", "2", "6"}
    row = found.set_index("case_id").loc["1"]
    assert (row["step"], row["late_hours"]) == ("cpms", 200 - 24)
    assert row["overdue"] == BITS["cpms"] + BITS["school_mediation"]
    assert ids(snapshot.work_list(state="dormant", steps=["parents"])) == []


def test_a_selection_and_a_limit_narrow_the_list_and_a_case_is_found_in_any_state(snapshot):
    assert ids(snapshot.work_list(Selection(zones=("Ath",)))) == ["3", "2", "8"]
    assert ids(snapshot.work_list(most=2)) == ["3", "2"]
    assert snapshot.work_list(case_id="5")["state"].tolist() == ["dormant"]
    assert snapshot.work_list(case_id="7").empty


def test_the_counts_are_those_of_the_lists(snapshot):
    counts = snapshot.work_counts()
    assert counts.groupby("state")["n"].sum().to_dict() == {"dormant": 1, "overdue": 6, "soon": 1}
    assert counts.loc[counts["danger"], "n"].tolist() == [1]
    assert snapshot.work_counts(steps=["parents"])["n"].sum() == 1


def test_a_sunday_does_not_make_friday_late(publish, tmp_path):
    """Reported on Wednesday, two class days: Friday is the last day in time, and the weekend adds none."""
    snapshot = publish(
        tmp_path,
        cases=pd.DataFrame({"case_id": ["1"], "followed_hours": [100], "followed_school_days": [2]}),
        case_steps=pd.DataFrame({"case_id": ["1"], "step": ["school_mediation"], "outcome": ["not_done"]}),
        imports=pd.DataFrame({"as_of": [pd.Timestamp(date(2026, 3, 15))]}),
    )
    assert snapshot.work_list().empty
    assert snapshot.work_list(state="soon")["late_hours"].tolist() == [0]


@pytest.mark.parametrize("order", ORDERS)
def test_lists_of_several_days_are_put_in_the_order_of_one(snapshot, order):
    found = snapshot.work_list(order=order)
    again = in_order(found.sample(frac=1, random_state=1), order)
    keys = ["danger", "late_hours", "oldest_hours"]
    assert again[keys].equals(found[keys])


def test_each_office_is_told_from_the_day_of_its_own_extract(publish, tmp_path, monkeypatch):
    """Both cases waited 30 h for the CPMS, 6 h too long, each at the extract of its office."""
    two_offices(monkeypatch)
    days = [AS_OF, AS_OF - pd.Timedelta(weeks=1)]
    cases = pd.DataFrame({"case_id": ["1", "2"], "office": [MONS, TOURNAI], "followed_hours": 30})
    imports = pd.DataFrame({"office": [MONS, TOURNAI], "as_of": days, "imported_at": pd.to_datetime(days, utc=True)})
    steps = cases[["case_id"]].assign(step="cpms", outcome="not_done")
    snapshot = publish(tmp_path, cases=cases.assign(followed_school_days=1), case_steps=steps, imports=imports)
    found = snapshot.work_list()
    assert found[["case_id", "late_hours", "as_of"]].to_numpy().tolist() == [["2", 6, days[1]], ["1", 6, days[0]]]
    assert snapshot.work_counts()["n"].sum() == 2
    assert ids(snapshot.work_list(Selection(offices=(MONS,)))) == ["1"]
    assert ids(snapshot.work_list(most=1)) == ["2"]
    assert ids(snapshot.work_list(case_id="1")) == ["1"]
