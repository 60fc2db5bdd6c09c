"""The schools sheet: what is kept of each school, its own deadlines, and how a register's words find it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from analytics.domain.vocabulary import SCHOOL_NETWORKS, STEPS, TEACHING_LEVELS, Vocabulary, normalise
from analytics.intake.checking import Fault, Faults, code_words, data_rows, text
from analytics.intake.mapping import Layout, OwnWords

MAX_HINTS = 50  # looking for the nearest name takes its time, and beyond these the list of schools itself is wrong

# Nothing may follow that makes it another delay: « 5 jours calendrier » or « 24 h à 48 h » is no deadline in our two clocks.
_DEADLINE = re.compile(
    r"(?:max(?:imum)?\.?\s*)?(\d{1,4})\s*(h|hrs?|heures?|j|jrs?|jours?)\b[\s.]*"
    r"(?:(?:ouvrables?|ouvrés?|scolaires?|de classe|de cours|d['’]école|max(?:imum)?|au plus)[\s.]*)*"
)


def read_schools(layout: Layout, own_words: OwnWords) -> tuple[pd.DataFrame, pd.DataFrame, list[Fault]]:
    """The schools sheet as ``schools``, ``school_deadlines`` and its faults.

    A school without a code or a name, or whose code stands twice, is left out; another faulty cell is left empty.
    """
    rows = data_rows(layout, "code")
    faults = Faults(layout, rows)
    cells = {code: [layout.sheet.rows[row][column] for row in rows] for code, column in layout.columns.items()}
    table = pd.DataFrame({code: [text(cell) for cell in column] for code, column in cells.items()}, dtype="str")
    for code in ("code", "name"):
        faults.add(code, "missing", (table[code] == "").to_numpy())
    faults.add("code", "duplicate", (table["code"].map(normalise).duplicated() & (table["code"] != "")).to_numpy())
    keep = faults.clean

    def vocabulary_column(code: str, terms: Vocabulary) -> pd.Series:
        if code not in cells:
            return pd.Series(pd.NA, index=table.index, dtype="str")
        words = code_words(cells[code], lambda word: own_words.find(terms, word))
        faults.add(code, "unknown_term", words == None)  # noqa: E711 (element by element)
        return pd.Series(words, dtype="str").replace("", pd.NA)

    pupils = pd.Series(pd.NA, index=table.index, dtype="Int64")
    if "pupils" in cells:
        told = table["pupils"].map(lambda word: "".join(word.split()))  # 1 234, whatever the space
        whole = told.str.fullmatch(r"[0-9]{1,6}")
        faults.add("pupils", "not_a_number", (~whole & (told != "")).to_numpy())
        pupils[whole] = told[whole].astype("int64")
    schools = pd.DataFrame(
        {
            "school_id": table["code"],
            "name": table["name"],
            "school_network": vocabulary_column("network", SCHOOL_NETWORKS),
            "school_level": vocabulary_column("teaching", TEACHING_LEVELS),
            "zone": table["zone"].replace("", pd.NA) if "zone" in cells else pd.Series(pd.NA, table.index, dtype="str"),
            "n_pupils": pupils,
            "provisional": False,
        }
    )
    return schools[keep], _deadlines(table, keep, faults), faults.sorted()


def _deadlines(table: pd.DataFrame, keep: np.ndarray, faults: Faults) -> pd.DataFrame:
    """The maximum delays that the schools to keep have set; what is not one is added to ``faults``."""
    deadlines = []
    for step in STEPS:
        if (code := f"deadline:{step}") not in table:
            continue
        found = [_DEADLINE.fullmatch(word.lower().strip()) for word in table[code]]
        faults.add(
            code, "not_a_deadline", np.array([f is None for f in found], dtype=bool) & (table[code] != "").to_numpy()
        )
        for school, deadline, kept in zip(table["code"], found, keep, strict=True):
            if deadline and kept:
                limit, in_hours = int(deadline[1]), deadline[2].startswith("h")
                deadlines.append((school, step, limit if in_hours else pd.NA, pd.NA if in_hours else limit))
    return deadline_table(deadlines)


def deadline_table(rows: list[tuple]) -> pd.DataFrame:
    """Rows of (school_id, step, max_hours, max_school_days) as a table."""
    table = pd.DataFrame(rows, columns=["school_id", "step", "max_hours", "max_school_days"])
    return table.astype({"max_hours": "Int64", "max_school_days": "Int64"})


def find_school(schools: pd.DataFrame) -> tuple[Callable[[str], str | None], Callable[[str], str]]:
    """Two look-ups: the code of a school from its code, its name or both, and what helps to correct a school not found.

    A name that two schools share is not known: the code must tell them apart. A code of digits may have lost the zeros
    before it, as a spreadsheet drops them.
    """
    by_code = {normalise(code): code for code in schools["school_id"]}
    names = schools.groupby(schools["name"].map(normalise))["school_id"].agg(list)
    by_name = {name: codes[0] for name, codes in names.items() if len(codes) == 1}
    pairs = [
        (normalise(code), normalise(name), code)
        for code, name in zip(schools["school_id"], schools["name"], strict=True)
    ]
    by_both = {words: school for code, name, school in pairs for words in (f"{code} {name}", f"{name} {code}")}
    by_number: dict[str, list[str]] = {}
    for code, school in by_code.items():
        if code.isdigit():
            by_number.setdefault(code.lstrip("0"), []).append(school)
    by_word = by_both | by_name | by_code
    known = dict(zip(schools["name"].map(normalise), schools["name"], strict=True))
    hints: dict[str, str] = {}

    def find(word: str) -> str | None:
        bare = normalise(word)
        schools_of_number = by_number.get(bare.lstrip("0"), []) if bare.isdigit() else []
        return by_word.get(bare) or (schools_of_number[0] if len(schools_of_number) == 1 else None)

    def nearest(word: str) -> str:
        if len(names.get(normalise(word), [])) > 1:
            return "plusieurs y portent ce nom : écrivez le code"
        if word not in hints and len(hints) < MAX_HINTS:
            close = difflib.get_close_matches(normalise(word), [str(name) for name in by_name], n=1, cutoff=0.75)
            hints[word] = f"la plus proche : « {known[close[0]]} »" if close else ""
        return hints.get(word, "")

    return find, nearest
