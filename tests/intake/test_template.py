"""The template is a register that the import takes as it is."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pytest

from analytics.domain.french import typeset
from analytics.domain.school_calendar import calendar
from analytics.domain.vocabulary import STEPS
from analytics.intake import Extract, Key, extract
from analytics.intake.actions import ACTIONS
from analytics.intake.mapping import REGISTER, SCHOOLS
from analytics.intake.template import EXAMPLE_CASE, EXAMPLE_SCHOOL, HEADER_ROW, filled_template, template_workbook
from analytics.spreadsheets.reading import read


def taken(content: bytes) -> Extract:
    return extract(content, Key(b"test"), date(2026, 11, 22))


@pytest.fixture(scope="module")
def parts() -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(template_workbook())) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_template_holds_every_column_that_the_import_reads():
    register, schools, actions, _ = read(template_workbook())
    assert register.rows[HEADER_ROW] == [field.header for field in REGISTER]
    assert schools.rows[HEADER_ROW] == [field.header for field in SCHOOLS]
    assert actions.rows[HEADER_ROW] == [field.header for field in ACTIONS]
    assert taken(template_workbook()).layout.ignored == ()


def test_its_examples_are_skipped_and_leave_nothing():
    result = taken(template_workbook())
    assert result.n_read == 0
    assert not result.faults
    assert not result.school_faults
    assert all(table.empty for table in result.tables.values())


def test_its_examples_would_be_accepted_under_another_number():
    case, school = EXAMPLE_CASE | {"case_number": "1"}, EXAMPLE_SCHOOL | {"code": "1"}
    result = taken(filled_template([case], [school]))
    assert (result.n_read, result.n_accepted, result.school_faults) == (1, 1, [])


def test_what_is_filled_in_is_imported():
    schools = [EXAMPLE_SCHOOL, {"code": "3000", "name": "Institut Hardy", "deadline:cpms": "2 j"}]
    case = {"case_number": "7", "school": "3000", "year": "S5", "reported": date(2026, 10, 5), "incidents": "Menaces"}
    step = {"step:cpms": "13/10/2026 09:00", "step:police_contact": "sans objet", "step:complaint": "inconnu"}
    tables = taken(filled_template([EXAMPLE_CASE, case | step], schools)).tables
    assert tables["cases"]["school_id"].tolist() == ["3000"]
    assert tables["school_deadlines"][["school_id", "max_school_days"]].to_numpy().tolist() == [["3000", 2]]
    outcomes = tables["case_steps"].set_index("step")["outcome"]
    assert outcomes[["cpms", "police_contact", "complaint"]].tolist() == ["done", "not_applicable", "not_recorded"]


def test_every_header_has_a_comment_that_says_what_is_kept(parts):
    for sheet, fields in (("xl/comments1.xml", REGISTER), ("xl/comments2.xml", SCHOOLS)):
        comments = re.findall(r"<comment ref=.*?</comment>", parts[sheet], re.DOTALL)
        assert len(comments) == len(fields)
        assert all(typeset(field.becomes) in comment for field, comment in zip(fields, comments, strict=True))


def test_closed_vocabularies_are_drop_down_lists_of_all_their_words(parts):
    lists = read(template_workbook())[3].rows
    words = [[row[column] for row in lists[1:] if row[column]] for column in range(0, len(lists[0]), 2)]
    for xml, fields in (
        (parts["xl/worksheets/sheet1.xml"], REGISTER),
        (parts["xl/worksheets/sheet2.xml"], SCHOOLS),
        (parts["xl/worksheets/sheet3.xml"], ACTIONS),
    ):
        offered = [field for field in fields if field.terms and not field.step]
        for field in offered:
            assert field.terms is not None
            assert list(field.terms.labels.values()) in words
        assert xml.count('type="list"') == len(offered) + (fields is not SCHOOLS)  # and the schools by name


def test_several_incident_types_may_be_typed(parts):
    column = [field.code for field in REGISTER].index("incidents")
    (check,) = re.findall(rf'<dataValidation [^>]*sqref="{chr(65 + column)}5:[^>]*>', parts["xl/worksheets/sheet1.xml"])
    assert "showErrorMessage" not in check


def test_dates_are_checked_and_steps_may_be_out_of_place_or_unknown(parts):
    checks = re.findall(r'<dataValidation type="custom".*?</dataValidation>', parts["xl/worksheets/sheet1.xml"])
    assert len(checks) == len(STEPS) + 3
    assert sum("sans objet" in check and "inconnu" in check for check in checks) == len(STEPS)
    first, last = calendar().first_day, calendar().last_day
    for check in checks:
        assert f"DATE({first.year},{first.month},{first.day})" in check
        assert f"DATE({last.year},{last.month},{last.day + 1})" in check


def test_it_prints_in_landscape_under_frozen_headers(parts):
    xml = parts["xl/worksheets/sheet1.xml"]
    assert 'orientation="landscape"' in xml
    assert f'ySplit="{HEADER_ROW + 1}"' in xml
    assert "_xlnm.Print_Titles" in parts["xl/workbook.xml"]
