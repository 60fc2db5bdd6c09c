"""The data dictionary: every table of the store, its columns and their codes, as the schema declares them."""

from __future__ import annotations

import pandas as pd

from analytics.domain.schema import TABLES

TYPES = {
    "VARCHAR": "texte",
    "DATE": "date",
    "INTEGER": "nombre entier",
    "BOOLEAN": "oui ou non",
    "TIMESTAMPTZ": "instant",
}


def dictionary() -> pd.DataFrame:
    """Every column of every table, one row per column, or one per code where its words are a closed list.

    Returns, under French headings: Table, Une ligne est, Colonne, Type, Signification, Peut être vide, Code, Libellé,
    Définition; the last three are empty for a column without codes.
    """
    rows = []
    for table in TABLES.values():
        for column in table.columns:
            terms = [(code, term.label, term.definition) for code, term in (column.terms or {}).items()]
            about = (table.name, table.row, column.name, TYPES[column.type], column.meaning, column.nullable)
            rows += [(*about, *term) for term in terms or [("", "", "")]]
    headings = ["Table", "Une ligne est", "Colonne", "Type", "Signification", "Peut être vide"]
    return pd.DataFrame(rows, columns=[*headings, "Code", "Libellé", "Définition"])


def labels(column: str) -> dict[str, str]:
    """The French label of each code of ``column``, in order: ``labels("school_level")``. Empty where it has no codes."""
    columns = [known for table in TABLES.values() for known in table.columns if known.name == column and known.terms]
    return {code: term.label for known in columns for code, term in (known.terms or {}).items()}
