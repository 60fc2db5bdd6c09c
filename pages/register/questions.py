"""A form with the questions of a register; the answers are kept as long as the upload."""

import streamlit as st

from analytics.intake import Question
from pages._widgets import text
from pages.register import state

MAX_ASKED = 5  # questions in one form, the commonest first


def ask(checked: state.Checked, upload: state.Upload) -> None:
    """The form, where something is asked; a new one for each set of answers."""
    if not checked.questions:
        return
    turn = f"{state.upload_generation()}_{abs(hash(repr(upload.own_words)))}"
    with st.expander("Questions sur ce fichier", expanded=True), st.form("registre_form", border=False):
        answered = [
            (question, _choose(question, f"registre_question_{index}_{turn}"))
            for index, question in enumerate(checked.questions[:MAX_ASKED])
        ]
        if len(checked.questions) > MAX_ASKED:
            text.caption(f"Et {len(checked.questions) - MAX_ASKED} autres, après celles-ci.")
        if st.form_submit_button("Appliquer et vérifier à nouveau", key="registre_appliquer"):
            state.remember(answered, upload.own_words)
            st.rerun()


def _choose(question: Question, key: str) -> str | None:
    """The answer; the best one is chosen where nothing is imported without it."""
    options, first, skip = list(question.choices), 0 if question.blocking else None, "Laisser sans réponse"
    shown = question.choices.__getitem__
    return st.selectbox(text.plain(question.asked), options, index=first, format_func=shown, placeholder=skip, key=key)
