"""How a released table is laid out."""

from __future__ import annotations

from dataclasses import replace

from analytics.disclosure.published import Cell, Table
from analytics.documents.publication_layout import charted, grid, reasons_frame, table_frame
from tests.released import proposal, release

RELAYS = Table(
    "relays_by_level",
    "Relais",
    "relays",
    (1, 1),
    ("relay", "timeliness"),
    ("Relais", "Dans le délai"),
    {},
    {
        ("CPMS", "Oui"): Cell(6, share=0.6),
        ("CPMS", "Total"): Cell(10),
        ("Police", "Oui"): Cell(None, 1, 3),
        ("Police", "Total"): Cell(4),
    },
)


def test_a_grid_has_a_row_for_each_label_and_a_last_heading_for_the_share():
    headings, rows = grid(RELAYS)
    assert headings == ["Relais", "Oui", "Total", "Part dans le délai"]
    assert [(labels, [cell.value for cell in cells], share) for labels, cells, share in rows] == [
        (("CPMS",), [6, 10], 0.6),
        (("Police",), [None, 4], None),
    ]


def test_a_preview_reads_as_the_publication_does():
    frame = table_frame(RELAYS)
    assert list(frame.columns) == ["Relais", "Oui", "Total", "Part dans le délai"]
    assert frame.iloc[1].tolist() == ["Police", "retenu (de 1 à 3)", "4", ""]
    cells = {labels: replace(cell, share=None) for labels, cell in RELAYS.cells.items()}
    assert list(table_frame(replace(RELAYS, cells=cells)).columns) == ["Relais", "Oui", "Total"]


def test_each_suppressed_cell_is_listed_with_its_reason():
    frame = reasons_frame(proposal())
    assert len(frame) == sum(cell.value is None for table in release().tables for cell in table.cells.values())
    assert frame["Raison"].str.len().gt(0).all()


def test_each_table_is_drawn_along_a_dimension_that_no_table_before_it_drew():
    drawn = {table.code: heading for table, heading, _ in charted(release())}
    assert drawn["relays_by_level"] == "Part dans le délai"
    others = [heading for code, heading in drawn.items() if code != "relays_by_level"]
    assert len(set(others)) == len(others)


def test_a_chart_draws_totals_alone():
    table, heading, cells = next(entry for entry in charted(release()) if entry[0].unit == "incidents")
    axis = table.headings.index(heading)
    assert list(cells) == [label for label in table.labels(axis) if label != "Total"]
    total = tuple("Total" for _ in table.headings)
    for label, cell in cells.items():
        assert cell == table.cells[*total[:axis], label, *total[axis + 1 :]]
