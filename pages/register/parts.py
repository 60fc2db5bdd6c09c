"""The pieces of the page Registre: the files to choose, the preview, the refused rows, the unknown words, the history."""

from __future__ import annotations

import re

import pandas as pd
import streamlit as st

from analytics.domain.french import count, listing, typeset
from analytics.intake import OwnWords, Question, RefusedFileError, load_own_words, own_words_toml, together
from analytics.intake.checking import Fault
from analytics.intake.dates import parse_moment
from analytics.intake.duplicates import duplicate_sentences
from analytics.intake.merging import gone_sentence
from analytics.intake.previewing import (
    FATES,
    refused_rows,
    residual_risk,
    risk_sentence,
    unread_steps_sentence,
)
from analytics.spreadsheets.reading import FILE_TYPES
from analytics.store import Store
from analytics.workflows.importing import Import
from pages.register import state

MAX_LISTED = 50
MAX_ASKED = 5  # questions in one form, the commonest first
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# Streamlit's own words on the button and beside it are English: French ones stand in their place.
_FRENCH_UPLOAD = """<style>
[data-testid="stFileUploaderDropzone"] button p { font-size: 0; }
[data-testid="stFileUploaderDropzone"] button p::after { content: "Choisir un fichier"; font-size: 1rem; }
[data-testid="stFileUploaderDropzoneInstructions"] span { display: none; }
[data-testid="stFileUploaderDropzoneInstructions"]::after { content: "LIMIT Mo au plus"; font-size: .875rem; }
</style>"""


def plain(text: str) -> str:
    """``text`` with the spaces of French typography, where no character is taken for Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>~$|]|:(?=[\w/])|^[#+-])", r"\\\1", typeset(text))


def table(frame: pd.DataFrame, alt: str) -> None:
    """A small table, readable by a screen reader; its text is shown as it is."""
    shown = frame.map(lambda value: plain(value) if isinstance(value, str) else value)
    st.table(shown, hide_index=True, alt=alt)


def show_said(place: str) -> None:
    """What the last action of a ``place`` of the page did, once."""
    text, failed = state.said(place)
    if failed:
        st.error(plain(text), icon=":material/error:")
    elif text:
        st.success(plain(text), icon=":material/check_circle:")


def choose_files() -> state.Upload | None:
    """The widgets for the files; None while there is no register, or while something about it cannot be read."""
    turn = state.turn()
    st.html(_FRENCH_UPLOAD.replace("LIMIT", str(st.get_option("server.maxUploadSize"))))
    register = st.file_uploader(
        "Votre registre (XLSX, ODS ou CSV)", type=list(FILE_TYPES), key=f"registre_fichier_{turn}"
    )
    with st.expander("Les écoles, le jour de l’extrait ou vos propres mots sont ailleurs"):
        schools = st.file_uploader(
            "La liste des écoles, si elle n’est pas une feuille du registre",
            type=list(FILE_TYPES),
            key=f"registre_ecoles_{turn}",
        )
        mapping = st.file_uploader(
            "Vos correspondances, gardées d’une autre fois", type=["toml"], key=f"registre_correspondances_{turn}"
        )
        typed = st.text_input(
            "Le jour de l’extrait, si le fichier ne le dit pas", placeholder="12/06/2026", key=f"registre_jour_{turn}"
        )
    moment = parse_moment(typed) if typed.strip() else None
    if typed.strip() and moment is None:
        st.error(typeset("Le jour de l’extrait s’écrit 12/06/2026."), icon=":material/error:")
        return None
    if register is None:
        return None
    try:
        own_words = load_own_words(mapping.getvalue()) if mapping else OwnWords()
    except RefusedFileError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    own_words = together(own_words, state.answers())
    as_of = moment.date() if moment else None
    files = tuple(file.file_id if file else "" for file in (register, schools, mapping))
    token = (files, as_of, own_words)
    return state.Upload(register.getvalue(), schools.getvalue() if schools else None, as_of, own_words, token)


def show_refused(done: Import) -> None:
    """The refused rows, row by row, and the workbook to correct them, made when it is asked for and kept nowhere."""
    from analytics.intake.correcting import refused_workbook

    extract = done.extract
    _show_faults(extract.school_faults, "Feuille Écoles, à compléter")
    _show_faults(extract.action_faults, "Feuille Actions, à compléter")
    if not extract.n_refused:
        return
    _show_faults(extract.faults, f"{count(extract.n_refused, 'ligne refusée', 'lignes refusées')}, et pourquoi")
    st.download_button(
        "Télécharger les lignes refusées, à corriger",
        data=lambda: refused_workbook(extract),
        file_name="lignes-a-corriger.xlsx",
        mime=XLSX,
        icon=":material/download:",
        key="registre_refusees",
        on_click="ignore",  # a new run of the page could forget the file before the browser has it
    )
    st.caption(
        typeset(
            "Ce classeur contient des noms : corrigez-le, importez-le ici, puis supprimez-le. "
            "Relais le fait au moment du clic et l’oublie dès que vous avez terminé."
        )
    )


def _show_faults(faults: list[Fault], title: str) -> None:
    if not faults:
        return
    rows = refused_rows(faults)
    st.markdown(f"**{typeset(title)}**")
    table(rows.head(MAX_LISTED).rename(columns={"row": "Ligne", "reasons": "Pourquoi"}), title)
    if len(rows) > MAX_LISTED:
        st.caption(typeset(f"Et {len(rows) - MAX_LISTED} autres."))


def show_check(done: Import) -> None:
    """How many rows can be taken, what they would change, and what would be kept of them."""
    extract = done.extract
    read = count(extract.n_read, "ligne lue", "lignes lues")
    text = f"{read} : {count(extract.n_accepted, 'acceptée')}, {count(extract.n_refused, 'refusée')}."
    if not extract.n_accepted:
        st.error(plain(f"{text} Rien ne peut être importé."), icon=":material/error:")
        return
    st.info(plain(f"{text} {state.outcome(done)}"), icon=":material/fact_check:")
    if gone := gone_sentence(done.gone):
        st.warning(plain(gone), icon=":material/view_column:")
    if done.older_words:
        st.warning(plain(done.older_words), icon=":material/history:")
    if not extract.as_of_given:
        st.warning(
            plain("Le fichier ne dit pas de quel jour il date : c’est aujourd’hui qui compte. Indiquez-le plus haut."),
            icon=":material/event:",
        )
    if doubled := duplicate_sentences(done.duplicates):
        first, *pairs = doubled
        with st.expander(plain(first)):
            st.markdown("\n".join(f"- {plain(pair)}" for pair in pairs))
    show_preview(done)


def show_preview(done: Import) -> None:
    """What Relais understood of the register, what would be kept of each column, and the residual risk."""
    understood = done.extract.understanding
    for sheet in understood.sheets if len(understood.sheets) > 1 else ():
        what = "lue" if sheet.is_read else f"non lue : {sheet.reason}"
        st.markdown(plain(f"Feuille « {sheet.name} » ({count(sheet.n_rows, 'ligne')}) : {what}."))
    for note in understood.notes:
        st.info(plain(note), icon=":material/info:")
    dropped = [column.header for column in understood.columns if column.fate == "dropped"]
    st.markdown(
        plain(f"Colonnes laissées de côté, jamais enregistrées : {listing(dropped)}.")
        if dropped
        else "Aucune colonne n’est laissée de côté."
    )
    if unread := unread_steps_sentence(done.extract.layout):
        st.warning(plain(unread), icon=":material/view_column:")
    with st.expander("Ce que Relais a compris"):
        rows = [
            (column.header, FATES[column.fate], column.becomes, column.description) for column in understood.columns
        ]
        shown = pd.DataFrame(rows, columns=["Votre colonne", "Sort", "Ce qui en reste", "Comment elle est lue"])
        table(shown, "Ce que Relais a compris")
    st.markdown(plain(risk_sentence(residual_risk(done.extract.tables))))


def ask_questions(checked: state.Checked, upload: state.Upload) -> None:
    """A form with the questions of the file; what is answered holds until the upload is let go of."""
    if not checked.questions:
        return
    turn = f"{state.turn()}_{abs(hash(repr(upload.own_words)))}"
    with st.expander("Questions sur ce fichier", expanded=True), st.form("registre_form", border=False):
        answered = [
            (question, _ask(question, f"registre_question_{index}_{turn}"))
            for index, question in enumerate(checked.questions[:MAX_ASKED])
        ]
        if len(checked.questions) > MAX_ASKED:
            st.caption(typeset(f"Et {len(checked.questions) - MAX_ASKED} autres, après celles-ci."))
        if st.form_submit_button("Appliquer et vérifier à nouveau", key="registre_appliquer"):
            state.remember(answered, upload.own_words)
            st.rerun()


def _ask(question: Question, key: str) -> str | None:
    """The answer to a question: the best one is chosen where nothing is imported without it."""
    return st.selectbox(
        plain(question.text),
        list(question.choices),
        index=0 if question.blocking else None,
        format_func=lambda code: question.choices[code],
        placeholder="Laisser sans réponse",
        key=key,
    )


def offer_words(own_words: OwnWords) -> None:
    """The answers as a file to use again, here or with ``relais import --mapping``."""
    if own_words != OwnWords():
        st.download_button(
            "Garder ces correspondances pour la prochaine fois",
            data=lambda: own_words_toml(own_words),
            file_name="correspondances.toml",
            mime="application/toml",
            icon=":material/save:",
            key="registre_garder_mots",
            on_click="ignore",
        )


def offer_template() -> None:
    """The empty register."""
    from analytics.intake.template import template_workbook

    st.download_button(
        "Télécharger un registre vide",
        data=template_workbook,
        file_name="registre.xlsx",
        mime=XLSX,
        icon=":material/description:",
        key="registre_modele",
        on_click="ignore",
    )


def show_history(store: Store, known: state.Held) -> None:
    """The imports and, in two steps, the way back from the last one."""
    table(known.history, "Les importations, la dernière d’abord")
    st.caption("Relais ne garde ni le fichier importé, ni le nom de qui l’a importé.")
    if len(store.versions) < 2:
        return
    if not state.undo_asked():
        st.button(
            "Annuler la dernière importation",
            icon=":material/undo:",
            key="registre_annuler_bouton",
            on_click=state.ask_undo,
            args=(True,),
        )
        return
    st.warning(
        typeset("Les données d’avant cette importation reviendront. Annuler la dernière importation ?"),
        icon=":material/warning:",
    )
    with st.container(horizontal=True):
        st.button("Oui, annuler", key="registre_annuler_oui", on_click=state.undo, args=(store,), type="primary")
        st.button("Non, garder", key="registre_annuler_non", on_click=state.ask_undo, args=(False,))
