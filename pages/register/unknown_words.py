"""A form that asks what unknown columns and words mean; the answers are kept as long as the upload."""

import streamlit as st

from analytics.domain.french import listing
from analytics.intake.proposing import UnknownWord
from pages._widgets import text
from pages.register import state

MAX_ASKED = 20  # unknown words in one form, the most frequent first


def ask(checked: state.Checked, upload: state.Upload) -> None:
    """The form, where something is unknown; a new one for each set of answers."""
    if not (checked.columns and checked.fields) and not checked.words:
        return
    n_answers = f"{len(upload.own_words.columns)}_{sum(map(len, upload.own_words.words.values()))}"
    turn = f"{state.upload_generation()}_{n_answers}"
    needed = checked.lacks_required or bool(checked.words)
    with st.expander("Colonnes et mots non reconnus", expanded=needed), st.form("registre_form", border=False):
        text.paragraph(
            "Dites ce qu’ils veulent dire, ou laissez-les de côté. Relais montre leur forme "
            "(9 pour un chiffre, a pour une lettre), pas leur contenu : lisez-le dans votre fichier."
        )
        columns = {
            column.header: _choose(
                f"Colonne « {column.header} » ({listing(list(column.shapes), 'ou')})",
                dict(sorted(checked.fields.items(), key=lambda item: item[0] not in column.closest)),
                f"registre_colonne_{index}_{turn}",
            )
            for index, column in enumerate(checked.columns)
            if checked.fields
        }
        words = [
            (unknown, _choose(_label(unknown), unknown.choices, f"registre_mot_{index}_{turn}"))
            for index, unknown in enumerate(checked.words[:MAX_ASKED])
        ]
        if len(checked.words) > MAX_ASKED:
            n_more = len(checked.words) - MAX_ASKED
            text.caption(f"Et {n_more} autres mots, plus rares : corrigez-les au registre.")
        if st.form_submit_button("Appliquer et vérifier à nouveau", key="registre_appliquer"):
            state.remember(columns, words, upload.own_words)
            st.rerun()


def _choose(label: str, choices: dict[str, str], key: str) -> str | None:
    options, skip = list(choices), "Laisser de côté"
    shown = choices.__getitem__
    return st.selectbox(text.plain(label), options, index=None, format_func=shown, placeholder=skip, key=key)


def _label(unknown: UnknownWord) -> str:
    rows = listing([str(row) for row in unknown.rows[:3]])
    more = "…" if len(unknown.rows) > 3 else ""
    return f"{unknown.header}, {'ligne' if len(unknown.rows) == 1 else 'lignes'} {rows}{more} : « {unknown.label} »"
