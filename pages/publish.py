"""Publier: what may leave the service, with the proof that it exposes nobody."""

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from analytics import publishing
from analytics.disclosure.catalogue import CatalogueError, load_catalogue
from analytics.disclosure.records import past_records
from analytics.french import typeset
from analytics.school_calendar import TIMEZONE
from pages import _data, _widgets
from pages import _publication as parts

_widgets.title("Publier", "Que peut-on montrer au dehors sans exposer personne ?")
snapshot, store, catalogue = _data.snapshot(), _data.store(), load_catalogue()
if snapshot.is_demo:
    st.warning("**Données fictives.** La publication le dira à chaque page.", icon=":material/science:")

periods = parts.closed_periods(catalogue, snapshot)
if not periods:
    st.info("Aucune période n'est encore close. Une période se publie une fois terminée.", icon=":material/schedule:")
    st.stop()
code = st.selectbox(
    "Période",
    list(periods),
    format_func=lambda code: periods[code].label,
    key="publier_periode",
    bind="query-params",
)
st.caption(
    typeset(
        f"{periods[code].words}. Une année dont un trimestre est publié ne se publie plus entière, et l'inverse : leur "
        "différence trahirait le reste."
    )
)

before = publishing.already_published(store, snapshot, periods[code], catalogue)
if before is not None:
    st.success("Cette période est publiée. Voici ses fichiers, toujours les mêmes.", icon=":material/task_alt:")
    parts.offer_files(dict(before.files), code)
    st.stop()

st.markdown(
    typeset(
        "**Comment ça marche.** Les tableaux d'un catalogue fermé sont comptés, les petits nombres retenus, et les autres "
        "nombres qui les trahiraient aussi. Un second programme attaque ensuite le tout, comme n'importe qui, puis comme "
        "chaque école.\n\n**Que faire.** Relisez l'aperçu, puis publiez : la publication est enregistrée, et les suivantes "
        "en tiennent compte."
    )
)
if st.toggle("Préparer l'aperçu", key="publier_preparer"):
    n_records = len(past_records(store.folder))
    today = datetime.now(ZoneInfo(TIMEZONE)).date()
    try:
        found = parts.proposal(str(store.folder), snapshot.version, code, n_records, today)
    except CatalogueError as error:
        st.error(typeset(str(error)), icon=":material/error:")
        st.stop()
    parts.show_proof(found)
    parts.offer(found, n_records)
    parts.show_tables(found)
