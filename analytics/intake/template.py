"""An empty register that a coordinator can start using at once: a comment a column, lists, date checks, an example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from analytics.domain.french import listing, typeset
from analytics.domain.school_calendar import calendar
from analytics.intake.actions import ACTIONS
from analytics.intake.mapping import REGISTER, SCHOOLS, Field
from analytics.spreadsheets.reading import Cell
from analytics.spreadsheets.writing import Book

HEADER_ROW = 3
N_ROWS = 2_000  # rows with lists and checks; a register may go on below them
N_SCHOOLS = 500
_SCHOOL_NAMES = f"='Écoles'!$B${HEADER_ROW + 2}:$B${HEADER_ROW + N_SCHOOLS}"

EXAMPLE_SCHOOL: dict[str, Cell] = {
    "code": "EXEMPLE",
    "name": "École d’exemple",
    "network": "Officiel communal",
    "teaching": "Secondaire",
    "zone": "Mouscron",
    "pupils": 420,
    "deadline:cpms": "48 h",
    "deadline:school_mediation": "5 j",
}
EXAMPLE_CASE: dict[str, Cell] = {
    "case_number": "EXEMPLE",
    "school": "École d’exemple",
    "year": "S2",
    "level": "1er degré",
    "facts_on": date(2026, 9, 11),
    "reported": datetime(2026, 9, 14, 10, 30),  # noqa: DTZ001 (a wall-clock time, as it is typed)
    "reporter": "Parent",
    "incidents": "Insultes; Exclusion d’un groupe",
    "channel": "Messagerie",
    "minor": "Oui",
    "step:evidence_kept": datetime(2026, 9, 14, 10, 45),  # noqa: DTZ001
    "step:parents": datetime(2026, 9, 14, 16, 0),  # noqa: DTZ001
    "step:cpms": date(2026, 9, 15),
    "step:legal_service": "sans objet",
    "step:trusted_adult": "inconnu",
}


def template_workbook() -> bytes:
    """The empty register (XLSX), with an example row in each sheet that the import skips."""
    return filled_template([EXAMPLE_CASE], [EXAMPLE_SCHOOL])


def filled_template(cases: Sequence[Mapping[str, Cell]], schools: Sequence[Mapping[str, Cell]]) -> bytes:
    """The template with rows of its own: each maps codes of :data:`REGISTER` or :data:`SCHOOLS` to cells."""
    book = Book()
    names = ("Registre", "Écoles", "Actions", "Listes")
    register, school_sheet, action_sheet, list_sheet = map(book.workbook.add_worksheet, names)
    lists = _write_lists(book, list_sheet)
    titles = "Registre des situations", "Une ligne par dossier. Ce qui n’est pas encore fait reste vide."
    _write_table(book, register, titles, REGISTER, cases, lists)
    titles = "Écoles du service", "Une ligne par école, même sans dossier."
    _write_table(book, school_sheet, titles, SCHOOLS, schools, lists)
    titles = (
        "Actions de prévention données",
        "Une ligne par action vraiment donnée. Ce qui est seulement prévu n’y est pas.",
    )
    _write_table(book, action_sheet, titles, ACTIONS, [], lists)
    return book.close()


def _write_table(
    book: Book,
    sheet: Worksheet,
    titles: Sequence[str],
    fields: Sequence[Field],
    rows: Sequence[Mapping[str, Cell]],
    lists: Mapping[str, str],
) -> None:
    """Titles, headers with a comment each, rows, drop-down lists and checks of dates; it prints on pages one table wide."""
    for row, title in enumerate(titles):
        sheet.write_string(row, 0, title)
    book.write_header(sheet, HEADER_ROW, [field.header for field in fields])
    sheet.set_row(HEADER_ROW, 48)
    for column, field in enumerate(fields):
        sheet.write_comment(HEADER_ROW, column, _comment(field), {"x_scale": 2.2, "y_scale": 1.8})
        if field.code == "school":
            check = _list_check(_SCHOOL_NAMES, is_closed=False)
        elif field.kind in ("step", "date") or field.code == "given_on":
            check = _date_check(column, ("sans objet", "inconnu") if field.kind == "step" else ())
        elif field.terms is not None:
            check = _list_check(lists[field.terms.name], is_closed=field.code != "incidents")
        else:
            continue
        sheet.data_validation(HEADER_ROW + 1, column, HEADER_ROW + N_ROWS, column, check)
    book.write_rows(sheet, HEADER_ROW + 1, [[row.get(field.code, "") for field in fields] for row in rows])
    sheet.set_column(0, len(fields) - 1, 17)
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)


def _comment(field: Field) -> str:
    """What the column holds, the words it takes, and what Relais keeps of it."""
    words = f"\n{', '.join(field.terms.labels.values())}." if field.terms and not field.step else ""
    needed = "\nColonne nécessaire." if field.required else ""
    return typeset(f"{field.help}{words}{needed}\nDans Relais : {field.becomes}.")


def _write_lists(book: Book, sheet: Worksheet) -> dict[str, str]:
    """Every vocabulary with its definitions, side by side; returns the range of the words of each."""
    vocabularies = {
        f.terms.name: (f.header, f.terms) for f in (*SCHOOLS, *REGISTER, *ACTIONS) if f.terms and not f.step
    }
    headers = [header for name, _ in vocabularies.values() for header in (name, f"{name} : définition")]
    book.write_header(sheet, 0, [typeset(header) for header in headers])
    ranges = {}
    for index, (name, (_, terms)) in enumerate(vocabularies.items()):
        for row, term in enumerate(terms.values(), 1):
            book.write(sheet, row, 2 * index, term.label)
            book.write(sheet, row, 2 * index + 1, typeset(term.definition))
        letter = xl_col_to_name(2 * index)
        ranges[name] = f"=Listes!${letter}$2:${letter}${len(terms) + 1}"
    sheet.set_column(0, len(headers) - 1, 26)
    return ranges


def _list_check(words: str, *, is_closed: bool) -> dict[str, object]:
    """A drop-down list; one that is not closed only helps, and takes other words too."""
    return {
        "validate": "list",
        "source": words,
        "show_error": is_closed,
        "error_title": "Mot inconnu",
        "error_message": "Choisissez un mot de la liste.",
    }


def _date_check(column: int, other_words: Sequence[str]) -> dict[str, object]:
    """A date of the known school calendar, with or without a time, or one of ``other_words``."""
    cell = f"{xl_col_to_name(column)}{HEADER_ROW + 2}"
    first, after = (
        f"DATE({day.year},{day.month},{day.day})"
        for day in (calendar().first_day, calendar().last_day + timedelta(days=1))
    )
    tests = [f"AND(ISNUMBER({cell}),{cell}>={first},{cell}<{after})"]
    tests += [f'LOWER(TRIM({cell}))="{word}"' for word in other_words]
    choice = typeset(f" ou écrivez {listing([f'« {word} »' for word in other_words], 'ou')}") if other_words else ""
    return {
        "validate": "custom",
        "value": f"=OR({','.join(tests)})",
        "error_title": "Pas une date connue",
        "error_message": f"Écrivez une date, 14/09/2026 ou 14/09/2026 10:30,{choice}.",
    }
