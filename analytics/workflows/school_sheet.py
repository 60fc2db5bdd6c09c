"""The A4 of a school, from the records to the bytes: what its page and ``relais school`` do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from textwrap import shorten

import pandas as pd

from analytics.disclosure.published import TOTAL, Cell, Table
from analytics.disclosure.release_records import Record
from analytics.documents.mark import MARK
from analytics.documents.school import Bars, Rows, SchoolSheet, school_pdf
from analytics.domain.errors import RefusedError
from analytics.domain.french import count, day, long_day, number, percent, percents
from analytics.domain.selection import EVERYTHING, Selection
from analytics.domain.vocabulary import (
    INCIDENT_TYPES,
    NO_CLOSURE,
    SCHOOL_LEVELS,
    SCHOOL_NETWORKS,
    STEPS,
    TEACHING_LEVELS,
)
from analytics.measures import schools, work
from analytics.store import Snapshot
from analytics.workflows.comparing import NO_YEAR_BEFORE, which_weeks
from analytics.workflows.one_school import (
    PEERS,
    SILENT,
    OneSchool,
    by_year,
    deadline_table,
    one_school,
    rated_schools,
    since_last,
    year_sentence,
)

MOST_LISTED, MOST_YEARS, MOST_TYPES, MOST_BESIDE = 8, 6, 6, 3
LONGEST_NAME, LONGEST_LIST = 90, 62
"""What one page has room for: rows, bars, comparisons, characters."""
IN_TIME = "Dans le délai"  # as data/publications.toml calls it
READ = (
    "À temps : la part des dossiers où l’étape s’est faite dans son délai ; le hasard laisse la vraie part entre les deux "
    "bornes. Où l’heure ou le jour manque, la part est donnée au moins et au plus."
)
READ_RATE = (
    "Taux prudent : celui de l’école, rapproché de celui des écoles de son niveau d’autant plus qu’elle est petite."
)


def written_sheet(one: OneSchool, today: date, published: Sequence[Record] = ()) -> bytes:
    """The A4 of a school as PDF. Its head of school finds no list, and is compared with what is ``published`` alone."""
    return school_pdf(_sheet(one, today, next(iter(_same_year(published, one.selection)), None)))


def school_sheet(snapshot: Snapshot, school_id: str, today: date) -> bytes:
    """The A4 of a school by its code, of all years, for the service. RefusedError where no school has it."""
    rated = rated_schools(snapshot, EVERYTHING)
    if school_id not in set(rated["school_id"]):
        raise RefusedError("Aucune école n’a ce code. La page Écoles concernées les donne.")
    return written_sheet(one_school(snapshot, EVERYTHING, rated, school_id), today)


def _same_year(published: Sequence[Record], selection: Selection) -> Iterator[Record]:
    """What is published of the chosen years, of any where none is chosen."""
    years_of = selection.school_years
    return (record for record in published if not years_of or record.period.startswith(years_of))


def _sheet(one: OneSchool, today: date, published: Record | None) -> SchoolSheet:
    school, snapshot = one.school, one.snapshot
    fictitious = ["données fictives"] if snapshot.is_demo else []
    chosen = replace(one.selection, school_ids=()).description
    about = [
        f"code {school['school_id']}",
        SCHOOL_NETWORKS.labels.get(school["school_network"], "réseau inconnu"),
        TEACHING_LEVELS.labels.get(school["school_level"], "niveau inconnu"),
        count(school["n_pupils"], "élève") if pd.notna(school["n_pupils"]) else "nombre d’élèves inconnu",
    ]
    mark = [MARK, *fictitious, f"extrait du {long_day(snapshot.as_of)}", chosen, f"écrit le {long_day(today)}"]
    bars, tables, note = [_years(one)], [Rows("Aucun dossier ne répond à ce choix", SILENT, [], [])], ""
    if school["n"]:
        counted = {table.code: table for table in published.publication.tables} if published else {}
        bars.append(_types(one, counted.get("types_by_level"), published))
        tables = [_steps(one, counted.get("relays_by_level"), published), *([] if one.is_alone else [_waiting(one)])]
        note = READ if one.is_alone else f"{READ} {READ_RATE}"
    name = shorten(school["name"], LONGEST_NAME, placeholder="…")
    return SchoolSheet(name, about, " · ".join(mark), today, list(_figures(one)), bars, tables, note)


def _figures(one: OneSchool) -> Iterator[tuple[str, str, str]]:
    school, counts = one.school, one.snapshot.case_counts(one.selection, ["school_id", "report_week"])
    repeats = schools.repeats(counts).iloc[0]
    yield "Dossiers", number(school["n"]), f"dont {count(school['n_open'], 'ouvert')}"
    if not one.is_alone:
        between = f"entre {number(school['shrunken_lower'], 1)} et {number(school['shrunken_upper'], 1)}"
        rate = number(school["shrunken_rate"], 1)
        yield (
            "Taux prudent pour 1 000 élèves",
            rate,
            between if pd.notna(school["rate"]) else "taille ou niveau inconnu",
        )
    yield "Depuis le dernier signalement", *since_last(one)
    yield "Dossiers qui en suivent un autre", number(repeats["n"]), "dans les quatre semaines"


def _years(one: OneSchool) -> Bars:
    table = by_year(one).tail(MOST_YEARS)
    labels = [
        f"{year}, en cours" if running else year
        for year, running in zip(table["school_year"], table["is_running"], strict=True)
    ]
    sentence = year_sentence(one) or NO_YEAR_BEFORE
    return Bars(
        "D’une année à l’autre",
        f"{sentence} {which_weeks(one.snapshot, one.selection)}",
        {label: Cell(int(n)) for label, n in zip(labels, table["n"], strict=True)},
    )


def _types(one: OneSchool, published: Table | None, record: Record | None) -> Bars:
    counts = one.snapshot.incident_counts(one.selection).set_index("incident_type")["n"]
    own = counts[counts > 0].sort_values(ascending=False, kind="stable")
    sentence = "Un dossier peut avoir plusieurs types."
    if published is not None and record is not None:
        sentence = _beside_published(own, published, record)
    elif peers := one.groups.get("school_level"):
        others = one.snapshot.incident_counts(peers).set_index("incident_type")["n"]
        n_others = max(int(one.snapshot.case_counts(peers)["n"].iloc[0]), 1)
        beside = [
            f"{INCIDENT_TYPES.label(str(code))} {percent(n / one.school['n'])} et {percent(others.get(code, 0) / n_others)}"
            for code, n in own.head(MOST_BESIDE).items()
        ]
        sentence += f" Part des dossiers, ici et, {one.group_labels['school_level']} : {' ; '.join(beside)}."
    shown = {INCIDENT_TYPES.label(str(code)): Cell(int(n)) for code, n in own.head(MOST_TYPES).items()}
    if len(rest := own.iloc[MOST_TYPES:]):
        shown[count(len(rest), "autre type", "autres types")] = Cell(int(rest.sum()))
    return Bars("Ses dossiers par type", sentence, shown)


def _beside_published(own: pd.Series, table: Table, record: Record) -> str:
    """The school's share of what is noted, beside that of all schools together in a release."""
    whole = table.cells.get((TOTAL, TOTAL), Cell(None)).value
    beside = []
    for label, codes in table.categories["incident_type"].items():
        n, everywhere = int(own[own.index.isin(list(codes))].sum()), table.cells.get((label, TOTAL), Cell(None)).value
        if n and whole and everywhere is not None:
            beside.append((n, f"{label} {percent(n / own.sum())} et {percent(everywhere / whole)}"))
    first = [words for _, words in sorted(beside, key=lambda pair: -pair[0])[:MOST_BESIDE]]
    if not first:
        return "Un dossier peut avoir plusieurs types."
    return f"Part des faits notés, ici et dans toutes les écoles ({record.period}, publié) : {' ; '.join(first)}."


def _steps(one: OneSchool, published: Table | None, record: Record | None) -> Rows:
    steps = deadline_table(one)
    judged = steps[steps["n_cases"] > 0]
    n_overdue, n_own = int(steps["n_overdue"].sum()), int(steps["is_own"].sum())
    whose = f"{count(n_own, 'délai')} de l’école, les autres sont ceux du service." if n_own else "Délais du service."
    beside: dict[str, list[str]] = {}
    if published is not None and record is not None:
        shares = {
            code: cell.share
            for label, codes in published.categories["relay"].items()
            for code in codes
            if (cell := published.cells.get((label, TOTAL, IN_TIME))) is not None and cell.share is not None
        }
        beside[f"Toutes les écoles ({record.period}, publié)"] = [
            percent(shares.get(step, math.nan)) for step in judged["step"]
        ]
    for group, word in PEERS.items():
        if f"share_{group}" in judged:
            pairs = zip(judged[f"share_{group}"], judged[f"most_share_{group}"], strict=True)
            beside[f"Autres, {word}"] = [percents(least, most) if pd.notna(least) else "–" for least, most in pairs]
    rows = [
        [
            STEPS[row["step"]].label,
            f"{row['limit']}{' (école)' if row['is_own'] else ''}",
            number(row["n_cases"]),
            percents(row["share"], row["most_share"]) if pd.notna(row["share"]) else "–",
            f"{percent(row['lower'])} – {percent(row['upper'])}" if pd.notna(row["lower"]) else "–",
            *(column[place] for column in beside.values()),
            number(row["n_overdue"]),
        ]
        for place, (_, row) in enumerate(judged.iterrows())
    ]
    closure = "" if one.snapshot.tells_closure else f" {NO_CLOSURE}"
    return Rows(
        "Ses étapes et ses délais",
        f"{whose} Hors délai dans ses dossiers ouverts : {count(n_overdue, 'étape')}.{closure}",
        ["Étape", "Délai", "Dossiers", "À temps", "entre (95 %)", *beside, "Ouverts, hors délai"],
        rows,
    )


def _waiting(one: OneSchool) -> Rows:
    cases = work.listed(one.snapshot.work_list(one.selection, most=MOST_LISTED))
    n_of = work.summary(one.snapshot.work_counts(one.selection))["n"]
    rows = [
        [
            day(row["report_week"]),
            SCHOOL_LEVELS.label(row["school_level"]),
            "vie menacée" if row["danger"] else "",
            shorten(row["missing"], LONGEST_LIST, placeholder="…"),
            f"{row['limit']}, le {day(row['due_on'])}",
        ]
        for _, row in cases.iterrows()
    ]
    more = f" Les {MOST_LISTED} premiers : le danger, puis les plus récents." if n_of["overdue"] > MOST_LISTED else ""
    dormant = f" {count(n_of['dormant'], 'dossier dormant', 'dossiers dormants')} en plus." if n_of["dormant"] else ""
    return Rows(
        "Dossiers ouverts où une étape attend hors délai",
        f"{number(n_of['overdue'])} sur {count(one.school['n_open'], 'dossier ouvert', 'dossiers ouverts')}.{more}{dormant}",
        ["Signalé, semaine du", "Niveau", "Danger", "Ce qui manque", "Dernier délai dépassé"] if rows else [],
        rows,
    )
