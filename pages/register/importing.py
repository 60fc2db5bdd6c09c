"""The import of a register: upload, check, answers about unknown words, import, refused rows."""

import streamlit as st

from analytics.domain.french import count
from analytics.intake import OwnWords, RefusedFileError, load_own_words, own_words_toml, together
from analytics.intake.dates import parse_moment
from analytics.intake.template import template_workbook
from analytics.store import Store
from pages._widgets import text
from pages._widgets.files import focus, offer_file, upload_style
from pages.register import check, outcome, questions, refused, released, state


def show(store: Store, office: str) -> None:
    text.header("Importer", anchor=False)
    text.paragraph(
        "Le fichier est lu en mémoire et n’est jamais enregistré. Les noms, les dates de naissance et les remarques n’entrent "
        "pas dans Relais ; le numéro de dossier devient un pseudonyme."
    )
    offer_file(
        "Télécharger un registre vide", template_workbook, "registre.xlsx", "registre_modele", icon="description"
    )
    upload = _choose_files(office)
    outcome.show()
    if upload is not None:
        _show_upload(store, upload)
    elif (done := state.import_awaiting_corrections()) is not None:
        refused.show(done)
        if st.button("J’ai terminé", key="registre_termine"):
            state.clear()
            st.rerun()
    else:
        state.session().checked = None


def _show_upload(store: Store, upload: state.Upload) -> None:
    checked = state.check(store, upload)
    found = checked.found
    with st.container(key="registre_verdict"):
        if found is None:
            text.error(text.plain(checked.refusal))
        else:
            check.counts(found)
    focus("registre_verdict", state.session().check_generation)
    questions.ask(checked, upload)
    if upload.own_words != OwnWords():
        label, name = "Garder ces correspondances pour la prochaine fois", "correspondances.toml"
        offer_file(
            label, lambda: own_words_toml(upload.own_words), name, "registre_garder_mots", icon="save", act="names"
        )
    if found is not None:
        check.understood(found)
    released.show(checked, upload)
    if found is None:
        return
    label = f"Importer {count(found.extract.n_accepted, 'dossier')}"
    if found.extract.n_accepted and st.button(label, type="primary", key="registre_importer"):
        state.publish(store, upload)
    refused.show(found)


def _choose_files(office: str) -> state.Upload | None:
    """The widgets for the files; None while there is no register, or while something about it cannot be read."""
    generation = state.session().upload_generation
    upload_style()
    # Any file is taken: what is no register is refused by its reader in French, where Streamlit would do it in English.
    label = "Votre registre (.xlsx, .xlsm, .ods, .csv, .tsv ou .txt)"
    register = st.file_uploader(label, key=f"registre_fichier_{generation}")
    with st.expander("Les écoles, le jour de l’extrait ou vos propres mots sont ailleurs"):
        label = "La liste des écoles, si elle n’est pas une feuille du registre"
        schools = st.file_uploader(label, key=f"registre_ecoles_{generation}")
        label = "Vos correspondances, gardées d’une autre fois"
        mapping = st.file_uploader(label, key=f"registre_correspondances_{generation}")
        label = "Le jour de l’extrait, si le fichier ne le dit pas"
        typed = st.text_input(label, placeholder="12/06/2026", key=f"registre_jour_{generation}")
    moment = parse_moment(typed) if typed.strip() else None
    if typed.strip() and moment is None:
        text.error("Le jour de l’extrait s’écrit 12/06/2026.")
        return None
    if register is None:
        return None
    if not office:
        text.info("Choisissez d’abord votre bureau.")
        return None
    try:
        own_words = load_own_words(mapping.getvalue()) if mapping else OwnWords()
    except RefusedFileError as error:
        text.error(text.plain(str(error)))
        return None
    own_words = together(own_words, state.session().answers)
    as_of = moment.date() if moment else None
    files = tuple(file.file_id if file else "" for file in (register, schools, mapping))
    listed, token = schools.getvalue() if schools else None, (files, as_of, own_words, office)
    return state.Upload(register.getvalue(), listed, as_of, own_words, office, token)
