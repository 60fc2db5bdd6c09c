"""A later extract of the same register: meaning decides, not formatting."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from python_calamine import CalamineWorkbook

from analytics.domain.schema import TABLES
from analytics.domain.vocabulary import STEPS, normalise
from analytics.intake import Key, extract, merge

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
        {"Parents contactés le": "inconnu"},
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
