"""A later extract of the same register: meaning decides, not formatting."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from analytics.domain.schema import TABLES
from analytics.domain.vocabulary import STEPS, normalise
from analytics.intake import Key, Question, extract, merge
from analytics.intake.merging import (
    answered,
    lost_fields,
    lost_fields_sentence,
    merge_questions,
    recode_schools,
    rekey,
    revert_moved,
)
from tests.conftest import FILLED

FILES = Path(__file__).parents[1] / "files"
TODAY = date(2026, 11, 22)
EMPTY = {name: table.empty for name, table in TABLES.items()}


def meanings(name: str) -> dict[str, tuple]:
    """What each case of a register says, by its number: an oracle that shares no code with the import."""
    workbook = CalamineWorkbook.from_path(str(FILES / f"{name}.xlsx"))
    schools = {row[1]: row[0] for row in workbook.get_sheet_by_name("Écoles").to_python()[1:]}
    rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    headers = rows[3]

    def moment(cell):
        """A date cell, or its text, to the minute; a date without a time stays one."""
        if isinstance(cell, datetime):
            return (cell + timedelta(seconds=30)).replace(second=0, microsecond=0)
        if isinstance(cell, date):
            return cell
        for form in ("%d/%m/%Y %H:%M", "%d/%m/%Y"):
            try:
                read = datetime.strptime(str(cell).strip(), form)  # noqa: DTZ007 (a wall-clock time)
            except ValueError:
                continue
            return read if "H" in form else read.date()
        return str(cell).strip().lower()

    def meaning(row):
        cell = dict(zip(headers, row, strict=True))
        words = [
            frozenset(w.strip().lower() for w in cell[h].split(";"))
            for h in ("Faits", "Canal", "Mineur", "Signalé par")
        ]
        headers_of_dates = ("Signalé le", "Clôturé le", *(step.header.replace("’", "'") for step in STEPS.values()))
        dates = [moment(cell[header]) for header in headers_of_dates]
        return schools.get(cell["École"], cell["École"]), cell["Année d'études"].strip(), *words, *dates

    return {str(row[0]).strip(): meaning(row) for row in rows[4:]}


def test_two_weeks_later_the_same_register_brings_what_an_independent_reading_finds():
    before, after = meanings("registre-2025-2026"), meanings("registre-2025-2026-suite")
    common = before.keys() & after.keys()
    expected = (len(after.keys() - common), sum(before[n] != after[n] for n in common), len(before.keys() - common))
    assert expected == (11, 31, 0)

    key = Key(b"test")
    first, second = (
        extract((FILES / f"{name}.xlsx").read_bytes(), key, TODAY).tables
        for name in ("registre-2025-2026", "registre-2025-2026-suite")
    )
    known, _ = merge(EMPTY, first)
    merged, changes = merge(known, second)
    assert (changes.new, changes.changed, changes.missing) == expected
    assert changes.unchanged == 389
    assert set(merged["cases"]["case_id"]) == {key.pseudonym(normalise(n).replace(" ", "/")) for n in after}


def test_the_same_rows_typed_otherwise_change_nothing(taken):
    row = {"CPMS contacté le": "13/01/2026", "Parents contactés le": "sans objet"}
    again = {
        "N° dossier": " 2026 / 0001",
        "École": "institut  hardy",
        "Signalé le": "2026-01-12T10:00",
        "Faits": "INSULTE",
    }
    again |= {"CPMS contacté le": "2026-01-13", "Parents contactés le": "S.O.", "Année d’études": "4e secondaire"}
    _, changes = merge(taken(row).tables, taken(again, as_of=date(2026, 6, 30)).tables)
    assert (changes.new, changes.changed, changes.unchanged, changes.missing) == (0, 0, 1, 0)


def test_a_case_that_is_no_longer_there_is_kept_and_said(taken):
    merged, changes = merge(taken({}, {}).tables, taken({}).tables)
    assert (changes.unchanged, changes.missing) == (1, 1)
    assert len(merged["cases"]) == 2


def test_a_case_of_another_school_year_is_not_missed(taken):
    old = {"N° dossier": "2025/0001", "Signalé le": "13/01/2025"}
    _, changes = merge(taken(old).tables, taken({}).tables)
    assert (changes.new, changes.missing) == (1, 0)


def test_a_case_keeps_the_day_of_the_extract_that_first_held_it(taken):
    before = taken({}).tables
    later = taken({"Canal": "Courriel"}, {"N° dossier": "2"}, as_of=date(2026, 6, 30)).tables
    merged, _ = merge(before, later)
    seen_on = dict(zip(merged["cases"]["channel"], merged["cases"]["first_seen_on"].dt.date, strict=True))
    assert seen_on == {"email": before["cases"]["first_seen_on"][0].date(), "unknown": date(2026, 6, 30)}


def test_each_part_of_a_record_counts_as_a_change(taken):
    before = taken({}).tables
    for change in (
        {"École": "3007", "Année d’études": "S3"},
        {"Année d’études": "S5"},
        {"Signalé le": "12/01/2026 08:00", "CPMS contacté le": "13/01/2026"},
        {"Faits": "Insultes; Menaces"},
        {"Canal": "Courriel"},
        {"Mineur": "oui"},
        {"Signalé par": "Parent"},
        {"Parents contactés le": "sans objet"},
        {"Clôturé le": "01/02/2026"},
    ):
        _, changes = merge(before, taken(change).tables)
        assert changes.changed == 1, change


def test_the_order_of_rows_and_of_incident_types_does_not_count(taken):
    one, two = {"N° dossier": "1", "Faits": "Insultes; Menaces"}, {"N° dossier": "2"}
    _, changes = merge(taken(one, two).tables, taken(two, one | {"Faits": "Menaces, Insultes"}).tables)
    assert changes.unchanged == 2


def test_what_is_known_of_schools_and_their_deadlines_stays_when_a_file_tells_none(take, typed):
    known = take(typed({})).tables
    merged, _ = merge(known, take(typed({}), schools=None, known_schools=known["schools"]).tables)
    assert len(merged["schools"]) == 2
    assert len(merged["school_deadlines"]) == 2


# What is asked first


DIGEST = "0123456789ab"


def test_a_case_keeps_the_day_of_the_extract_that_last_changed_it(taken):
    nothing = {name: frame.iloc[:0] for name, frame in taken({}).tables.items()}
    first, _ = merge(nothing, taken({}, {"N° dossier": "2"}).tables)
    assert first["cases"]["changed_on"].isna().all()
    rows = ({"Canal": "Courriel"}, {"N° dossier": "2"}, {"N° dossier": "3", "Canal": "Autre"})
    second, _ = merge(first, taken(*rows, as_of=date(2026, 6, 30)).tables)
    third, _ = merge(second, taken(*rows, as_of=date(2026, 7, 3)).tables)
    for tables in (second, third):
        changed_on = dict(zip(tables["cases"]["channel"], tables["cases"]["changed_on"], strict=True))
        news = pd.Timestamp(2026, 6, 30)
        assert (changed_on["email"], changed_on["other"]) == (news, news)
        assert pd.isna(changed_on["unknown"])


def tables_of(*cases: dict, schools: tuple[str, ...] = ("3001", "3002")) -> dict[str, pd.DataFrame]:
    """The tables of a few cases: each is a plain one, with what is given instead. ``done`` is the hours of the CPMS."""
    plain = FILLED["cases"] | {"school_id": "3001", "followed_hours": 100, "followed_school_days": 5}
    plain |= {"first_seen_on": pd.Timestamp("2026-06-12")}
    rows, types, steps = [], [], []
    for place, given in enumerate(cases):
        case = plain | {"case_id": f"C{place}", "week": "2026-01-12", "types": "insults", "done": 4} | given
        week = pd.Timestamp(case.pop("week"))
        case["report_week"], case["school_year"] = (
            week,
            "2025-2026" if week >= pd.Timestamp("2025-08-25") else "2024-2025",
        )
        types += [{"case_id": case["case_id"], "incident_type": code} for code in case.pop("types").split("+")]
        hours = case.pop("done")
        done = {"outcome": "done", "delay_hours": hours, "delay_school_days": 0} if hours is not None else {}
        step = {"case_id": case["case_id"], "step": "cpms", "outcome": case.pop("outcome", "not_done")}
        steps += [FILLED["case_steps"] | step | done]
        rows.append(case)
    listed = [{"school_id": code, "name": f"École {code}", "provisional": not code.isdigit()} for code in schools]
    drawn = {
        "cases": rows,
        "case_incidents": types,
        "case_steps": steps,
        "schools": [
            school | dict.fromkeys(("school_network", "school_level", "zone", "n_pupils"), pd.NA) for school in listed
        ],
    }
    return {name: table.empty for name, table in TABLES.items()} | {
        name: TABLES[name].conform(pd.DataFrame(rows, columns=TABLES[name].names)) for name, rows in drawn.items()
    }


SIX = [{"school_id": ("3001", "3002")[i % 2]} for i in range(6)]


def questions(known: dict, found: dict, answers: dict | None = None, **how) -> list[Question]:
    return merge_questions(known, found, answers or {}, DIGEST, **{"by_year": False, "is_partial": False} | how)


def asked(known: dict, found: dict, **how) -> list[str]:
    return [question.code for question in questions(known, found, **how)]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"school_id": "3002"}, []),
        ({"week": "2026-02-09"}, []),
        ({"week": "2026-02-16"}, ["year_key"]),
        ({"week": "2025-12-08"}, ["year_key"]),
        ({"week": "2026-01-19", "school_id": "3002"}, ["year_key"]),
        ({"week": "2025-06-23"}, ["year_key"]),
    ],
    ids=["nothing", "school", "four weeks", "five weeks", "five weeks back", "week and school", "school year"],
)
def test_a_known_case_that_moves_too_far_is_asked_about(change, codes):
    known = tables_of(*SIX)
    found = tables_of(SIX[0] | change, *SIX[1:])
    assert asked(known, found) == codes
    if change and not codes:
        assert merge(known, found)[1].changed == 1


def test_numbers_that_come_back_in_another_year_offer_to_make_the_year_a_part_of_them():
    known = tables_of(*({"week": "2025-01-13"} for _ in range(6)))
    found = tables_of(*({"week": "2026-01-12"} for _ in range(4)))
    (question,) = questions(known, found)
    assert (question.default, question.place, question.blocking) == ("by_year", ("answers", "numbers"), True)
    assert asked(known, found, answers={"numbers": f"same_{DIGEST}"}) == []
    assert asked(known, found, answers={"numbers": "same_another"}) == ["year_key"], "an answer is for its file alone"


def test_a_case_that_moved_can_be_kept_as_it_was():
    known, found = tables_of(*SIX), tables_of(SIX[0] | {"week": "2026-03-16"}, *SIX[1:])
    assert answered({"numbers": f"keep_{DIGEST}"}, DIGEST, by_year=False) == "keep"
    merged, changes = merge(known, revert_moved(known, found))
    assert changes.unchanged == 6
    assert set(merged["cases"]["report_week"]) == {pd.Timestamp("2026-01-12")}


def test_a_file_that_contradicts_nearly_all_known_cases_may_be_the_wrong_one():
    known = tables_of(*SIX)
    other = tables_of(*(case | {"types": "threats", "channel": "other"} for case in SIX[:5]), SIX[5])
    assert asked(known, other) == ["file"]
    assert asked(known, other, answers={"file": f"right_{DIGEST}"}) == []
    assert asked(known, other, answers={"file": "wrong"}) == ["file"]
    assert asked(known, tables_of(*(case | {"types": "threats"} for case in SIX[:3]), *SIX[3:])) == []


def test_what_is_told_since_contradicts_nothing():
    known = tables_of(*(case | {"done": None, "channel": "unknown"} for case in SIX))
    later = tables_of(*(case | {"status": "closed", "types": "insults+threats"} for case in SIX))
    assert asked(known, later) == []
    assert merge(known, later)[1].changed == 6


def test_a_file_that_holds_none_of_the_cases_known_of_its_years_may_be_the_wrong_one():
    known = tables_of(*SIX)
    others = [case | {"case_id": f"D{i}"} for i, case in enumerate(SIX)]
    assert asked(known, tables_of(*others)) == ["file"]
    assert asked(known, tables_of(*others), is_partial=True) == []
    assert asked(known, tables_of(*others[:2])) == [], "two cases conclude nothing"
    assert asked(tables_of(*(case | {"week": "2025-01-13"} for case in SIX)), tables_of(*others)) == [], "a new year"


def test_a_school_without_a_code_that_comes_back_under_another_name_is_asked_about():
    known = tables_of({"school_id": "old"}, {"school_id": "old"}, {}, schools=("old", "3001"))
    found = tables_of({"school_id": "new"}, {"school_id": "new"}, {}, schools=("new", "3001"))
    (question,) = questions(known, found)
    assert (question.code, question.default, question.place) == ("school", "old", ("schools", "École new"))
    still_there = tables_of({"school_id": "new"}, {"school_id": "old"}, {}, schools=("old", "new", "3001"))
    assert asked(known, still_there) == []


# Under another key


def test_cases_known_by_their_number_alone_take_the_number_with_its_year():
    known = tables_of({"case_id": "plain-1", "week": "2025-01-13"}, {"case_id": "plain-2", "week": "2025-01-13"})
    found = tables_of({"case_id": "2024-1", "week": "2025-01-13"}, {"case_id": "2025-2"})
    renamed = rekey(known, found["cases"], np.array(["plain-1", "plain-2"]), "school_year")
    assert renamed["cases"]["case_id"].tolist() == ["2024-1", "plain-2"], "number 2 is of another year"
    merged, changes = merge(renamed, found)
    assert (changes.new, changes.unchanged) == (1, 1)
    assert set(merged["case_steps"]["case_id"]) == {"2024-1", "2025-2", "plain-2"}


def test_a_list_gives_its_codes_to_the_schools_that_were_known_by_their_names():
    known = tables_of({"school_id": "ecole-3001"}, {"school_id": "nuage"}, schools=("ecole-3001", "nuage"))
    known["schools"]["name"] = ["ÉCOLE 3001", "Nuage"]
    recoded = recode_schools(known, tables_of(schools=("3001",))["schools"])
    assert recoded["cases"]["school_id"].tolist() == ["3001", "nuage"]
    assert recoded["schools"]["school_id"].tolist() == ["nuage"]


# A column that was lost


def test_a_class_stands_for_a_level_and_a_status_for_a_closure():
    before = {"case_number", "year", "closed", "channel", "step:cpms"}
    assert lost_fields(before, before) == ()
    assert lost_fields(before, {"case_number", "level", "status", "channel", "step:cpms"}) == ()
    assert lost_fields(before, {"case_number"}) == ("year", "channel", "step:cpms", "closed")
    assert lost_fields_sentence(()) == ""
    assert lost_fields_sentence(("channel",)).startswith("Cette colonne n’est plus dans le fichier : « Canal ».")


def test_what_was_stored_from_a_column_that_was_lost_stays_and_is_unknown_for_new_cases():
    known = tables_of({"status": "closed", "channel": "email"}, {"channel": "other", "done": 7})
    found = tables_of(*({"channel": "unknown", "done": None, "outcome": "not_recorded"} for _ in range(3)))
    merged, changes = merge(known, found, lost=("channel", "step:cpms", "closed"))
    assert (changes.new, changes.changed, changes.unchanged) == (1, 0, 2)
    cases = merged["cases"].set_index("case_id")
    assert cases["channel"].to_dict() == {"C0": "email", "C1": "other", "C2": "unknown"}
    assert cases["status"].to_dict() == {"C0": "closed", "C1": "open", "C2": "open"}
    steps = merged["case_steps"].set_index("case_id")
    assert steps["outcome"].to_dict() == {"C0": "done", "C1": "done", "C2": "not_recorded"}
    assert steps["delay_hours"].dropna().to_dict() == {"C0": 4, "C1": 7}
    for name in ("cases", "case_steps"):
        TABLES[name].checked(merged[name])


def test_a_closed_case_that_waits_longer_for_postvention_is_unchanged_and_keeps_its_last_wait():
    known, found = (
        tables_of({"status": "closed", "waited_hours": hours, "waited_school_days": days})
        for hours, days in ((240, 7), (720, 20))
    )
    tables, changes = merge(known, found)
    assert (changes.changed, changes.unchanged) == (0, 1)
    assert tables["cases"].loc[0, ["waited_hours", "waited_school_days"]].tolist() == [720, 20]
    # Where the register no longer tells the closure, the case stays closed, with what it had.
    found = tables_of({"status": "open", "followed_hours": 900})
    kept = merge(known, found, lost=["closed"])[0]["cases"].loc[0]
    assert (kept["status"], kept["waited_hours"], kept["followed_hours"]) == ("closed", 240, 100)
