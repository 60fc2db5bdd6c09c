"""What an import would do: the rows that can be taken, what they would change, and what would be kept of them."""

import pandas as pd
import streamlit as st

from analytics.domain.french import listing
from analytics.intake.duplicates import duplicate_sentences
from analytics.intake.previewing import FATES, residual_risk, risk_sentence
from analytics.workflows import import_sentences as sentences
from analytics.workflows.importing import Import
from pages._widgets import text


def show(done: Import) -> None:
    extract = done.extract
    read = sentences.rows_read(extract)
    if not extract.n_accepted:
        text.error(f"{read} {sentences.result(done, dry_run=True, published=False)}")
        return
    text.info(f"{read} {sentences.changes(done.changes)}", "fact_check")
    for warning in sentences.warnings(
        done, "Indiquez-le plus haut.", "Si vos en-têtes sont autres, dites-le plus bas."
    ):
        text.warning(text.plain(warning))
    for sentence in sentences.understood(extract.understanding):
        text.paragraph(sentence)
    columns = extract.understanding.columns
    dropped = [column.header for column in columns if column.fate == "dropped"]
    st.markdown(
        text.plain(f"Colonnes laissées de côté, jamais enregistrées : {listing(dropped)}.")
        if dropped
        else "Aucune colonne n’est laissée de côté."
    )
    with st.expander("Ce que Relais a compris"):
        rows = [(column.header, FATES[column.fate], column.becomes, column.description) for column in columns]
        shown = pd.DataFrame(rows, columns=["Votre colonne", "Sort", "Ce qui en reste", "Comment elle est lue"])
        text.plain_table(shown, "Ce que Relais a compris")
    if doubled := duplicate_sentences(done.duplicates):
        first, *pairs = doubled
        with st.expander(text.plain(first)):
            st.markdown("\n".join(f"- {text.plain(pair)}" for pair in pairs))
    st.markdown(text.plain(risk_sentence(residual_risk(extract.tables))))
