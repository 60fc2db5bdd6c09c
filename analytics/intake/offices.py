"""A case number that two offices have: both records stand side by side, and are decided; neither is overwritten in silence.

The key is one, so that a case handed over keeps its pseudonym: what two offices send under one number is taken for one case
until it is decided. Where it is another case, the office becomes a part of its number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.domain.french import count, day, listing, number
from analytics.domain.schema import Tables
from analytics.domain.vocabulary import (
    CHANNELS,
    INCIDENT_TYPES,
    OFFICES,
    OUTCOMES,
    REPORTERS,
    SCHOOL_LEVELS,
    STATUSES,
    STEPS,
)
from analytics.intake.checking import Fault
from analytics.intake.extracting import Extract
from analytics.intake.merging import CASE_TABLES, Facts, among, has_moved, only_cases, renamed
from analytics.intake.previewing import cases_by_school_and_year
from analytics.intake.questions import Question

NUMBERS = "office_numbers"  # where the answer about all shared numbers stands; about one, its pseudonym follows
APART = "apart"
MAX_ASKED = 5  # cases that are asked about one by one; of more, all at once
MAX_DESCRIBED = 1_000
_MAX_STEPS = 3

_WORDS = {
    "school_level": ("niveau", SCHOOL_LEVELS.labels),
    "status": ("statut", STATUSES.labels),
    "reporter": ("signalé par", REPORTERS.labels),
    "channel": ("canal", CHANNELS.labels),
}


def settle(known: Tables, found: Extract, answers: Mapping[str, str]) -> tuple[Extract, pd.Series]:
    """An extract in which each case that another office knows is decided, and the ids of those whose known record stays.

    ``answers`` say of all (:data:`NUMBERS`) or of one ("office_numbers PSEUDONYM"): ``apart`` (another case, whose number
    takes the office; so it stays), ``keep`` (the record of the other office), or ``take_`` and the digest of this file (the
    case comes to this office, with this record). Without an answer its row is refused, both records beside it, and asked
    about.
    """
    ids = found.tables["cases"]["case_id"]
    elsewhere = known["cases"]["case_id"][(known["cases"]["office"] != found.office).to_numpy(bool)]
    if found.own_numbers or elsewhere.empty:
        return found, ids.iloc[:0]
    is_apart = among(found.ids["office_id"], known["cases"]["case_id"])
    is_shared = among(ids, elsewhere) & ~is_apart
    shared = ids[is_shared]
    answer = pd.Series(answers.get(NUMBERS, ""), shared.index, dtype="str")
    one_by_one = {key.removeprefix(f"{NUMBERS} "): value for key, value in answers.items()}
    is_answered = among(shared, pd.Series(list(one_by_one), dtype="str"))
    answer[is_answered] = shared[is_answered].map(one_by_one)
    is_apart[np.flatnonzero(is_shared)[(answer == APART).to_numpy(bool)]] = True
    kept = shared[(answer == "keep").to_numpy(bool)]
    undecided = shared[~answer.isin([APART, "keep", _take(found)]).to_numpy(bool)]
    if len(undecided):
        found, is_apart = _refused(known, found, undecided), is_apart[~among(ids, undecided)]
    new_ids = dict(zip(found.tables["cases"]["case_id"][is_apart], found.ids["office_id"][is_apart], strict=True))
    return replace(found, tables=renamed(found.tables, CASE_TABLES, "case_id", new_ids)), kept


def _take(found: Extract) -> str:
    """The answer that gives the cases to this office: for this file alone, since it overwrites what is known."""
    return f"take_{found.digest[:12]}"


def _refused(known: Tables, found: Extract, undecided: pd.Series) -> Extract:
    """The extract without the ``undecided`` cases, whose rows are refused, and with what is asked about them."""
    cases = found.tables["cases"]
    is_kept = ~among(cases["case_id"], undecided)
    rows = found.ids["row"].to_numpy()[~is_kept]
    first = undecided.head(MAX_DESCRIBED)
    one, other = Facts.of(known, first), Facts.of(found.tables, first)
    schools = pd.concat([known["schools"], found.tables["schools"]]).drop_duplicates("school_id", keep="last")
    described = _side_by_side(one, other, schools.set_index("school_id")["name"].to_dict())
    hints = [*described, *[""] * (len(rows) - len(described))]
    tables = only_cases(found.tables, cases["case_id"][is_kept])
    digest = hashlib.sha256(" ".join([found.refused_digest, *sorted(undecided)]).encode()).hexdigest()
    return replace(
        found,
        tables=tables,
        refused_digest=digest[:32],
        faults=sorted([*found.faults, *(_fault(found, row, hint) for row, hint in zip(rows, hints, strict=True))]),
        ids=found.ids[is_kept].reset_index(drop=True),
        questions=(*found.questions, *_questions(found, undecided, rows, one, other, described)),
        understanding=replace(found.understanding, cases=cases_by_school_and_year(tables["cases"])),
    )


def _fault(found: Extract, name: str, hint: str) -> Fault:
    """Why the row of this name (:attr:`Extract.ids`) is refused."""
    sheet, _, row = name.rpartition(", ")
    layout = next(layout for layout in found.layouts if not sheet or layout.sheet.name == sheet)
    header = layout.header("case_number")
    return Fault(int(row), layout.columns["case_number"], header, "other_office", hint, sheet)


def _questions(
    found: Extract, undecided: pd.Series, rows: np.ndarray, one: Facts, other: Facts, described: list[str]
) -> list[Question]:
    """What is asked: each case, or all at once where they are many. The best answer overwrites nothing."""
    seems_other = has_moved(one, other) | (one.cases["school_id"] != other.cases["school_id"]).to_numpy(bool)
    offices = listing([f"« {OFFICES.labels.get(code, code)} »" for code in one.cases["office"].unique()])
    numbers = tuple(int(row.rpartition(", ")[2]) for row in rows[:MAX_ASKED])
    if len(undecided) > MAX_ASKED:
        n, n_first = int(seems_other.sum()), len(seems_other)
        among_first = f"des {number(n_first)} premiers, " if len(undecided) > n_first else ""
        text = (
            f"{count(len(undecided), 'dossier')} de ce fichier ont un numéro que {offices} a déjà ; "
            f"{among_first}{count(n, 'est', 'sont')} d’une autre école ou d’un autre moment. Que sont-ils ? Jusque-là, ces "
            "lignes sont refusées."
        )
        apart = "D’autres dossiers : ce bureau a ses propres numéros"
        choices = _choices(found, "Les mêmes dossiers", apart, apart_first=2 * n > n_first)
        return [Question("office", text, choices, ("answers", NUMBERS), len(undecided), numbers)]
    return [
        Question(
            "office",
            f"Ligne {row} : {offices} a déjà un dossier de ce numéro. Est-ce le même ? Jusque-là, la ligne est refusée.",
            _choices(found, "Le même dossier", "Deux dossiers différents", apart_first=bool(is_other)),
            ("answers", f"{NUMBERS} {case_id}"),
            1,
            (row_number,),
            beside=f"({beside})",
        )
        for row, case_id, row_number, is_other, beside in zip(
            rows, undecided, numbers, seems_other, described, strict=True
        )
    ]


def _choices(found: Extract, same: str, apart: str, *, apart_first: bool) -> dict[str, str]:
    keep = {"keep": f"{same} : garder ce que l’autre bureau en a dit"}
    take = {_take(found): f"{same}, à ce bureau désormais : prendre ce fichier"}
    return {APART: apart} | keep | take if apart_first else keep | take | {APART: apart}


def _side_by_side(one: Facts, other: Facts, schools: Mapping[str, str]) -> list[str]:
    """What differs between the known record (``one``) and that of this file, in French, a text per case."""
    here, there = (_in_words(facts, schools) for facts in (other, one))
    texts = []
    for office, mine, theirs, steps in zip(
        one.cases["office"], here.to_dict("records"), there.to_dict("records"), _steps(other, one), strict=True
    ):
        parts = [f"{label} : {mine[label]} ici, {theirs[label]} là" for label in mine if mine[label] != theirs[label]]
        said = " ; ".join([*parts, *steps]) or "les deux disent la même chose"
        texts.append(f"{OFFICES.labels.get(office, office)} ; {said}")
    return texts


def _in_words(facts: Facts, schools: Mapping[str, str]) -> pd.DataFrame:
    """What is kept of each case but its steps, in French, one column per label."""
    types = list(INCIDENT_TYPES.labels.values())
    return pd.DataFrame(
        {
            "école": facts.cases["school_id"].map(schools),
            "semaine du": facts.cases["report_week"].map(day),
            "faits": [listing([types[place] for place in np.flatnonzero(of_case)]) for of_case in facts.types],
            **{label: facts.cases[name].map(words) for name, (label, words) in _WORDS.items()},
        }
    )


def _steps(here: Facts, there: Facts) -> list[list[str]]:
    """The first steps of each case that differ, and how many others do."""
    labels, outcomes = [step.label for step in STEPS.values()], [*OUTCOMES.labels.values(), "rien"]

    def word(step: np.ndarray) -> str:
        return f"{outcomes[step[0]].lower()}{f' ({step[1]} h)' if step[1] >= 0 else ''}"

    texts = []
    for mine, theirs in zip(here.steps, there.steps, strict=True):
        differing = np.flatnonzero((mine[:, :2] != theirs[:, :2]).any(axis=1))
        listed = [
            f"{labels[place]} : {word(mine[place])} ici, {word(theirs[place])} là" for place in differing[:_MAX_STEPS]
        ]
        more = len(differing) - _MAX_STEPS
        texts.append([*listed, *([count(more, "autre étape", "autres étapes")] if more > 0 else [])])
    return texts
