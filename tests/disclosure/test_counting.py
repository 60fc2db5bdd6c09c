"""What the tables of the catalogue count, on cases drawn by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.disclosure.catalogue import load_catalogue
from analytics.disclosure.counting import count_tables

PERIOD = "2025-2026-T1"


@pytest.fixture
def counted(publish, table, tmp_path):
    cases = table("""
        case_id | school_level | status | followed_hours
        A       | unknown      | open   |            900
        B       | secondary_1  | closed |
        C       | secondary_1  | open   |            900
    """)
    steps = table("""
        case_id | outcome
        A       | done
        B       | not_done
        C       | not_done
    """).assign(step="cpms")
    cases["followed_school_days"] = cases["followed_hours"]
    imports = pd.DataFrame({"as_of": [pd.Timestamp("2026-06-12")]})
    catalogue = load_catalogue()
    with publish(tmp_path, cases=cases, case_steps=steps, imports=imports) as snapshot:
        tables = count_tables(snapshot, catalogue, catalogue.period(PERIOD))
    return {
        counts.spec.code: {counts.labels(place): int(counts.numbers[place]) for place in counts.places()}
        for counts in tables
    }


def test_a_relay_done_without_a_date_has_a_category_and_a_case_closed_without_it_did_not_have_it(counted):
    relays = counted["relays_by_level"]
    assert relays["CPMS", "Total", "Fait, sans date"] == 1
    assert relays["CPMS", "Total", "Plus tard ou pas fait"] == 2
    assert relays["CPMS", "Total", "Dans le délai"] == 0


def test_a_level_that_is_not_known_has_its_place(counted):
    assert counted["types_by_level"]["Insultes", "Niveau inconnu"] == 1
    assert counted["types_by_level"]["Insultes", "Total"] == 3
