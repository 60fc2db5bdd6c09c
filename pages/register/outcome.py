"""What the last import did, once: its result, where the key lies, what is new, and probable duplicates."""

import streamlit as st

from pages._widgets import Link, text
from pages._widgets.files import focus
from pages.register import state


def show() -> None:
    outcome = state.take_outcome()
    if outcome is None:
        return
    with st.container(key="registre_resultat"):
        (text.error if outcome.failed else text.success)(text.plain(outcome.sentence))
    focus("registre_resultat", state.session().check_generation)
    if outcome.published:
        Link("Voir ce qui est nouveau", "overview", {}).show()
    if outcome.key_path:
        text.warning(
            f"La clé des pseudonymes est dans le fichier {text.plain(outcome.key_path)}. **Copiez ce fichier en lieu sûr** : "
            "sans elle, le prochain registre ne retrouve plus les dossiers connus.",
            "key",
        )
    if outcome.duplicates:
        first, *pairs = outcome.duplicates
        text.paragraph(f"**{text.plain(first)}**")
        text.bullets(pairs)
