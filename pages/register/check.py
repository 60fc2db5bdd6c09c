"""What an import would do, and « Ce que Relais a compris » before it: each column and how it was read, and the cases."""

import streamlit as st

from analytics.domain.french import listing
from analytics.intake.previewing import residual_risk
from analytics.workflows import import_sentences as sentences
from analytics.workflows.importing import Import
from pages._widgets import text

MAX_COLUMNS = 8  # shown at once, on a phone too; the others are folded


def counts(done: Import) -> None:
    """The counts, and what deserves a second look before anything is imported."""
    extract = done.extract
    read = sentences.rows_read(extract)
    if not extract.n_accepted:
        text.error(f"{read} {sentences.result(done, dry_run=True, published=False)}")
        return
    text.info(f"{read} {sentences.changes(done.changes)}", "fact_check")
    for warning in sentences.warnings(done, "Indiquez-le plus haut.", "Si c’est faux, changez ces en-têtes."):
        text.warning(text.plain(warning))


def understood(done: Import) -> None:
    extract = done.extract
    lines = [*sentences.understood(extract.understanding), residual_risk(extract.tables).sentence]
    dropped = [column.header for column in extract.understanding.columns if column.fate == "dropped"]
    if dropped:
        lines.insert(-1, f"Colonnes laissées de côté, jamais enregistrées : {listing(dropped)}.")
    with st.expander("Ce que Relais a compris", expanded=True):
        columns = sentences.columns_read(extract.understanding)
        text.bullets([*columns[:MAX_COLUMNS], *lines])
    if more := columns[MAX_COLUMNS:]:
        with st.expander(f"Les {len(more)} autres colonnes" if len(more) > 1 else "Une autre colonne"):
            text.bullets(more)
    if extract.n_accepted:
        with st.expander("Les dossiers par école et par année scolaire"):
            text.plain_table(sentences.cases_by_school(extract), "Les dossiers par école et par année scolaire")
