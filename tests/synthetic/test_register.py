"""The fictitious register has the shape of a real one."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from analytics.domain.school_calendar import calendar
from analytics.intake import Key, RefusedFileError, extract, merge
from analytics.intake.duplicates import probable_duplicates
from analytics.spreadsheets.reading import read
from analytics.synthetic import synthetic_register

FILES = Path(__file__).parents[1] / "files"
AS_OF = date(2026, 11, 20)


@pytest.fixture(scope="module")
def register() -> bytes:
    return synthetic_register(as_of=AS_OF)


@pytest.fixture(scope="module")
def taken(register):
    return extract(register, Key(b"test"), date(2027, 1, 1))


def test_it_has_the_columns_and_sheets_of_a_real_register(register):
    fictitious, real = read(register), read((FILES / "registre-avec-faits.xlsx").read_bytes())
    assert {str(header).replace("’", "'") for header in fictitious[0].rows[3]} == set(real[0].rows[3])
    assert fictitious[1].rows[0] == real[1].rows[0]
    assert fictitious[0].rows[0][0] == "Service de médiation – registre des situations (données fictives)"
    assert fictitious[0].rows[1][0] == "Extrait du 20/11/2026"


def test_the_day_of_the_facts_is_never_after_that_of_the_report_and_is_not_always_known(register):
    rows = read(register)[0].rows
    header = rows[3]
    days = [(row[header.index("Faits survenus le")], row[header.index("Signalé le")]) for row in rows[4:]]

    def day_of(cell: object) -> str:
        return "-".join(reversed(cell[:10].split("/"))) if isinstance(cell, str) else f"{cell:%Y-%m-%d}"

    known = [(day_of(facts), day_of(reported)) for facts, reported in days if facts]
    assert all(facts <= reported for facts, reported in known)
    assert 0.7 < len(known) / len(days) < 0.9


def test_every_row_of_it_is_accepted(taken):
    assert taken.n_refused == 0
    assert not taken.school_faults
    assert not taken.action_faults
    assert 20 < taken.tables["school_actions"]["school_id"].nunique() < 60
    assert taken.as_of == AS_OF
    assert 750 < taken.n_accepted < 1_050
    assert len(taken.tables["schools"]) == 60


def test_it_holds_names_and_remarks_for_the_import_to_drop(register, taken):
    rows = read(register)[0].rows
    names = {row[rows[3].index("Élève")] for row in rows[4:]}
    remarks = rows[3].index("Remarques")
    assert all(str(row[remarks]).startswith(str(row[1])) for row in rows[4:])
    held = "\n".join(table.to_csv() for name, table in taken.tables.items() if name != "schools")
    assert not [name for name in names if name in held]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(register):
    assert synthetic_register(as_of=AS_OF) == register
    assert synthetic_register(seed=2, as_of=AS_OF) != register


def test_a_later_day_gives_a_later_extract_of_the_same_register(taken):
    later = extract(synthetic_register(as_of=date(2026, 12, 11)), Key(b"test"), date(2027, 1, 1))
    _, changes = merge(taken.tables, later.tables)
    assert changes.missing == 0
    assert changes.new == later.n_accepted - taken.n_accepted > 0
    assert 0 < changes.changed < changes.unchanged


def test_cases_that_are_planted_twice_are_all_among_the_probable_duplicates(taken):
    key = Key(b"test")
    register = synthetic_register(as_of=AS_OF, n_duplicates=20)
    numbers = [str(row[0]) for row in read(register)[0].rows if str(row[0]).endswith("bis")]
    planted = {frozenset((key.pseudonym(number), key.pseudonym(number.removesuffix("bis")))) for number in numbers}
    assert len(planted) == 20
    found = probable_duplicates(extract(register, key, date(2027, 1, 1)).tables)
    pairs = [frozenset(pair) for pair in found[["case_id", "other_case_id"]].to_numpy()]
    others = [pair for pair in pairs if pair not in planted]
    assert planted <= set(pairs)
    assert sum(pair in planted for pair in pairs[:20]) >= 15, "the most alike come first"
    without = probable_duplicates(taken.tables)
    print(f"{len(others)} other pairs beside the 20 that are planted, {len(without)} where none is")
    assert len(without) <= len(others) + 1 < 60


def test_every_outcome_and_status_occurs_so_that_every_page_has_something_to_show(taken):
    steps, cases = taken.tables["case_steps"], taken.tables["cases"]
    assert steps.groupby("step")["outcome"].nunique().eq(4).all()
    assert set(cases["status"]) == {"open", "closed"}
    assert cases["school_year"].nunique() == 3
    assert steps["time_completed"].any()


def test_schools_differ_by_more_than_chance_and_school_is_when_things_are_done(register, taken):
    per_school = (
        taken.tables["cases"].groupby("school_id").size().reindex(taken.tables["schools"]["school_id"], fill_value=0)
    )
    assert per_school.var() > 3 * per_school.mean()
    rows = read(register)[0].rows
    reported = rows[3].index("Signalé le")
    days = [cell.date() for row in rows[4:] if isinstance(cell := row[reported], datetime)]
    assert sum(map(calendar().is_class_day, days)) / len(days) > 0.9


def test_a_day_outside_the_calendar_is_refused_and_not_guessed(register):
    with pytest.raises(RefusedFileError, match="hors du calendrier"):
        extract(register, Key(b"test"), date(2027, 1, 1), as_of=date(2030, 1, 1))
