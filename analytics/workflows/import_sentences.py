"""What an import found and did, in French: one set of sentences for ``relais import`` and the page Registre."""

from __future__ import annotations

import pandas as pd

from analytics.domain.french import count, day, listing
from analytics.intake import Changes, Extract, Understanding
from analytics.intake.merging import lost_fields_sentence
from analytics.intake.previewing import refused_rows, unread_steps_sentence
from analytics.workflows.importing import Import

MAX_LISTED = 50
NEEDED = ("case_number", "school", "reported", "incidents", "year", "level", "closed", "status")  # what is shown first


def fault_lists(extract: Extract) -> list[tuple[str, pd.DataFrame]]:
    """The lists of what is wrong that are not empty, each with its title: :func:`refused_rows` of a sheet."""
    refused = f"{count(extract.n_refused, 'ligne refusée', 'lignes refusées')}, et pourquoi"
    lists = (
        ("Feuille Écoles, à compléter", extract.school_faults),
        ("Feuille Actions, à compléter", extract.action_faults),
        (refused, extract.faults),
    )
    return [(title, refused_rows(faults)) for title, faults in lists if faults]


def not_listed(rows: pd.DataFrame) -> str:
    """How many ``rows`` a list of :data:`MAX_LISTED` leaves out; "" when it holds them all."""
    return f"Et {len(rows) - MAX_LISTED} autres." if len(rows) > MAX_LISTED else ""


def rows_read(extract: Extract) -> str:
    """How many rows were read, accepted and refused, and the day of the extract."""
    return (
        f"{count(extract.n_read, 'ligne lue', 'lignes lues')} : {count(extract.n_accepted, 'acceptée')}, "
        f"{count(extract.n_refused, 'refusée')}. Situation au {day(extract.as_of)}."
    )


def understood(found: Understanding) -> list[str]:
    """The sheets that were read or not, where there are several, and what was taken in one way."""
    sheets = [
        f"Feuille « {sheet.name} » ({count(sheet.n_rows, 'ligne')}) : "
        f"{'lue' if sheet.is_read else f'non lue, {sheet.reason}'}."
        for sheet in found.sheets
    ]
    return [*(sheets if len(sheets) > 1 else []), *found.notes]


def columns_read(found: Understanding) -> list[str]:
    """How each column that counts was read, in French: what every case needs first, a column of several sheets once."""
    sheets: dict[tuple[str, ...], list[str]] = {}
    for column in found.columns:
        if column.fate != "dropped":
            key = (column.field, column.header, column.description, column.becomes)
            sheets.setdefault(key, []).append(column.sheet)
    n_sheets = len({column.sheet for column in found.columns})
    return [
        f"« {header} »{f' ({listing(of)})' if len(of) < n_sheets else ''}, {description} : {becomes}."
        for (field, header, description, becomes), of in sorted(
            sheets.items(), key=lambda item: item[0][0] not in NEEDED
        )
    ]


def cases_by_school(extract: Extract) -> pd.DataFrame:
    """The accepted cases, one row per school and one column per school year, the school with most cases first."""
    names = extract.tables["schools"].set_index("school_id")["name"].to_dict()
    cases = extract.understanding.cases
    table = cases.assign(École=[names.get(code, code) for code in cases["school_id"]]).pivot_table(
        index="École", columns="school_year", values="n", aggfunc="sum", fill_value=0
    )
    table = table.loc[table.sum(axis="columns").sort_values(ascending=False, kind="stable").index]
    return table.rename_axis(columns=None).reset_index()


def changes(found: Changes) -> str:
    """What an import does to the known cases."""
    text = (
        f"{count(found.new, 'nouveau dossier', 'nouveaux dossiers')}, {count(found.changed, 'modifié')}, "
        f"{count(found.unchanged, 'inchangé')}."
    )
    if found.missing:
        known = count(found.missing, "dossier déjà connu n’est", "dossiers déjà connus ne sont")
        text += f" {known} pas dans ce fichier : Relais {'le' if found.missing == 1 else 'les'} garde."
    return text


def warnings(done: Import, how_to_give_the_day: str, how_to_give_headers: str) -> list[str]:
    """What deserves a second look before the records are trusted, with what the place offers against it."""
    extract, found = done.extract, [sentence for sentence in (lost_fields_sentence(done.lost_fields),) if sentence]
    if extract.n_refused and extract.refused_digest == done.known_refused:
        again = count(extract.n_refused, "ligne est refusée, la même", "lignes sont refusées, les mêmes")
        found.append(
            f"Comme à la dernière importation, {again}. Tant que votre registre n’est pas corrigé, ces dossiers manquent "
            "chaque fois."
        )
    if not extract.as_of_given:
        found.append(
            f"Le fichier ne dit pas de quel jour il date : c’est aujourd’hui qui compte. {how_to_give_the_day}"
        )
    if extract.n_accepted and (unread := unread_steps_sentence(extract.fields)):
        found.append(f"{unread} {how_to_give_headers}")
    if extract.n_accepted and done.known_as_of is not None and extract.as_of < done.known_as_of:
        found.append(
            f"Attention : cet extrait est plus ancien que le dernier importé ({day(done.known_as_of)}). Les dossiers qu’il "
            "contient reviennent à leur état d’alors."
        )
    return found


def result(done: Import, *, dry_run: bool, published: bool) -> str:
    """What became of the records."""
    if not done.extract.n_read:
        return "Le registre ne contient pas encore de dossier : rien n’a changé."
    if not done.extract.n_accepted:
        return "Aucune ligne ne peut être importée : rien n’a changé."
    if dry_run:
        return "Vérification seule : rien n’a été importé."
    return "Le registre est importé." if published else "Rien n’a changé : ces dossiers étaient déjà connus tels quels."
