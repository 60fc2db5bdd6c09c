"""Écoles concernées: where cases are reported, and where none ever was."""

import streamlit as st

from analytics.charts import schools as charts
from analytics.french import count, number
from analytics.measures import schools
from analytics.vocabulary import SCHOOL_NETWORKS
from pages import _data, _widgets

_widgets.title("Écoles concernées", "D'où viennent les signalements, compte tenu du nombre d'élèves ?")
snapshot = _data.snapshot()
selection = _widgets.filters(snapshot)
n_cases = int(snapshot.case_counts(selection)["n"].iloc[0])
_widgets.context(snapshot, selection, n_cases)

rates = schools.rates(snapshot.school_counts(selection))
n_schools, n_silent = len(rates), int((rates["n"] == 0).sum())
left_out = "les écoles des autres réseaux et zones, quand un filtre est mis"
_widgets.indicators(
    [
        _widgets.Indicator(
            "Écoles avec au moins un dossier",
            f"{n_schools - n_silent} sur {n_schools}",
            counts="Les écoles de la feuille Écoles qui ont au moins un dossier parmi ceux que vous avez choisis.",
            numerator=count(n_schools - n_silent, "école"),
            denominator=f"{count(n_schools, 'école')} de la feuille Écoles",
            left_out=left_out,
        ),
        _widgets.Indicator(
            "Écoles sans dossier",
            number(n_silent),
            note="Ne rien signaler n'est pas ne rien vivre.",
            counts="Les écoles qui n'ont aucun dossier. Peu de signalements peut vouloir dire peu de faits, ou peu de confiance.",
            numerator=count(n_silent, "école"),
            denominator=f"{count(n_schools, 'école')} de la feuille Écoles",
            left_out=left_out,
        ),
        _widgets.Indicator(
            "Dossiers par école concernée",
            number(n_cases / max(n_schools - n_silent, 1), 1),
            counts="Le nombre moyen de dossiers des écoles qui en ont au moins un.",
            numerator=count(n_cases, "dossier"),
            denominator=count(n_schools - n_silent, "école"),
            left_out="les écoles sans dossier",
        ),
    ],
    snapshot.as_of,
)

st.header("Dossiers et taille de l'école")
_widgets.chart(
    charts.rate_dots(rates),
    key="rates",
    alt=f"{n_schools - n_silent} écoles sur {n_schools} ont au moins un dossier. Les petites écoles ont les taux les plus dispersés.",
    read="chaque point est une école : sa taille vers la droite, ses dossiers pour 1 000 élèves vers le haut. À gauche, deux "
    "dossiers suffisent à faire un taux élevé : ce n'est pas une crise.",
    act="ne comparez pas deux écoles sur leur taux seul. Appelez d'abord les grandes écoles situées haut, et celles qui "
    "n'ont jamais rien signalé.",
    table=rates.assign(network=rates["school_network"].map(SCHOOL_NETWORKS.labels)),
    columns={
        "name": "École",
        "network": "Réseau",
        "zone": "Zone",
        "n_pupils": "Élèves",
        "n": "Dossiers",
        "n_open": "Ouverts",
        "rate": "Pour 1 000 élèves",
        "lower": "Au moins",
        "upper": "Au plus",
    },
)

st.header("Par réseau")
networks = schools.concerned(rates)
st.dataframe(
    networks.assign(network=networks["school_network"].map(SCHOOL_NETWORKS.labels))[
        ["network", "n_schools", "n_concerned", "n_cases"]
    ].rename(
        columns={
            "network": "Réseau",
            "n_schools": "Écoles",
            "n_concerned": "Avec au moins un dossier",
            "n_cases": "Dossiers",
        }
    ),
    hide_index=True,
    alt="Nombre d'écoles et de dossiers par réseau.",
)
