"""The plan as a workbook."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

from python_calamine import CalamineWorkbook

from analytics.documents.plan_workbook import assumptions, plan_workbook
from analytics.planning.lots import draw_lots
from analytics.spreadsheets.reading import read
from tests.planned import FORMULA, edition


def test_it_has_its_four_sheets_and_no_formula():
    content = plan_workbook(edition())
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    assert book.sheet_names == ["Par semaine", "Par école", "Besoin", "Hypothèses"]
    assert FORMULA in [row[1] for row in book.get_sheet_by_name("Par école").to_python()]
    assert not any(sheet.formulas for sheet in read(content))
    weeks = book.get_sheet_by_name("Par semaine").to_python()
    assert sum(row[5] for row in weeks[1:]) == edition().plan.sessions["n_groups"].sum()
    assert isinstance(weeks[1][0], date)


def test_the_assumptions_say_the_team_the_rules_and_that_the_records_are_fictitious():
    lines = dict(assumptions(edition()))
    assert lines["Données fictives"] == "oui"
    assert lines["Personnes dans l’équipe"] == "4"
    assert lines["Heures d’équipe gardées chaque semaine pour les urgences"] == "20,0"
    assert lines["Semaines sans l’équipe"] == "aucune"
    assert lines["Zones et réseaux sous cette part"] == "0"


def test_the_assumptions_say_the_draw():
    draw = draw_lots(["A", "B", "C", "D", "E"], 2, 7, date(2026, 11, 22), "2026-2027", date(2026, 11, 23))
    lines = dict(assumptions(replace(edition(), preparation=replace(edition().preparation, draw=draw))))
    said = lines["Écoles tirées au sort parmi celles dont le besoin se vaut"]
    assert said == "2 sur 5, le 22/11/2026, numéro 7"
