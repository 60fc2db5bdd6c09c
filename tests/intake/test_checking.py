"""Row by row: what is refused, where and by which rule, and what no message may say."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import cycle, islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.intake import Extract, Key, RefusedFileError, extract
from analytics.intake.checking import RULES
from analytics.intake.mapping import REGISTER
from analytics.spreadsheets.writing import Book
from tests.intake.small import found

FILES = Path(__file__).parents[1] / "files"


def _extract(
    rows: Sequence[Sequence], spoil: Callable = lambda sheet: None, as_of: date = date(2026, 6, 12)
) -> Extract:
    """What the intake makes of a workbook of these rows, of which ``spoil`` may change some cells."""
    book = Book()
    register = book.workbook.add_worksheet("Registre")
    book.write_rows(register, 0, rows)
    spoil(register)
    book.write_rows(book.workbook.add_worksheet("Écoles"), 0, [["Code", "Nom"], ["3000", "Institut Hardy"]])
    return extract(book.close(), Key(b"test"), as_of, as_of=as_of)


FAULTY_CELLS = [
    ("N° dossier", "", "missing"),
    ("N° dossier", "-", "missing"),
    ("École", "", "missing"),
    ("École", "Institut Hardi", "unknown_school"),
    ("Signalé le", "", "missing"),
    ("Signalé le", "31/02/2026", "not_a_date"),
    ("Signalé le", "01/2026", "not_a_date"),
    ("Signalé le", "sans objet", "not_a_date"),
    ("Signalé le", "12/06/2022", "outside_calendar"),
    ("Signalé le", "13/06/2026", "in_the_future"),
    ("Signalé le", "29/03/2026 02:30", "time_skipped"),
    ("Signalé le", "26/10/2025 02:30", "time_repeated"),
    ("Signalé le", "#REF!", "error"),
    ("Faits", "", "missing"),
    ("Faits", "Insultes; zut", "unknown_term"),
    ("CPMS contacté le", "demain", "not_a_date"),
    ("CPMS contacté le", "janvier 2026", "not_a_date"),
    ("CPMS contacté le", "prévu le 13/01/2026", "not_a_date"),
    ("CPMS contacté le", "غير معروف", "not_a_date"),
    ("CPMS contacté le", "#N/A", "error"),
    ("CPMS contacté le", "12/01/2027", None),
    ("CPMS contacté le", "12/01/2036", "outside_calendar"),
    ("CPMS contacté le", "29/03/2026 02:30", "time_skipped"),
    ("Clôturé le", "11/01/2026", "before_report"),
    ("Clôturé le", "inconnu", "not_a_date"),
]


@pytest.mark.parametrize(("header", "cell", "rule"), FAULTY_CELLS)
def test_a_faulty_cell_is_refused_by_row_column_and_rule(taken, header, cell, rule):
    day = "13/01/2026" if header != "Signalé le" else "12/01/2026"
    result = taken({header: day} if header.endswith(" le") else {}, {header: cell}, {"Signalé le": "13/01/2026"})
    assert found(result) == ([(3, header, rule)] if rule else [])
    assert (result.n_read, result.n_refused) == (3, 1 if rule else 0)


def test_the_second_of_two_rows_with_one_number_is_refused(taken):
    result = taken({"N° dossier": "A 1"}, {"N° dossier": "ａ1"}, {"N° dossier": "A2"})
    assert found(result) == [(3, "N° dossier", "duplicate")]


def test_a_formula_counts_as_its_value_and_cells_merged_sideways_or_of_a_step_are_refused():
    def spoil(register):
        register.write_formula("E2", "=1+1", None, "Insultes")
        register.write_formula("F3", "=1+1")
        register.merge_range("F4:F5", "14")
        register.merge_range("G2:G3", "13/01/2026")
        register.merge_range("B5:C5", "3000")

    headers = ["N° dossier", "École", "Année d’études", "Signalé le", "Faits", "Âge", "CPMS"]
    rows = [[f"{number}", "3000", "S3", "12/01/2026", "Insultes", "14", ""] for number in range(4)]
    assert found(_extract([headers, *rows], spoil)) == [
        (2, "CPMS", "merged"),
        (3, "CPMS", "merged"),
        (5, "École", "merged"),
        (5, "Année d’études", "merged"),
    ]


def test_every_rule_of_a_row_of_the_register_is_tested_here():
    tested = {rule for _, _, rule in FAULTY_CELLS if rule}
    of_schools = {"not_a_number", "not_a_deadline"}
    elsewhere = {"duplicate", "other_office", "merged", "conflict", "contradiction"}
    assert tested | elsewhere | of_schools == set(RULES)


def test_all_the_faults_of_a_row_are_said_at_once(taken):
    result = taken({"École": "?", "Signalé le": "hier", "Faits": "zut", "Clôturé le": "1999-01-01"}, {})
    assert [(header, rule) for _, header, rule in found(result)] == [
        ("École", "missing"),
        ("Signalé le", "not_a_date"),
        ("Faits", "unknown_term"),
        ("Clôturé le", "outside_calendar"),
    ]


def test_a_message_names_row_column_and_rule(taken):
    (fault,) = taken({"Faits": "zut"}).faults
    assert fault.message == "Ligne 2, colonne « Faits » : ce mot n’est pas dans la liste."


def test_an_unknown_school_is_told_the_nearest_name_of_the_schools_sheet(taken):
    (fault,) = taken({"École": "Institut Hardi"}).faults
    assert fault.message.endswith("(la plus proche : « Institut Hardy »).")


def test_an_empty_row_is_not_a_row(taken):
    empty = dict.fromkeys(("N° dossier", "École", "Année d’études", "Signalé le", "Faits"), " ")
    assert taken({}, empty, {}).n_read == 2


def test_characters_that_nobody_sees_do_not_count(taken):
    result = taken(
        {"N° dossier": "2026/1\u200b", "CPMS contacté le": "\ufeff", "Signalé le": "12/01/2026\u200e"},
        {"N° dossier": "2026/1"},
    )
    assert found(result) == [(3, "N° dossier", "duplicate")]


def test_the_hours_of_the_clock_change_are_those_of_the_reference():
    """tests/reference/19_delays_dst_holidays.json: an hour that exists twice or not at all is refused, not guessed."""
    reference = json.loads((FILES.parent / "reference" / "19_delays_dst_holidays.json").read_text("utf-8"))
    repeated, skipped = (case["local"] for case in reference["ambiguous"])
    for local, rule in ((repeated, "time_repeated"), (skipped, "time_skipped")):
        row = ["1", "3000", "S3", datetime.fromisoformat(local), "Insultes"]
        rows = [["N° dossier", "École", "Année d’études", "Signalé le", "Faits"], row]
        assert found(_extract(rows, as_of=date(2026, 11, 20))) == [(2, "Signalé le", rule)]


# What no message may say


cells = st.one_of(
    st.text(
        st.characters(min_codepoint=0x3041, max_codepoint=0x3096), min_size=1, max_size=8
    ),  # in no sentence of ours
    st.floats(1e6, 1e12),
    st.datetimes(datetime.fromisoformat("2030-01-01"), datetime.fromisoformat("2040-01-01")),
)


@settings(max_examples=25)
@given(st.lists(cells, min_size=1, max_size=4))
def test_a_fault_never_says_what_was_in_the_cell(typed_cells):
    row = list(islice(cycle(typed_cells), len(REGISTER)))
    try:
        result = _extract([[field.header for field in REGISTER], row])
        said = " ".join(fault.message for fault in result.faults)
        assert result.n_refused == 1
    except RefusedFileError as refusal:
        said = str(refusal)
    assert not [cell for cell in typed_cells if str(cell) in said]


def test_rows_to_correct_are_refused_by_their_rule_and_all_others_accepted():
    rules = {
        "missing": "missing",
        "unknown school": "unknown_school",
        "not a date": "not_a_date",
        "unknown term": "unknown_term",
        "in the future": "in_the_future",
        "before the report": "before_report",
        "outside the calendar": "outside_calendar",
        "duplicate": "duplicate",
        "does not exist": "time_skipped",
    }
    truth = json.loads((FILES / "registre-a-corriger.truth.json").read_text("utf-8"))
    result = extract((FILES / "registre-a-corriger.xlsx").read_bytes(), Key(b"test"), date(2026, 11, 22))
    refused = {(row, rule): header for row, header, rule in found(result)}
    assert set(refused) == {(row["row"], rules[row["rule"]]) for row in truth["refused"]}
    assert all(refused[row["row"], rules[row["rule"]]] in row["columns"] for row in truth["refused"])
    assert (result.n_accepted, result.n_refused) == (truth["n_cases"], len(truth["refused"]))


def test_nothing_that_identifies_is_in_any_table():
    for name in ("registre-2025-2026", "registre-a-corriger"):
        truth = json.loads((FILES / f"{name}.truth.json").read_text("utf-8"))
        result = extract((FILES / f"{name}.xlsx").read_bytes(), Key(b"test"), date(2026, 11, 22))
        held = "\n".join(table.to_csv() for table in result.tables.values())
        held += "".join(fault.message for fault in result.faults)
        assert not [word for word in truth["forbidden"] if word in held]


@pytest.mark.parametrize("ditto", ["idem", "〃", "''"])
def test_a_repeated_school_is_that_of_the_row_above(taken, ditto):
    cases = taken({"École": "3007"}, {"École": ditto}).tables["cases"]
    assert cases["school_id"].tolist() == ["3007", "3007"]
