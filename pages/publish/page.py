"""Publier: what may leave the service, with the proof that it exposes nobody."""

import streamlit as st

from pages import _data, _widgets
from pages.publish import method as _publication_method
from pages.publish import publication as _publication

QUESTIONS = {
    "Une période": _publication.of_period,
    "La méthode": _publication_method.explain,
}

_widgets.title("Publier", "Que peut-on montrer au dehors sans exposer personne ?")
snapshot = _data.snapshot()
if snapshot.is_demo:
    st.warning("**Données fictives.** La publication le dira à chaque page.", icon=":material/science:")

chosen = _widgets.one_of("Voir", "publier", {name: name for name in QUESTIONS})
QUESTIONS[chosen](snapshot)
