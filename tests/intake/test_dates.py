"""Dates as registers write them, and the order of day and month of a column."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.intake.dates import Order, cell_moment, parse_moment, parse_written, votes
from analytics.spreadsheets.reading import Column


@pytest.mark.parametrize(
    ("word", "moment"),
    [
        ("03/04/2026", "2026-04-03T00:00:00"),
        ("3/4/2026", "2026-04-03T00:00:00"),
        ("03.04.2026", "2026-04-03T00:00:00"),
        ("03-04-26", "2026-04-03T00:00:00"),
        ("3 avril 2026", "2026-04-03T00:00:00"),
        ("1er août 2026", "2026-08-01T00:00:00"),
        ("3-avr-26", "2026-04-03T00:00:00"),
        ("ven. 03/04/2026", "2026-04-03T00:00:00"),
        ("le 03/04/2026", "2026-04-03T00:00:00"),
        ("03/04/2026 par téléphone", "2026-04-03T00:00:00"),
        ("2026-04-03", "2026-04-03T00:00:00"),
        ("2026/04/03", "2026-04-03T00:00:00"),
        ("2026-04-03 10:00", "2026-04-03T10:00:00"),
        ("2026-04-03T10:00:00.000", "2026-04-03T10:00:00"),
        ("2026-04-03T12:00Z", "2026-04-03T14:00:00"),
        ("2026-04-03T12:00:00+02:00", "2026-04-03T12:00:00"),
        ("03/04/2026 10:05:30", "2026-04-03T10:05:30"),
        ("03/04/2026 vers 14h", "2026-04-03T14:00:00"),
        ("oui, le 03/04/2026", "2026-04-03T00:00:00"),
        ("oui (03/04/2026)", "2026-04-03T00:00:00"),
        ("03/04/2026 14.30", "2026-04-03T14:30:00"),
        (" 03/04/2026 à 9h05 ", "2026-04-03T09:05:00"),
        ("29/02/2028", "2028-02-29T00:00:00"),
    ],
)
def test_a_date_that_can_be_meant_in_one_way_is_read(word, moment):
    assert parse_moment(word) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "word",
    [
        *("31/06/2026", "avril 2026", "04/2026", "10:00", "2026-04-03 25:00", "prévu le 03/04/2026", "hier", "12"),
        *("lun. 03/04/2026", "03/04/2026 et 05/04/2026", "non, vu le 03/04/2026"),
    ],
)
def test_anything_else_is_not_a_date(word):
    assert parse_written(word) is None


@given(st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2099-12-31")))
def test_every_form_says_the_same_moment(moment):
    moment = moment.replace(microsecond=0)
    forms = ("%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d-%m-%y, %H:%M:%S")
    assert {parse_moment(f"{moment:{form}}") for form in forms} == {moment}
    assert parse_moment(f"{moment:%m/%d/%Y %H:%M:%S}", Order.MONTH_FIRST) == moment


def test_a_serial_number_is_a_day_where_days_are_expected():
    assert cell_moment(46115.5, Order.DAY_FIRST) == datetime.fromisoformat("2026-04-03T12:00:00")
    assert cell_moment("46115", Order.DAY_FIRST) == datetime.fromisoformat("2026-04-03")
    assert cell_moment(3042.0, Order.DAY_FIRST) is None


@pytest.mark.parametrize(
    ("cells", "order", "is_mixed"),
    [
        (["03/04/2026", "13/04/2026"], Order.DAY_FIRST, False),
        (["03/04/2026", "04/13/2026"], Order.MONTH_FIRST, False),
        (["03/04/2026", "05/06/2026", "2026-04-13"], None, False),
        (["03/04/2026", "ven. 03/04/2026"], Order.DAY_FIRST, False),
        (["13/04/2026", "04/13/2026"], None, True),
        ([date(2026, 5, 1), "02/20/2026"], None, True),
        ([*["13/04/2026"] * 10, "04/13/2026"], Order.DAY_FIRST, False),
    ],
    ids=["day", "month", "cannot tell", "weekday", "both", "true dates and texts of the other order", "a lone stray"],
)
def test_the_cells_of_a_column_tell_its_order(cells, order, is_mixed):
    found = votes(Column.of(cells))
    assert (found.order, found.is_mixed) == (order, is_mixed)
