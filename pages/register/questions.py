"""A form with the questions of a register; the answers are kept as long as the upload."""

import streamlit as st

from analytics.domain.french import count
from analytics.intake import Question
from pages._widgets import text
from pages.register import state

MAX_ASKED = 5  # questions in one form, the commonest first
_SKIP = {"": "Laisser sans réponse"}


def ask(checked: state.Checked, upload: state.Upload) -> None:
    """The form, where something is asked; a new one for each set of answers."""
    questions = state.still_open(checked.questions)
    if not questions:
        return
    turn = state.session().check_generation
    with st.container(border=True), st.form("registre_form", border=False):
        text.paragraph("**Relais vous le demande**, avec la meilleure réponse déjà choisie.")
        answered = [
            (question, _choose(question, f"registre_question_{index}_{turn}"))
            for index, question in enumerate(questions[:MAX_ASKED])
        ]
        if (more := len(questions) - MAX_ASKED) > 0:
            text.caption(f"Et {count(more, 'autre')}, après celles-ci.")
        if st.form_submit_button("Appliquer et vérifier à nouveau", key="registre_appliquer"):
            state.remember(answered, upload.own_words)
            st.rerun()


def _choose(question: Question, key: str) -> str:
    """The answer, the best one chosen; "" where the reader leaves it open, which only what blocks nothing allows."""
    choices = question.choices if question.blocking else {**question.choices, **_SKIP}
    return st.selectbox(text.plain(question.asked), list(choices), format_func=choices.__getitem__, key=key)
