"""What an import would keep: column by column, and how far the records could still be told apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from analytics.domain.french import count, listing, number
from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.intake.checking import Fault
from analytics.intake.mapping import REGISTER, Layout

MAX_STEPS_NAMED = 5

FATES: dict[str, str] = {"kept": "gardé", "coarsened": "réduit ou remplacé", "dropped": "laissé de côté"}


def preview_columns(layout: Layout) -> pd.DataFrame:
    """What becomes of each column of a register, in the order of the file: [header, fate, becomes].

    ``header`` is as the coordinator typed it. ``fate`` is a key of :data:`FATES`; ``becomes`` says in French what is left.
    """
    fields = {layout.columns[field.code]: field for field in REGISTER if field.code in layout.columns}
    rows = []
    for index, cell in enumerate(layout.sheet.rows[layout.header_row]):
        header = str(cell).strip()
        if index in fields:
            becomes = fields[index].becomes
            rows.append((header, "kept" if becomes.startswith("gardé") else "coarsened", becomes))
        elif header:
            rows.append((header, "dropped", "laissé de côté, jamais enregistré"))
    return pd.DataFrame(rows, columns=["header", "fate", "becomes"], dtype="str")


def unread_steps_sentence(layout: Layout) -> str:
    """The steps that no column of the register is, in a French sentence; "" when there is none.

    Counted as not done, they would otherwise give shares of 0 % for a header that is not recognised.
    """
    unread = [f"« {field.header} »" for field in REGISTER if field.step and field.code not in layout.columns]
    if not unread:
        return ""
    named = (
        unread
        if len(unread) <= MAX_STEPS_NAMED
        else [*unread[:MAX_STEPS_NAMED], f"{len(unread) - MAX_STEPS_NAMED} autres"]
    )
    return f"Aucune colonne n’est reconnue pour {listing(named)} : ces étapes comptent comme non faites."


def refused_rows(faults: Iterable[Fault]) -> pd.DataFrame:
    """Why rows are refused, a row of the register a row: [row, reasons], in the order of the file."""
    reasons: dict[int, list[str]] = {}
    for fault in faults:
        reasons.setdefault(fault.row, []).append(fault.reason)
    rows = sorted((row, " ".join(found)) for row, found in reasons.items())
    return pd.DataFrame(rows, columns=["row", "reasons"])


def residual_risk(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """How far the records could still be told apart: one row [n_cases, n_alone, smallest_group].

    ``tables`` holds ``cases`` and ``case_incidents`` of :mod:`analytics.domain.schema`. As in
    :meth:`Snapshot.residual_risk`, a case is alone when no other has its school, month of report, level and incident
    types; a week counts in the month of its Thursday.
    """
    cases = tables["cases"]
    incidents = tables["case_incidents"]
    powers = {code: 2**position for position, code in enumerate(INCIDENT_TYPES)}  # a sum of them is a set of types
    kinds = incidents["incident_type"].map(powers).groupby(incidents["case_id"]).sum()
    groups = pd.DataFrame(
        {
            "school": cases["school_id"],
            "month": (cases["report_week"] + pd.Timedelta(days=3)).dt.to_period("M"),
            "level": cases["school_level"],
            "kinds": cases["case_id"].map(kinds),
        }
    ).value_counts(dropna=False)
    smallest = groups.min() if len(groups) else pd.NA
    counts = {"n_cases": [len(cases)], "n_alone": [int((groups == 1).sum())], "smallest_group": [smallest]}
    return pd.DataFrame(counts, dtype="Int64")


def risk_sentence(risk: pd.DataFrame) -> str:
    """The residual risk in a French sentence. ``risk`` is :func:`residual_risk` or :meth:`Snapshot.residual_risk`."""
    n_cases, n_alone, smallest = risk[["n_cases", "n_alone", "smallest_group"]].iloc[0]
    if not n_cases:
        return "Risque résiduel : aucun dossier."
    return (
        f"Risque résiduel : {count(n_alone, 'dossier')} sur {number(n_cases)} "
        f"{'est seul' if n_alone < 2 else 'sont seuls'} dans leur combinaison d’école, de mois, de niveau et de faits ; "
        f"le plus petit groupe en compte {number(smallest)}."
    )
