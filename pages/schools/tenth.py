"""Concentration: the share of the most concerned tenth, compared with chance."""

import pandas as pd

from analytics.charts import schools as charts
from analytics.domain.french import count, percent
from pages._widgets import remembered, show_chart, text
from pages.schools.rated import RatedSchools

_ACTS = {
    "plus que le hasard": "les dossiers signalés se concentrent plus que le hasard ne le veut : quelques écoles méritent un effort à "
    "part. Une partie de leur avance vient pourtant du hasard, et baissera seule.",
    "comme le hasard": "rien ne montre que les dossiers se concentrent : visez toutes les écoles plutôt que quelques-unes.",
    "moins que le hasard": "les dossiers sont plus étalés que le hasard : visez toutes les écoles plutôt que quelques-unes.",
}


@remembered
def show(context: RatedSchools) -> None:
    tenth = context.tenth
    if not tenth["n_cases"] or tenth["n_schools"] < 10:
        return
    verdict = against_chance(tenth["share"], tenth["lower"], tenth["upper"])
    text.header("Les écoles qui ont le plus de dossiers")
    show_chart(
        charts.concentration_bars(pd.DataFrame([tenth])),
        key="tenth",
        alt=f"{count(tenth['n_top'], 'école a', 'écoles ont')} {percent(tenth['share'])} des dossiers : {verdict} "
        f"({percent(tenth['expected'])}).",
        read="la barre bleue est la part des dossiers qui viennent des écoles qui en ont le plus, une sur dix ; la grise, ce "
        "qu’elles en auraient si chaque élève d’un niveau courait le même risque, avec ce que les tirages laissent d’incertain.",
        act=_ACTS[verdict],
        table=pd.DataFrame([tenth]),
        columns={
            "n_schools": "Écoles",
            "n_top": "Dont celles qui en ont le plus",
            "n_top_cases": "Leurs dossiers",
            "n_cases": "Dossiers",
            "share": "Leur part",
        },
    )


def against_chance(observed: float, lower: float, upper: float) -> str:
    """Compare a share with its interval by chance."""
    if observed > upper:
        return "plus que le hasard"
    return "moins que le hasard" if observed < lower else "comme le hasard"
