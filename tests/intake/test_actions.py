"""The sheet Actions: what was given is counted, what cannot be read is said, and a later sheet has the last word."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pandas as pd
import pytest

from analytics.intake import Key, OwnWords, RefusedFileError
from analytics.spreadsheets.writing import Book
from analytics.store import Store
from analytics.workflows.importing import Import, import_register
from tests.offices import TOURNAI, two_offices

NOW = datetime(2026, 6, 12, 18, tzinfo=UTC)
HEADERS = ["École", "Activité", "Date", "Groupes"]


def workbook(*actions: list, headers: list[str] = HEADERS) -> bytes:
    """A register of one case and two schools, with a sheet Actions."""
    book = Book()
    sheets = {
        "Registre": [
            ["N° dossier", "École", "Année d’études", "Signalé le", "Faits"],
            ["1", "A", "S1", date(2026, 3, 2), "Insultes"],
        ],
        "Écoles": [
            ["Code", "Nom", "Niveau"],
            ["A", "École du Canal", "Secondaire"],
            ["B", "École du Parc", "Secondaire"],
        ],
        "Actions": [headers, *actions],
    }
    for name, rows in sheets.items():
        book.write_rows(book.workbook.add_worksheet(name), 0, rows)
    return book.close()


@pytest.fixture
def take(tmp_path):
    store = Store(tmp_path / "store")
    minutes = count()

    def take(content: bytes, **how) -> Import:
        now = NOW + timedelta(minutes=next(minutes))
        return import_register(store, content, Key(b"k" * 32), now, as_of=date(2026, 6, 12), **how)

    take.store = store
    return take


def actions(store: Store) -> list[tuple]:
    snapshot = store.snapshot()
    assert snapshot is not None
    with snapshot:
        table = snapshot.table("school_actions")
    shown = table.assign(week=table["week"].dt.strftime("%d/%m")).drop(columns="office")
    return list(shown.itertuples(index=False, name=None))


def test_groups_of_a_school_an_activity_and_a_week_are_added_up(take):
    done = take(
        workbook(
            ["A", "Sensibilisation au 1er degré", date(2026, 3, 10), 2],
            ["École du Canal", "sensibilisation au 1er degre", "12/03/2026", "1"],
            ["B", "Soirée d’information aux parents", "2026-03-19", ""],
        )
    )
    assert done.extract.action_faults == []
    assert actions(take.store) == [("A", "awareness_secondary_1", "09/03", 3), ("B", "parents_evening", "16/03", 1)]


def test_a_row_that_cannot_be_taken_is_said_and_the_others_are_kept(take):
    done = take(
        workbook(
            ["Z", "Formation de l’équipe éducative", date(2026, 3, 10), 2],
            ["A", "Chahut", date(2026, 3, 10), 2],
            ["A", "Formation de l’équipe éducative", date(2026, 7, 1), 2],
            ["A", "Formation de l’équipe éducative", "", 2],
            ["A", "Formation de l’équipe éducative", date(2026, 3, 10), "deux"],
            ["A", "Formation de l’équipe éducative", date(2026, 3, 10), 1],
        )
    )
    faults = [(fault.row, fault.header, fault.rule) for fault in done.extract.action_faults]
    assert faults == [
        (2, "École", "unknown_school"),
        (3, "Activité", "unknown_term"),
        (4, "Date", "in_the_future"),
        (5, "Date", "missing"),
        (6, "Groupes", "not_a_number"),
    ]
    assert actions(take.store) == [("A", "staff_training", "09/03", 1)]


def test_without_a_column_of_groups_each_row_is_one(take):
    headers = ["École", "Action", "Donnée le"]
    take(workbook(["A", "Formation de l’équipe éducative", date(2026, 3, 10)], headers=headers))
    assert actions(take.store) == [("A", "staff_training", "09/03", 1)]


def test_a_sheet_without_its_columns_refuses_the_file_and_says_which(take):
    with pytest.raises(RefusedFileError, match="« Activité »"):
        take(workbook(["A", date(2026, 3, 10)], headers=["École", "Date"]))


def test_an_empty_sheet_says_nothing(take):
    take(workbook(headers=["", "", "", ""]))
    assert actions(take.store) == []


def test_a_later_sheet_has_the_last_word_from_its_first_week_on(take):
    training = "Formation de l’équipe éducative"
    take(workbook(["A", training, date(2025, 10, 6), 1], ["A", training, date(2026, 3, 10), 1]))
    take(workbook(["B", training, date(2026, 3, 10), 2]))
    assert actions(take.store) == [("A", "staff_training", "06/10", 1), ("B", "staff_training", "09/03", 2)]


def test_the_sheet_of_an_office_replaces_nothing_of_another_one(take, monkeypatch):
    two_offices(monkeypatch)
    training = "Formation de l’équipe éducative"
    take(workbook(["A", training, date(2026, 3, 10), 1]))
    same_case = OwnWords(answers={"office_numbers": "keep"})
    take(workbook(["B", training, date(2026, 3, 3), 2]), office=TOURNAI, own_words=same_case)
    take(workbook(["B", training, date(2026, 3, 3), 4]), office=TOURNAI, own_words=same_case)
    assert actions(take.store) == [("A", "staff_training", "09/03", 1), ("B", "staff_training", "02/03", 4)]


def test_a_file_without_the_sheet_leaves_what_is_known(take):
    take(workbook(["A", "Formation de l’équipe éducative", date(2026, 3, 10), 1]))
    take(workbook(headers=["", "", "", ""]))
    assert len(actions(take.store)) == 1


def test_the_same_sheet_again_publishes_nothing(take):
    content = workbook(["A", "Formation de l’équipe éducative", date(2026, 3, 10), 1])
    assert take(content).version == take(content).version


def test_only_the_week_of_a_date_is_kept(take):
    take(workbook(["A", "Formation de l’équipe éducative", date(2026, 3, 13), 1]))
    snapshot = take.store.snapshot()
    with snapshot:
        assert snapshot.table("school_actions")["week"].tolist() == [pd.Timestamp("2026-03-09")]
