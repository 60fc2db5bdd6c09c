"""What an import has understood and would keep: column by column, and how far the records could still be told apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product

import pandas as pd

from analytics.domain.french import count, day, listing, number
from analytics.domain.risk import ResidualRisk
from analytics.domain.schema import Tables
from analytics.domain.vocabulary import INCIDENT_TYPES, OUTCOMES
from analytics.intake.checking import Fault, data_rows
from analytics.intake.columns import Columns
from analytics.intake.dates import Moments, Order
from analytics.intake.layout import Layout, field_code
from analytics.intake.mapping import ALSO_READ, REGISTER
from analytics.intake.ordering import Orders
from analytics.intake.questions import ColumnReading, SheetReading, Understanding

MAX_STEPS_NAMED = 5
_FIELDS = {field.code: field for field in (*REGISTER, *ALSO_READ)}


def understand(
    layouts: Sequence[Layout],
    columns: Columns,
    orders: Orders,
    set_aside: Mapping[str, int],
    sheets: Sequence[SheetReading],
    notes: Sequence[str],
    cases: pd.DataFrame,
) -> Understanding:
    """« Ce que Relais a compris » of a register whose columns are read; ``cases`` are the accepted ones."""
    readings = [
        _read_column(layout, index, columns, orders, set_aside, len(layouts) > 1)
        for layout in layouts
        for index, header in enumerate(layout.headers)
        if header
    ]
    n_formulas = sum(
        len(set(product(data_rows(layout).tolist(), layout.columns.values())) & layout.sheet.formulas)
        for layout in layouts
        if layout.sheet.formulas
    )
    said = [*notes]
    if n_formulas:
        said.append(
            f"{count(n_formulas, 'cellule est une formule', 'cellules sont des formules')} : leur valeur compte."
        )
    tells_closure = any({"closed", "status"} & set(layout.columns) for layout in layouts)
    if not tells_closure:
        said.append("Ce registre ne dit rien des clôtures : tous ses dossiers comptent comme ouverts.")
    return Understanding(tuple(readings), tuple(sheets), tuple(said), cases_by_school_and_year(cases), tells_closure)


def cases_by_school_and_year(cases: pd.DataFrame) -> pd.DataFrame:
    """How many ``cases`` each school has in each school year: [school_year, school_id, n]."""
    return cases.value_counts(["school_year", "school_id"], sort=False).reset_index(name="n")


def _read_column(
    layout: Layout, index: int, columns: Columns, orders: Orders, set_aside: Mapping[str, int], several: bool
) -> ColumnReading:
    """How a column was read, in French."""
    sheet = layout.sheet.name if several else ""
    code = next((code for code, column in layout.columns.items() if column == index), "")
    header = layout.headers[index]
    if not code:
        return ColumnReading(header, "", "dropped", "laissé de côté, jamais enregistré", sheet=sheet)
    field = _FIELDS[field_code(code)]
    fate = "kept" if field.becomes.startswith("gardé") else "coarsened"
    parts = [f"lue comme « {field.header} »"]
    moments = _moments(field_code(code), columns)
    if moments is not None:
        parts += _describe_moments(moments, orders.of(layout).get(code))
    if n := set_aside.get(code):
        parts.append(f"{count(n, 'cellule non comprise compte', 'cellules non comprises comptent')} comme inconnu")
    if n := set_aside.get(f"several:{code}"):
        parts.append(
            f"de {count(n, 'cellule qui en dit plusieurs', 'cellules qui en disent plusieurs')}, le premier compte"
        )
    return ColumnReading(header, code, fate, field.becomes, " ; ".join(parts), sheet)


def _moments(code: str, columns: Columns) -> Moments | None:
    if code.startswith("step:"):
        return columns.steps[code.removeprefix("step:")][0]
    return {"reported": columns.reported, "closed": columns.closed, "facts_on": columns.facts}.get(code)


def _describe_moments(moments: Moments, order: Order | None) -> list[str]:
    dated = moments.local.dropna()
    parts = []
    if len(dated):
        first = "jour" if order is not Order.MONTH_FIRST else "mois"
        parts.append(f"le {first} d’abord, du {day(dated.min())} au {day(dated.max())}")
    for place, code in enumerate(OUTCOMES):
        if n := int((moments.outcomes == place).sum()):
            said = "sans date" if code == "done" else OUTCOMES.label(code).lower()
            parts.append(f"{number(n)} {said}")
    return parts


def unread_steps_sentence(fields: Collection[str]) -> str:
    """The steps that no column of the register is, in a French sentence; "" when there is none.

    Counted as not done, they would give shares of 0 % for a header that is not recognised: they are not known.
    """
    unread = [f"« {field.header} »" for field in REGISTER if field.step and field.code not in fields]
    if not unread:
        return ""
    named = (
        unread
        if len(unread) <= MAX_STEPS_NAMED
        else [*unread[:MAX_STEPS_NAMED], f"{len(unread) - MAX_STEPS_NAMED} autres"]
    )
    return f"Aucune colonne n’est reconnue pour {listing(named)} : ces étapes comptent comme inconnues."


def refused_rows(faults: Iterable[Fault]) -> pd.DataFrame:
    """Why rows are refused, a row of the register a row: [row, reasons], in the order of the file."""
    reasons: dict[int, list[str]] = {}
    for fault in faults:
        reasons.setdefault(fault.row, []).append(fault.reason)
    rows = sorted((row, " ".join(found)) for row, found in reasons.items())
    return pd.DataFrame(rows, columns=["row", "reasons"])


def residual_risk(tables: Tables) -> ResidualRisk:
    """As :meth:`Snapshot.residual_risk`, of ``cases`` and ``case_incidents`` that are not yet imported."""
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
    return ResidualRisk(len(cases), int((groups == 1).sum()), int(groups.min()) if len(groups) else None)
