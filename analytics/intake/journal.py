"""A register with one row per action, or with the steps of a case in one text, as one row per case.

Rows keep their place: the first row of a case takes the steps of all its rows, in columns of its own, and the others are
left empty, so that a fault still names the row that the spreadsheet shows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.domain.vocabulary import INCIDENT_TYPES, STEPS, normalise
from analytics.intake.anonymising import canonical_number
from analytics.intake.cells import downwards, text
from analytics.intake.checking import data_rows
from analytics.intake.columns import lookup
from analytics.intake.dates import Order, cell_moment, parse_moment
from analytics.intake.layout import Layout
from analytics.intake.mapping import IGNORED, REGISTER, OwnWords
from analytics.intake.profiles import action_parts, find_action
from analytics.intake.proposing import word_question
from analytics.intake.questions import Question
from analytics.intake.years import near
from analytics.spreadsheets.reading import Cell, RefusedFileError, Rows

_MIN_REPEATED = 0.3  # the share of rows whose number stands above, from which a register has one row per action
_HEADERS = {candidate.code: candidate.header for candidate in REGISTER}
_CODES = [f"step:{step}" for step in STEPS] + ["closed", "reported"]
_SHORT_DAY = re.compile(r"(?<!\d)\d{1,2}[/.]\d{1,2}(?![\d/.])")


@dataclass(frozen=True)
class Unfolded:
    """A register with one row per case: its layout, the rows that contradict their case, and what was left to ask."""

    layout: Layout
    conflicts: frozenset[int] = frozenset()
    questions: tuple[Question, ...] = ()
    note: str = ""


def repeats(layout: Layout, rows: np.ndarray) -> bool:
    """Whether the same case stands in several rows: its number comes back with the same school and report, or alone."""
    numbers = list(layout.cells("case_number", rows).map(text))
    if len(set(numbers)) == len(numbers):
        return False
    others = [layout.columns[code] for code in ("school", "reported") if code in layout.columns]
    said: dict[str, tuple[str, ...]] = {}
    n_repeated = 0
    for row, number in zip(rows, numbers, strict=True):
        rest = tuple(text(layout.sheet.rows[row][i]) for i in others)
        n_repeated += number in said and rest in (said[number], ("",) * len(rest))
        said.setdefault(number, rest)
    return n_repeated >= max(2, _MIN_REPEATED * len(rows))


def unfold(layout: Layout, own_words: OwnWords, order: Order) -> Unfolded:
    """The layout with one row per case; RefusedFileError when it has one row per action and nothing says which."""
    rows = data_rows(layout)
    is_repeated = "case_number" in layout.columns and repeats(layout, rows)
    if is_repeated and "action" not in layout.columns:
        raise RefusedFileError(
            "Ce registre a une ligne par action : le même numéro de dossier y revient de ligne en ligne. Relais n’y trouve "
            "pas la colonne qui dit de quelle action il s’agit. Nommez-la « Action », et « Date de l’action » celle du jour."
        )
    if "action" in layout.columns:
        return _from_actions(layout, rows, own_words, order)
    if "steps" in layout.columns:
        return _from_text(layout, rows, order)
    return Unfolded(layout)


def _find(word: str, own_words: OwnWords) -> str | None:
    """The field that an action fills, :data:`IGNORED` where the service says that it is none."""
    return own_words.words.get("actions", {}).get(normalise(word)) or find_action(word)


def _find_all(word: str, own_words: OwnWords) -> set[str | None]:
    """The fields that a cell of actions fills: one, or one for each of its parts (« CPMS + parents »)."""
    if (code := _find(word, own_words)) is not None:
        return {code}
    parts = action_parts(word)
    return {_find(part, own_words) for part in parts} if len(parts) > 1 else {None}


def _from_actions(layout: Layout, rows: np.ndarray, own_words: OwnWords, order: Order) -> Unfolded:
    column, dated = layout.columns["action"], layout.columns.get("action_on")
    if dated is None:
        raise RefusedFileError(
            "Ce registre a une ligne par action, et Relais n’y trouve pas le jour de chacune. Nommez cette colonne "
            "« Date de l’action »."
        )
    of_case: dict[str, list[int]] = defaultdict(list)
    numbers = layout.cells("case_number", rows).map(lambda cell: canonical_number(text(cell)))
    for row, number in zip(rows.tolist(), downwards(numbers), strict=True):  # without a number: the case above
        of_case[number].append(row)
    unknown: dict[str, list[int]] = defaultdict(list)
    found: dict[int, dict[str, Cell]] = {}
    conflicts, filled = set(), {}
    base = [i for code, i in layout.columns.items() if code not in ("action", "action_on")]
    facts = lookup(INCIDENT_TYPES, own_words)

    def is_same(column: int, one: str, other: str) -> bool:
        if column == layout.columns.get("incidents") and one != other:
            return set(facts.codes(one)) == set(facts.codes(other))
        return normalise(one) == normalise(other)

    for listed in of_case.values():
        first, *others = listed
        steps: dict[str, Cell] = {}
        whole = list(layout.sheet.rows[first])
        for row in listed:
            cells = layout.sheet.rows[row]
            for i in base:
                if not text(whole[i]):
                    whole[i] = cells[i]
                elif text(cells[i]) and not is_same(i, text(cells[i]), text(whole[i])):
                    conflicts.add(first)
            if not (word := text(cells[column])):
                continue
            codes = _find_all(word, own_words)
            if None in codes:
                unknown[normalise(word)].append(row + 1)
                continue
            for code in filter(None, codes - {IGNORED}):
                steps[code] = _earliest(steps.get(code), cells[dated] if text(cells[dated]) else "oui", order)
        filled[first] = whole
        found[first] = steps
        filled |= {row: [] for row in others}
    choices = {IGNORED: "Aucune étape"} | {code: _HEADERS[code] for code in _CODES}
    questions = tuple(
        replace(word_question("actions", word, layout.header("action"), listed, choices), blocking=True)
        for word, listed in unknown.items()
    )
    note = f"Une ligne par action : {len(rows)} lignes font {len(of_case)} dossiers."
    return Unfolded(_with_steps(layout, filled, found, {"action", "action_on"}), frozenset(conflicts), questions, note)


def _earliest(known: Cell | None, cell: Cell, order: Order) -> Cell:
    """The first of two days of one step; a word gives way to a day."""
    if known is None:
        return cell
    one, other = (cell_moment(c, order) for c in (known, cell))
    return known if other is None or (one is not None and one <= other) else cell


def _from_text(layout: Layout, rows: np.ndarray, order: Order) -> Unfolded:
    """« CPMS 12/03, parents 13/03 »: every part of every cell must be a step and its day, else the cell is refused."""
    column, header = layout.columns["steps"], layout.header("steps")
    found: dict[int, dict[str, Cell]] = defaultdict(dict)
    unread = []
    for row in rows.tolist():
        cells = layout.sheet.rows[row]
        for part in action_parts(text(cells[column])):
            code, day = find_action(part), _day_in(part, cells[layout.columns["reported"]], order)
            if code is None or day is None:
                unread.append(row)
                break
            found[row][code] = _earliest(found[row].get(code), day, order)
    if unread:
        raise RefusedFileError(
            f"La colonne « {header} » contient les étapes en texte, et Relais n’en lit pas {len(unread)} cellules (ligne "
            f"{unread[0] + 1}…). Écrivez une colonne par étape, ou « CPMS 12/03/2026, parents 13/03/2026 » dans chaque case."
        )
    note = f"La colonne « {header} » est lue comme des étapes et leurs jours."
    return Unfolded(_with_steps(layout, {}, found, {"steps"}), note=note)


def _day_in(part: str, reported: Cell, order: Order) -> Cell | None:
    """The day in a few words: whole, or without its year and then near the report."""
    if whole := re.search(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}(?!\d)", part):
        return parse_moment(whole[0], order)
    short, report = _SHORT_DAY.findall(part), cell_moment(reported, order)
    return near(short[0], order, report) if len(short) == 1 and report else None


def _with_steps(
    layout: Layout,
    filled: dict[int, Sequence[Cell]],
    found: dict[int, dict[str, Cell]],
    done: set[str],
) -> Layout:
    """The layout with one more column per step; rows of ``filled`` stand for those of the sheet."""
    # A step that stands nowhere in the register is not known, rather than not done.
    codes = [code for code in _CODES if any(code in steps for steps in found.values())]
    width = len(layout.headers)
    rows: list[Sequence[Cell]] = []
    for number, row in enumerate(layout.sheet.rows):
        base = filled.get(number, row) or [""] * width
        known = {code: base[layout.columns[code]] for code in codes if code in layout.columns} | found.get(number, {})
        rows.append([*base, *(known.get(code, "") for code in codes)])
    columns = {code: column for code, column in layout.columns.items() if code not in done}
    columns |= {code: width + place for place, code in enumerate(codes)}
    headers = (*layout.headers, *(_HEADERS[code] for code in codes))
    sheet = replace(layout.sheet, rows=Rows(rows), merged={})
    return replace(layout, sheet=sheet, headers=headers, columns=columns, entries={})
