"""The parts of the page Publier: the proof, once a version of the data, and what is shown of it."""

from __future__ import annotations

from datetime import date

import streamlit as st

from analytics import publishing
from analytics.disclosure.catalogue import Catalogue, Period, load_catalogue
from analytics.disclosure.proposing import Proposal
from analytics.documents.publication import certificate, refusal_words
from analytics.documents.publication_files import zipped
from analytics.documents.publication_preview import reasons_frame, table_frame
from analytics.failures import RefusedError
from analytics.french import count, typeset
from analytics.store import Snapshot, StoreError
from pages import _data


def closed_periods(catalogue: Catalogue, snapshot: Snapshot) -> dict[str, Period]:
    """The periods of the school years of the records that are over: whole years first, the last one on top."""
    years = set(snapshot.choices().iloc[0]["school_years"])
    closed = [
        period
        for period in catalogue.periods.values()
        if period.school_year in years and period.last_day < snapshot.as_of
    ]
    closed.sort(key=lambda period: (not period.months, period.last_day), reverse=True)
    return {period.code: period for period in closed}


@st.cache_resource(show_spinner="Protection, puis attaque de tous les tableaux…", max_entries=4)
def proposal(folder: str, version: str, period: str, n_records: int, today: date) -> Proposal:
    """What can be published; the same as long as the records, the past releases and the day are."""
    catalogue = load_catalogue()
    return publishing.prepare(_data.store(), _data.snapshot(), catalogue.period(period), catalogue, today)


def show_proof(found: Proposal) -> None:
    if found.release is None:
        st.warning(
            typeset(
                "La version exacte n'a pas pu être prouvée sûre : elle n'est pas publiée. La version arrondie, sans "
                "certificat, peut l'être."
            ),
            icon=":material/gpp_maybe:",
        )
        return
    st.success(typeset(certificate(found.release)), icon=":material/verified_user:")
    st.caption(typeset(f"Protégé et attaqué en {count(round(found.seconds), 'seconde')}."))
    for title in found.release.refused:
        st.info(typeset(refusal_words(title)), icon=":material/block:")


def show_tables(found: Proposal) -> None:
    for table in (found.release or found.rounded).tables:
        st.subheader(table.title, anchor=False)
        wide = {heading: st.column_config.Column(width=150) for heading in table.labels(-1)}
        st.dataframe(table_frame(table), hide_index=True, column_config=wide, alt=table.title)
    reasons = reasons_frame(found)
    if len(reasons):
        st.header("Pourquoi ces nombres sont retenus", anchor=False)
        st.caption(typeset("Pour le service seulement : la raison n'est jamais publiée."))
        st.dataframe(reasons, hide_index=True, alt="Raison de chaque nombre retenu")


def offer(found: Proposal, n_records: int) -> None:
    """The button that publishes; what left is then offered as one archive."""
    label = "Publier et enregistrer" if found.release else "Publier la version arrondie et enregistrer"
    if st.button(label, type="primary", icon=":material/publish:", key="publier_enregistrer"):
        try:
            publishing.let_out(_data.store(), found.release or found.rounded, n_records)
        except (RefusedError, StoreError) as error:
            st.error(typeset(str(error)), icon=":material/error:")
            return
        st.rerun()


def offer_files(files: dict[str, bytes], period: str) -> None:
    st.download_button(
        "Télécharger les fichiers (ZIP)",
        zipped(files),
        f"publication-{period}.zip",
        "application/zip",
        on_click="ignore",
        icon=":material/download:",
    )
