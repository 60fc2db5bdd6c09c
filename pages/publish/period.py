"""A closed period: the proof of what can be published, once per version of the data, the preview, and the files."""

from datetime import date

import streamlit as st

from analytics.disclosure.catalogue import Catalogue, Period, load_catalogue
from analytics.disclosure.release import Release
from analytics.disclosure.release_proposal import Proposal
from analytics.disclosure.release_records import past_records
from analytics.disclosure.wording import certificate, explain_refusal
from analytics.documents.publication import unzipped
from analytics.documents.publication_layout import reasons_frame, table_frame
from analytics.documents.publication_pdf import publication_pdf
from analytics.domain.errors import RelaisError
from analytics.domain.french import count
from analytics.domain.timezone import now
from analytics.store import Snapshot, Store
from analytics.workflows import publishing
from pages import _access, _data
from pages._widgets import Context, offer_file, text
from pages.publish.released import offer_release, offer_report


def show(context: Context) -> None:
    """Choose a closed period, see its proof and its preview, publish it; or take again what was published of it."""
    snapshot, store, catalogue = context.snapshot, _data.store(), load_catalogue()
    periods = _closed_periods(catalogue, snapshot)
    if not periods:
        text.info("Aucune période n’est encore close. Une période se publie une fois terminée.", "schedule")
        return
    code = st.selectbox(
        "Période",
        list(periods),
        format_func=lambda code: periods[code].label,
        key="publier_periode",
        bind="query-params",
    )
    period = periods[code]
    text.caption(f"{period.description}.")
    before = publishing.already_published(store, snapshot, period)
    if before is not None:
        text.success("Cette période est publiée. Voici ses fichiers, toujours les mêmes.", "task_alt")
        offer_release(before, context)
        return
    if publishing.may_be_unknown(snapshot, period) and not _never_before(store, period):
        return
    text.paragraph(
        "**Comment ça marche.** Les tableaux d’un catalogue fermé sont comptés, les petits nombres retenus, et les autres "
        "nombres qui les trahiraient aussi. Un second programme attaque ensuite le tout, comme n’importe qui, puis comme "
        "chaque école.\n\n**Que faire.** Relisez l’aperçu ou le projet, puis publiez : la publication est enregistrée, et les "
        "suivantes en tiennent compte."
    )
    offer_report(code, context, internal=True)
    if not st.toggle("Préparer l’aperçu", key="publier_preparer"):
        return
    n_records = len(past_records(publishing.places(store, snapshot)))
    today = now().date()
    found = snapshot.remember(("proposal", code, n_records, today), lambda: _proposal(store, snapshot, code, today))
    _show_proof(found)
    release = found.release or found.rounded
    name = f"projet-{code}.pdf"
    offer_file(
        "Lire le projet (PDF)", lambda: publication_pdf(release, draft=True), name, "publier_projet", act="publication"
    )
    _offer(release, n_records, publishing.consequence(period, catalogue))
    _show_tables(found)


def _never_before(store: Store, period: Period) -> bool:
    """Whether the reader says that a period was never published; files of a release are recorded again."""
    text.info(publishing.ASK_BEFORE, "help")
    answers = {"non": "Non, jamais", "oui": "Oui, voici ses fichiers"}
    said = st.radio("Publiée avant ?", answers, None, format_func=answers.get, key=f"publier_avant_{period.code}")
    if said != "oui":
        return said == "non"
    uploaded = st.file_uploader("Les fichiers de cette publication (ZIP)", "zip", key="publier_avant_fichiers")
    if uploaded is not None:
        try:
            publishing.record_earlier(store, period, unzipped(uploaded.getvalue()))
        except RelaisError as error:
            text.error(str(error))
        else:
            st.rerun()
    return False


def _closed_periods(catalogue: Catalogue, snapshot: Snapshot) -> dict[str, Period]:
    """The periods of the school years of the records that are over: whole years first, the last one on top."""
    years = set(snapshot.choices().school_years)
    closed = [
        period
        for period in catalogue.periods.values()
        if period.school_year in years and period.last_day < snapshot.as_of
    ]
    closed.sort(key=lambda period: (not period.months, period.last_day), reverse=True)
    return {period.code: period for period in closed}


def _proposal(store: Store, snapshot: Snapshot, period: str, today: date) -> Proposal:
    """What can be published; the same as long as the records, the past releases and the day are."""
    catalogue = load_catalogue()
    with st.spinner("Protection, puis attaque de tous les tableaux…"):
        return publishing.prepare(store, snapshot, catalogue.period(period), catalogue, today)


def _show_proof(found: Proposal) -> None:
    if found.release is None:
        text.warning(
            "La version exacte n’a pas pu être prouvée sûre : elle n’est pas publiée. La version arrondie, sans "
            "certificat, peut l’être.",
            "gpp_maybe",
        )
        return
    text.success(certificate(found.release), "verified_user")
    text.caption(f"Protégé et attaqué en {count(round(found.seconds), 'seconde')}.")
    for title in found.release.refused:
        text.info(explain_refusal(title), "block")


def _show_tables(found: Proposal) -> None:
    for table in (found.release or found.rounded).tables:
        st.header(table.title, anchor=False)
        wide = {heading: st.column_config.Column(width=150) for heading in table.labels(-1)}
        st.dataframe(table_frame(table), hide_index=True, column_config=wide, alt=table.title)
    reasons = reasons_frame(found)
    if len(reasons):
        text.header("Pourquoi ces nombres sont retenus", anchor=False)
        text.caption("Pour le service seulement : la raison n’est jamais publiée.")
        st.dataframe(reasons, hide_index=True, alt="Raison de chaque nombre retenu")


def _offer(release: Release, n_records: int, consequence: str) -> None:
    """The button that publishes, once its consequence is read; what left is then offered as one archive."""
    label = "Publier la version arrondie" if release.is_rounded else "Publier"
    asked = f"publier_sur_{release.period.code}"
    if not st.session_state.get(asked):
        if st.button(f"{label}…", type="primary", icon=":material/publish:", key="publier_demander"):
            st.session_state[asked] = True
            st.rerun()
        return
    text.warning(f"**Une publication ne se reprend pas.** {consequence}", "publish")
    with st.container(horizontal=True):
        is_sure = st.button(f"{label} et enregistrer", type="primary", key="publier_enregistrer")
        if st.button("Pas maintenant", key="publier_renoncer") or is_sure:
            del st.session_state[asked]
    if is_sure:
        try:
            with _access.acting("publish") as what:
                publishing.record_and_render(_data.store(), release, n_records)
                what["period"] = release.period.code
        except RelaisError as error:
            text.error(str(error))
            return
    if not st.session_state.get(asked):
        st.rerun()
