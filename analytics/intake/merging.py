"""A later extract of the same register updates what is known: new, changed, unchanged, missing since.

What could overwrite the wrong case is asked first: :func:`merge_questions`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.domain.french import count, listing
from analytics.domain.schema import Tables
from analytics.domain.vocabulary import INCIDENT_TYPES, OUTCOMES, PRINCIPAL, REASONS, STEPS
from analytics.intake.mapping import REGISTER
from analytics.intake.questions import Question, file_question
from analytics.intake.schools import OTHER_SCHOOL, SchoolNames

FAR = pd.Timedelta(weeks=4)  # a report moved by more is asked about
NEARLY_ALL = 0.8  # of the known cases, whose contradiction asks whether it is the right file
_FEW = 3  # cases of which nothing is concluded about the file
BY_YEAR = "by_year"

CASE_TABLES = ("cases", "case_incidents", "case_steps")
_FOLLOWED = ["followed_hours", "followed_school_days"]
_WAITED = ["waited_hours", "waited_school_days"]
# What a column of the register leaves in the table of cases; the first field of each is in the file, or another is.
_LEFT_BY: dict[tuple[str, ...], list[str]] = {
    ("year", "level"): ["school_level"],
    ("reporter",): ["reporter"],
    ("channel",): ["channel"],
    ("minor",): ["minor"],
    ("facts_on",): ["detection_days"],
}
_CLOSURE = ("closed", "status")


@dataclass(frozen=True)
class Changes:
    """How many cases an extract brings, changes, leaves as they are, and no longer holds (they are kept)."""

    new: int
    changed: int
    unchanged: int
    missing: int


def merge(
    known: Tables, extract: Tables, *, lost: Collection[str] = (), is_partial: bool = False, office: str = PRINCIPAL
) -> tuple[Tables, Changes]:
    """The tables of both, where the extract has the last word, and what it changed.

    Meaning decides: two records are the same when what is kept of them is. An open case that is followed longer because
    time has passed is unchanged, and so is a closed one that waits longer for postvention. A case of the ``office`` is
    missing when its extract covers its school year and does not hold it; a partial extract misses nothing. What was stored
    from a field that is ``lost`` stays; of a new case its step is not recorded.
    """
    common = common_ids(known, extract)
    extract = _with_lost_fields(known, dict(extract), common, lost)
    differs = _differences(Facts.of(known, common), Facts.of(extract, common))
    of_office = (known["cases"]["office"] == office).to_numpy(bool)
    extract["cases"] = _with_history(known["cases"], extract["cases"], common[differs], is_first=not of_office.any())
    changed = int(differs.sum())
    is_absent = ~among(known["cases"]["case_id"], common)
    absent, missed = known["cases"][is_absent], known["cases"]["school_year"][is_absent & of_office]
    covered = extract["cases"]["school_year"].unique()
    changes = Changes(
        new=len(extract["cases"]) - len(common),
        changed=changed,
        unchanged=len(common) - changed,
        missing=0 if is_partial else int(missed.isin(covered).sum()),
    )
    tables = {
        name: _stack(known[name][among(known[name]["case_id"], absent["case_id"])], extract[name])
        for name in CASE_TABLES
    }
    for name in ("schools", "school_deadlines"):
        listed = extract["schools"]["school_id"]
        tables[name] = _stack(known[name][~known[name]["school_id"].isin(listed)], extract[name])
    tables["school_actions"] = _merge_actions(known["school_actions"], extract["school_actions"], office)
    return tables, changes


# What is asked first


def merge_questions(
    known: Tables, extract: Tables, answers: Mapping[str, str], digest: str, *, by_year: bool, is_partial: bool
) -> list[Question]:
    """What an extract would overwrite in a way that no service means without being asked; each of them blocks the import.

    A known case is asked about when its report moves to another school year or by more than four weeks, or when its week
    and its school both change. A file is when nearly all known cases contradict it, or when it holds none of the cases that
    are known of its own school years. A school is when its cases all come back under a name that was not known.
    ``answers`` to the first two hold for the file of this ``digest`` alone; ``by_year``: its numbers hold the school year.
    """
    common = common_ids(known, extract)
    one, other = Facts.of(known, common), Facts.of(extract, common)
    moved, contradicted = has_moved(one, other), _contradictions(one, other)
    listed = []
    if moved.any() and not answered(answers, digest, by_year=by_year):
        to_another_year = one.cases["school_year"] != other.cases["school_year"]
        listed.append(_moved_question(int(moved.sum()), int((moved & to_another_year).sum()), digest, by_year=by_year))
    covered = known["cases"]["school_year"].isin(extract["cases"]["school_year"].unique())
    is_unknown = not len(common) and min(covered.sum(), len(extract["cases"])) >= _FEW
    is_contradicted = len(common) > _FEW and contradicted.mean() >= NEARLY_ALL and moved.mean() < NEARLY_ALL
    if not is_partial and (is_unknown or is_contradicted) and answers.get("file") != f"right_{digest}":
        why = (
            "Aucun des dossiers déjà connus de ces années scolaires n’y figure."
            if is_unknown
            else f"Il contredit {int(contradicted.sum())} dossiers déjà connus sur {len(common)}."
        )
        choices = {f"right_{digest}": "Oui, c’est le bon fichier", "wrong": "Non : ne rien importer"}
        listed.append(file_question("file", f"Est-ce le bon fichier ? {why}", choices, len(common)))
    return [*listed, *_renamed_schools(known, extract, one.cases, other.cases)]


def answered(answers: Mapping[str, str], digest: str, *, by_year: bool) -> str | None:
    """What was answered about the moved cases of this file: ``same`` or ``keep``; None while nothing was."""
    answer, _, of_file = answers.get("moved" if by_year else "numbers", "").partition("_")
    return answer if of_file == digest and answer in ("same", "keep") else None


def revert_moved(known: Tables, extract: Tables) -> Tables:
    """The ``extract`` with the known records in the place of those that moved."""
    common = common_ids(known, extract)
    return revert_cases(known, extract, common[has_moved(Facts.of(known, common), Facts.of(extract, common))])


def revert_cases(known: Tables, extract: Tables, case_ids: pd.Series) -> Tables:
    """The ``extract`` with the known records in the place of those of some cases."""
    return dict(extract) | {name: _exchange(extract[name], known[name], case_ids) for name in CASE_TABLES}


def only_cases(tables: Tables, case_ids: pd.Series) -> Tables:
    """``tables`` with some cases alone."""
    return dict(tables) | {
        name: tables[name][among(tables[name]["case_id"], case_ids)].reset_index(drop=True) for name in CASE_TABLES
    }


def _moved_question(n: int, n_years: int, digest: str, *, by_year: bool) -> Question:
    again = (
        {BY_YEAR: "Les numéros recommencent chaque année : ce sont d’autres dossiers"}
        if n_years and not by_year
        else {}
    )
    choices = {
        f"same_{digest}": "Ce sont les mêmes dossiers, corrigés",
        f"keep_{digest}": "Je ne sais pas : garder ce qui était enregistré",
    }
    text = (
        f"{count(n, 'dossier déjà connu revient', 'dossiers déjà connus reviennent')} sous le même numéro avec une autre "
        "année scolaire, un signalement à plus de quatre semaines, ou une autre semaine et une autre école. Que s’est-il "
        "passé ?"
    )
    in_order = {**again, **choices} if 2 * n_years >= n else {**choices, **again}
    return file_question("year_key", text, in_order, n, "moved" if by_year else "numbers")


def _renamed_schools(known: Tables, extract: Tables, before: pd.DataFrame, after: pd.DataFrame) -> list[Question]:
    """A school without a code may have changed its name: all its cases that come back are of a name not known before."""
    names = known["schools"].set_index("school_id")["name"]
    new_names = extract["schools"].set_index("school_id")["name"]
    provisional = set(known["schools"]["school_id"][known["schools"]["provisional"].astype("bool")])
    still_there = set(extract["cases"]["school_id"].unique())
    changed = pd.DataFrame({"old": before["school_id"], "new": after["school_id"]}).drop_duplicates()
    return [
        Question(
            "school",
            f"L’école « {names[old]} » s’appelle-t-elle maintenant « {new_names[new]} » ? Ses dossiers portent ce nom.",
            {old: "Oui, elle a changé de nom", OTHER_SCHOOL: "Non, ce sont deux écoles"},
            ("schools", str(new_names[new])),
            blocking=True,
        )
        for old, new in changed.itertuples(index=False)
        if old != new and old in provisional and old not in still_there and new not in names and new in new_names
    ]


def lost_fields(known: Collection[str], found: Collection[str]) -> tuple[str, ...]:
    """The fields that earlier extracts had and this one has no column for, in the order of the register.

    A class stands for a level and a status for a closure.
    """
    groups = [*_LEFT_BY, _CLOSURE, *((f"step:{step}",) for step in STEPS)]
    lost = {field for group in groups if not set(group) & set(found) for field in group if field in set(known)}
    return tuple(field.code for field in REGISTER if field.code in lost)


def lost_fields_sentence(lost: Collection[str]) -> str:
    """The fields that were lost, in a French sentence; "" when none is."""
    headers = [f"« {field.header} »" for field in REGISTER if field.code in lost]
    if not headers:
        return ""
    are_lost = "Cette colonne n’est plus" if len(headers) == 1 else "Ces colonnes ne sont plus"
    stays = "Ce qui en était enregistré reste ; pour les nouveaux dossiers, c’est inconnu."
    return f"{are_lost} dans le fichier : {listing(headers)}. {stays}"


# The same case or school under another key


def rekey(known: Tables, extract_cases: pd.DataFrame, plain_ids: pd.Series, *same: str) -> Tables:
    """``known`` with the ids of an extract whose numbers hold the school year, or the office.

    ``plain_ids`` are the pseudonyms of the numbers of ``extract_cases`` without it, in order: a case of the office that is
    known under one of them, with the ``same`` columns, is that case.
    """
    same = ("office", *same)
    ids = extract_cases[["case_id", *same]].assign(plain=plain_ids)
    pairs = ids.merge(known["cases"], left_on=["plain", *same], right_on=["case_id", *same], suffixes=("", "_known"))
    return renamed(known, CASE_TABLES, "case_id", dict(zip(pairs["plain"], pairs["case_id"], strict=True)))


def recode_schools(known: Tables, listed: pd.DataFrame) -> Tables:
    """``known`` with the codes of a list in the place of provisional schools that the list holds by their name."""
    if listed.empty or listed["provisional"].all():
        return dict(known)
    find = SchoolNames(listed).find
    provisional = known["schools"][known["schools"]["provisional"].astype("bool")]
    codes = {code: find(name) for code, name in zip(provisional["school_id"], provisional["name"], strict=True)}
    codes = {old: new for old, new in codes.items() if new is not None and new != old}
    recoded = renamed(known, ("cases", "school_actions"), "school_id", codes)
    recoded["schools"] = known["schools"][~known["schools"]["school_id"].isin(list(codes))]
    return recoded


def renamed(known: Tables, names: Collection[str], column: str, new: Mapping[str, str]) -> Tables:
    if not new:
        return dict(known)
    return dict(known) | {
        name: known[name].assign(**{column: known[name][column].map(new).fillna(known[name][column])}) for name in names
    }


# Comparing


@dataclass(frozen=True)
class Facts:
    """What is kept of some cases, one entry per case in their order, so that two extracts compare place by place.

    ``types`` has a column per incident type. ``steps`` is cases by steps by (outcome, delay_hours, delay_school_days,
    time_completed, reason) as numbers, -1 where there is none.
    """

    cases: pd.DataFrame
    types: np.ndarray
    steps: np.ndarray

    @classmethod
    def of(cls, tables: Tables, case_ids: pd.Series) -> Facts:
        if case_ids.empty:  # as in a first import, whose millions of steps are then compared with nothing
            tables = {name: tables[name].iloc[:0] for name in CASE_TABLES}
        ids = pa.array(case_ids)
        places = pc.index_in(ids, value_set=pa.array(tables["cases"]["case_id"])).to_numpy(zero_copy_only=False)
        types = np.zeros((len(ids), len(INCIDENT_TYPES)), dtype=bool)
        at, rows = _places(tables["case_incidents"], ids, "incident_type", INCIDENT_TYPES)
        types[at] = True
        steps = np.full((len(ids), len(STEPS), 5), -1, dtype="int32")
        at, rows = _places(tables["case_steps"], ids, "step", STEPS)
        frame = tables["case_steps"]
        parts = (
            _code(frame["outcome"], OUTCOMES),
            frame["delay_hours"].fillna(-1),
            frame["delay_school_days"].fillna(-1),
            frame["time_completed"],
            _code(frame["reason"], REASONS),
        )
        for part, values in enumerate(parts):
            steps[(*at, part)] = np.asarray(values)[rows]
        return cls(tables["cases"].iloc[places].reset_index(drop=True), types, steps)

    def step(self, part: int) -> np.ndarray:
        return self.steps[:, :, part]


_OUTCOME, _HOURS = range(2)
_DONE = list(OUTCOMES).index("done")


def _places(
    frame: pd.DataFrame, ids: pa.Array, column: str, terms: Collection[str]
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Where the rows of ``frame`` stand by case and term, and which rows they are; others are of another case or term."""
    case = pc.fill_null(pc.index_in(pa.array(frame["case_id"]), value_set=ids), -1).to_numpy()
    term = _code(frame[column], terms)
    rows = np.flatnonzero((case >= 0) & (term >= 0))
    return (case[rows], term[rows]), rows


def _code(words: pd.Series, terms: Collection[str]) -> np.ndarray:
    """The place of each word in ``terms``, -1 where there is none."""
    value_set = pa.array(list(terms), pa.string())
    return pc.fill_null(pc.index_in(pa.array(words, pa.string()), value_set=value_set), -1).to_numpy()


def _different(one: pd.Series, other: pd.Series) -> np.ndarray:
    return ((one != other).fillna(value=True) & ~(one.isna() & other.isna())).to_numpy(bool)


def _differences(one: Facts, other: Facts) -> np.ndarray:
    """True for each case of which anything that is kept differs, but for the time that it is followed or waits."""
    found = (one.types != other.types).any(axis=1) | (one.steps != other.steps).any(axis=(1, 2))
    both_open = ((one.cases["status"] == "open") & (other.cases["status"] == "open")).to_numpy(bool)
    for name in one.cases.columns.difference(["case_id", "first_seen_on", "changed_on", *_WAITED]):
        found |= _different(one.cases[name], other.cases[name]) & ~(both_open & (name in _FOLLOWED))
    return found


def _contradictions(one: Facts, other: Facts) -> np.ndarray:
    """True for each case of which something that was told is told otherwise; what is told since is no contradiction."""
    found = (one.types & ~other.types).any(axis=1)
    was_done = one.step(_OUTCOME) == _DONE
    redone = (one.step(_OUTCOME) != other.step(_OUTCOME)) | (
        (one.step(_HOURS) >= 0) & (one.step(_HOURS) != other.step(_HOURS))
    )
    found |= (was_done & redone).any(axis=1)
    for name in ("school_id", "report_week", "school_level", "reporter", "channel", "minor"):
        was_told = one.cases[name].notna() & (one.cases[name].astype("object") != "unknown")
        found |= _different(one.cases[name], other.cases[name]) & was_told.to_numpy(bool)
    return found


def has_moved(one: Facts, other: Facts) -> np.ndarray:
    """True for each case whose report is of another school year, over four weeks away, or of another week and school."""
    before, after = one.cases, other.cases
    other_week = before["report_week"] != after["report_week"]
    moved = (before["school_year"] != after["school_year"]) | (
        (before["report_week"] - after["report_week"]).abs() > FAR
    )
    return (moved | (other_week & (before["school_id"] != after["school_id"]))).to_numpy(bool)


def _with_lost_fields(known: Tables, extract: Tables, common: pd.Series, lost: Collection[str]) -> Tables:
    """The extract with what is known of the ``common`` cases from the fields that are ``lost``."""
    before = known["cases"][among(known["cases"]["case_id"], common)]
    columns = [column for group, left in _LEFT_BY.items() if set(group) & set(lost) for column in left]
    extract["cases"] = _with_values(extract["cases"], before, columns)
    if set(_CLOSURE) & set(lost):
        closed = before[(before["status"] == "closed").to_numpy(bool)]
        extract["cases"] = _with_values(extract["cases"], closed, ["status", *_FOLLOWED, *_WAITED])
    steps = [step for step in STEPS if f"step:{step}" in lost]  # not recorded in the extract
    if steps:
        kept, replaced = (
            frame["step"].isin(steps).to_numpy(bool) & among(frame["case_id"], common)
            for frame in (known["case_steps"], extract["case_steps"])
        )
        extract["case_steps"] = _stack(known["case_steps"][kept], extract["case_steps"][~replaced])
    return extract


def _with_values(cases: pd.DataFrame, source: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """``cases`` with the values of some columns of ``source``, for the cases that it holds."""
    if not columns or source.empty:
        return cases
    changed = cases.set_index("case_id")
    changed.loc[source["case_id"].to_numpy(), columns] = source[columns].to_numpy()
    return changed.reset_index().astype(cases.dtypes.to_dict())[cases.columns]


def _with_history(
    known: pd.DataFrame, extracted: pd.DataFrame, differing: pd.Series, *, is_first: bool
) -> pd.DataFrame:
    """The cases of an extract with the days on which they were first seen and last changed; ``differing`` are the ids of
    those that are known otherwise. The first import of an office changes nothing.
    """
    place = pc.index_in(pa.array(extracted["case_id"]), value_set=pa.array(known["case_id"]))
    seen_on, changed_on = (
        pa.array(known[name]).take(place).to_pandas().astype("datetime64[s]")
        for name in ("first_seen_on", "changed_on")
    )
    is_news = (seen_on.isna() & (not is_first)) | among(extracted["case_id"], differing)
    today = extracted["first_seen_on"]
    return extracted.assign(first_seen_on=seen_on.fillna(today), changed_on=changed_on.mask(is_news, today))


def _merge_actions(known: pd.DataFrame, extracted: pd.DataFrame, office: str) -> pd.DataFrame:
    """A sheet has the last word of its office from its first week on: a corrected action replaces the wrong one."""
    replaced = (known["week"] >= extracted["week"].min()) & (known["office"] == office)
    return _stack(known[~replaced], extracted)


def common_ids(known: Tables, extract: Tables) -> pd.Series:
    """The ids of the known cases that the extract holds."""
    ids = known["cases"]["case_id"]
    return ids[among(ids, extract["cases"]["case_id"])]


def _exchange(frame: pd.DataFrame, source: pd.DataFrame, case_ids: pd.Series) -> pd.DataFrame:
    """``frame`` with the rows of ``source`` for some cases."""
    return _stack(source[among(source["case_id"], case_ids)], frame[~among(frame["case_id"], case_ids)])


def _stack(kept: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    """Both tables; an empty one is left out, whose columns have no type to agree on."""
    if kept.empty or added.empty:
        return (added if kept.empty else kept).reset_index(drop=True)
    return pd.concat([kept, added[kept.columns]], ignore_index=True)


def among(ids: pd.Series, wanted: pd.Series) -> np.ndarray:
    """As ``ids.isin(wanted)``, which makes a Python string of each."""
    found = pc.is_in(pa.array(ids), value_set=pa.array(wanted))
    return found.to_numpy(zero_copy_only=False)
