"""One school: beside whom it stands, its steps against its deadlines, its years, and its A4 for a meeting with it."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from textwrap import shorten

import pandas as pd

from analytics.disclosure.published import TOTAL, Cell, Table
from analytics.disclosure.release_records import Record
from analytics.documents.mark import MARK
from analytics.documents.school import Bars, Rows, SchoolSheet, school_pdf
from analytics.domain.errors import RefusedError
from analytics.domain.french import count, day, hours, long_day, number, percent, percents, school_days
from analytics.domain.school_calendar import calendar
from analytics.domain.selection import EVERYTHING, Selection
from analytics.domain.vocabulary import (
    INCIDENT_TYPES,
    NO_CLOSURE,
    SCHOOL_LEVELS,
    SCHOOL_NETWORKS,
    STEPS,
    TEACHING_LEVELS,
)
from analytics.measures import funnel, relays, schools, work, years
from analytics.store import Snapshot
from analytics.workflows.comparing import compared_in_all, which_weeks

PEERS = {"school_network": "réseau", "school_level": "niveau"}
MOST_LISTED, MOST_YEARS, MOST_TYPES, MOST_BESIDE = 8, 6, 6, 3
"""What one page has room for."""
SILENT = "Ne rien signaler n’est pas être à l’abri : un appel suffit souvent pour savoir si l’on y connaît le service."
READ = (
    "À temps : la part des dossiers où l’étape s’est faite dans son délai ; le hasard laisse la vraie part entre les deux "
    "bornes. Où l’heure ou le jour manque, la part est donnée au moins et au plus."
)
READ_RATE = (
    "Taux prudent : celui de l’école, rapproché de celui des écoles de son niveau d’autant plus qu’elle est petite."
)


@dataclass(frozen=True)
class OneSchool:
    """The records of one school: ``selection`` is narrowed to it, ``school`` is its row of :func:`schools.rates`.

    ``groups`` are the selections that it stands beside, itself first, by their words: ``group_labels``. ``is_alone`` for its
    head of school, who sees no figure of another one.
    """

    snapshot: Snapshot
    selection: Selection
    school: pd.Series
    groups: Mapping[str, Selection]
    group_labels: Mapping[str, str]
    is_alone: bool = False

    @property
    def asked(self) -> tuple[Hashable, ...]:
        """What tells this school's answers from others of the version."""
        return (*self.groups.items(), self.is_alone)


def rated_schools(snapshot: Snapshot, selection: Selection) -> pd.DataFrame:
    """The schools that can have a chosen case (:func:`schools.rates`), by name."""
    counts = schools.teaching(snapshot.school_counts(selection), selection.school_levels)
    bunching = funnel.bunching(snapshot.case_counts(by=["school_id", "report_week"]))
    return schools.rates(counts, bunching).sort_values(["name", "school_id"])


def one_school(
    snapshot: Snapshot, selection: Selection, rated: pd.DataFrame, school_id: str, *, is_alone: bool = False
) -> OneSchool:
    """The school ``school_id`` of ``rated`` beside the others of its network and of its level."""
    school = rated.set_index("school_id", drop=False).loc[school_id]
    groups = {"school": replace(selection, school_ids=(school_id,))}
    group_labels = {"school": "cette école"}
    for column, vocabulary in (("school_network", SCHOOL_NETWORKS), ("school_level", TEACHING_LEVELS)):
        if not is_alone and (others := schools.peers(rated, school_id, column)):
            groups[column] = replace(selection, school_ids=others)
            group_labels[column] = (
                f"{PEERS[column]} {vocabulary.label(school[column])} ({count(len(others), 'autre école', 'autres écoles')})"
            )
    return OneSchool(snapshot, groups["school"], school, groups, group_labels, is_alone)


def deadline_table(one: OneSchool) -> pd.DataFrame:
    """:func:`relays.against_deadline` of the school, with limit (in French) and is_own of each step, and for each group of
    PEERS that it stands beside share_<group> and most_share_<group>.
    """
    limits = schools.deadlines(one.snapshot.table("school_deadlines"), one.school["school_id"])
    limits["limit"] = [
        hours(in_hours) if pd.notna(in_hours) else school_days(in_days)
        for in_hours, in_days in zip(limits["max_hours"], limits["max_school_days"], strict=True)
    ]
    counts = {group: one.snapshot.step_counts("deadline", selection) for group, selection in one.groups.items()}
    table = relays.against_deadline(counts["school"]).merge(limits, on="step")
    for group in PEERS.keys() & counts.keys():
        names = {"incidence": f"share_{group}", "most": f"most_share_{group}"}
        in_time = relays.shares_within(counts[group], (1,)).rename(columns=names)
        table = table.merge(in_time[["step", *names.values()]], on="step", how="left")
    return table


def by_year(one: OneSchool) -> pd.DataFrame:
    """The chosen cases of the school in each year of the register, whatever time was chosen: :func:`schools.by_year`, and
    is_running (the year is not over at the extract).
    """
    known = list(one.snapshot.choices()["school_years"].iloc[0])
    counts = one.snapshot.case_counts(one.selection.at_any_time, ["school_year", "danger"])
    is_running = [calendar()[year].end > one.snapshot.as_of for year in known]
    return schools.by_year(counts, known).assign(is_running=is_running)


def since_last(one: OneSchool) -> tuple[str, str]:
    """How long ago the last report was, and its week, in words; a dash without one."""
    last = one.school["last_week"]
    if pd.isna(last):
        return "–", ""
    n_weeks = (pd.Timestamp(one.snapshot.as_of) - last).days // 7
    return count(n_weeks, "semaine") if n_weeks else "cette semaine", f"semaine du {day(last)}"


def year_sentence(one: OneSchool) -> str:
    """The school's last chosen year against the same weeks a year before; "" where there is none."""
    answer = compared_in_all(one.snapshot, one.selection)
    if answer.empty:
        return ""
    return f"{count(answer['n'].iloc[0], 'dossier')}, {years.sentence(answer.iloc[0])}."


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
    if not school["n"]:
        silent = Rows("Aucun dossier ne répond à ce choix", SILENT, [], [])
        return SchoolSheet(
            shorten(school["name"], 90, placeholder="…"),
            about,
            " · ".join(mark),
            today,
            list(_figures(one)),
            [_years(one)],
            [silent],
            "",
        )
    told = {table.code: table for table in published.publication.tables} if published else {}
    bars = [_years(one), _types(one, told.get("types_by_level"), published)]
    tables = [_steps(one, told.get("relays_by_level"), published), *([] if one.is_alone else [_waiting(one)])]
    note = READ if one.is_alone else f"{READ} {READ_RATE}"
    return SchoolSheet(
        shorten(school["name"], 90, placeholder="…"),
        about,
        " · ".join(mark),
        today,
        list(_figures(one)),
        bars,
        tables,
        note,
    )


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
    sentence = year_sentence(one) or "Une seule année au registre : la comparaison viendra."
    return Bars(
        "D’une année à l’autre",
        f"{sentence} {which_weeks(one.snapshot, one.selection)}",
        {label: Cell(int(n)) for label, n in zip(labels, table["n"], strict=True)},
    )


def _types(one: OneSchool, published: Table | None, record: Record | None) -> Bars:
    counts = {
        group: one.snapshot.incident_counts(one.selection if group == "school" else chosen)
        for group, chosen in one.groups.items()
    }
    own = counts["school"].set_index("incident_type")["n"].sort_values(ascending=False, kind="stable")
    own = own[own > 0]
    sentence = "Un dossier peut avoir plusieurs types."
    if published is not None and record is not None:
        sentence = _beside_published(own, published, record)
    elif "school_level" in counts and len(own):
        others = counts["school_level"].set_index("incident_type")["n"]
        n_others = int(one.snapshot.case_counts(one.groups["school_level"])["n"].iloc[0])
        beside = [
            f"{INCIDENT_TYPES.label(code)} {percent(n / one.school['n'])} et {percent(others.get(code, 0) / n_others)}"
            for code, n in own.head(MOST_BESIDE if n_others else 0).items()
        ]
        if beside:
            sentence += f" Part des dossiers, ici et, {one.group_labels['school_level']} : {' ; '.join(beside)}."
    shown = {INCIDENT_TYPES.label(str(code)): Cell(int(n)) for code, n in own.head(MOST_TYPES).items()}
    rest = own.iloc[MOST_TYPES:]
    return Bars(
        "Ses dossiers par type",
        sentence,
        shown | ({f"{count(len(rest), 'autre type', 'autres types')}": Cell(int(rest.sum()))} if len(rest) else {}),
    )


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
        told = {
            code: cell.share
            for label, codes in published.categories["relay"].items()
            for code in codes
            if (cell := published.cells.get((label, TOTAL, "Dans le délai"))) is not None
        }
        beside[f"Toutes les écoles ({record.period}, publié)"] = [
            percent(told.get(step) or math.nan) for step in judged["step"]
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
    cases = work.listed(one.snapshot.work_list(one.selection, most=MOST_LISTED), one.snapshot.as_of)
    n_of = work.summary(one.snapshot.work_counts(one.selection))["n"]
    rows = [
        [
            day(row["report_week"]),
            SCHOOL_LEVELS.label(row["school_level"]),
            "vie menacée" if row["danger"] else "",
            shorten(row["missing"], 62, placeholder="…"),
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
