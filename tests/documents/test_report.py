"""The annual report: its sentences and charts come from the tables alone, and say what cannot be shown."""

from __future__ import annotations

import pytest

from analytics.disclosure.published import Cell
from tests.documents.reports import SHARES, counted, report


def test_a_chart_has_its_finding_as_title_and_the_summary_says_it_too():
    made = report(counted(Cell(30), Cell(12), Cell(42)))
    assert [picture.finding for picture in made.pictures] == ["Type : surtout « Insultes » (30 sur 42)"]
    assert "Incidents signalés : 42." in made.summary[0]
    assert made.pictures[0].finding + "." in made.summary


@pytest.mark.parametrize(("upper", "said"), [(20, "surtout"), (30, "parmi les nombres"), (None, "parmi les nombres")])
def test_what_is_suppressed_may_be_the_most_and_is_then_not_passed_over(upper, said):
    (picture,) = report(counted(Cell(30), Cell(None, 1, upper), Cell(50))).pictures
    assert said in picture.finding


def test_when_nothing_can_be_shown_it_says_so_and_counts_what_is_withheld():
    made = report(counted(Cell(None, 1, 4), Cell(None, 1, 4), Cell(6)), refused=("Écoles",))
    assert made.pictures[0].finding == "Type : trop petit pour être montré"
    assert made.summary[-1].startswith("2 nombres sur 3 ne sont pas montrés")
    assert made.missing == ["« Écoles » n’est pas montré : trop de ses nombres sont trop petits."]


def test_the_relays_are_told_from_the_slowest_to_the_fastest():
    (picture,) = [p for p in report(SHARES).pictures if "délai" in p.counted]
    assert picture.finding.replace("\u202f", " ") == "Dans le délai : de 20 % (Police 👮) à 60 % (CPMS)"
