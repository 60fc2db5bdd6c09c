"""Each type with its share, how many cases have several, and which go together."""

import pandas as pd

from analytics.charts import incidents as charts
from analytics.domain.french import count, number, percent
from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.measures import incidents
from analytics.workflows.comparing import compared
from pages._widgets import SHARES, Context, columns, remembered, show_changes, show_chart, text


@remembered
def show(context: Context) -> None:
    snapshot, selection, n_cases = context.snapshot, context.selection, context.n_cases
    types = context.type_shares
    several = incidents.several_types(snapshot.type_numbers(selection)).iloc[0]
    first = types.iloc[0]
    text.header("Ce qui arrive")
    show_changes(
        compared(snapshot, "incident_type", list(INCIDENT_TYPES), selection), "incident_type", INCIDENT_TYPES.labels
    )
    show_chart(
        charts.share_bars(types, "incident_type", INCIDENT_TYPES.labels),
        key="types",
        alt=f"Le plus fréquent : {INCIDENT_TYPES.label(first['incident_type'])}, {count(first['n'], 'dossier')} sur "
        f"{number(n_cases)}, soit {percent(first['share'])}.",
        read="chaque barre est la part des dossiers où ce type est noté ; le trait gris dit ce que le hasard laisse d’incertain, "
        f"les dossiers d’une école se ressemblant. {_sum_sentence(several, n_cases)} En orange, ce qui menace la vie.",
        act="partez du type le plus fréquent pour choisir le thème d’une animation, et de l’orange pour revoir la procédure d’urgence.",
        table=types,
        columns=columns("incident_type", *SHARES),
    )

    text.header("Ce qui va ensemble")
    pairs = incidents.co_occurrence(
        snapshot.type_pairs(selection), n_cases, list(INCIDENT_TYPES), types["effect"].max()
    )
    if pairs.empty:
        text.info("Aucun dossier choisi n’a plusieurs types d’incidents.")
        return
    first = pairs.iloc[0]
    show_chart(
        charts.pair_bars(pairs, INCIDENT_TYPES.labels),
        key="pairs",
        alt=f"Les deux types le plus souvent notés ensemble : {INCIDENT_TYPES.label(first['incident_type'])} et "
        f"{INCIDENT_TYPES.label(first['other_type'])}, {count(first['n'], 'dossier')}.",
        read=f"{_with_several(several)} sur {number(n_cases)} ({percent(several['share'])}). Chaque barre est la "
        "part de tous les dossiers où deux types sont notés ensemble ; les dix paires les plus fréquentes.",
        act="une paire fréquente se traite d’un seul tenant : le même dossier demande alors deux réponses, prévues ensemble.",
        table=pairs,
        columns=columns("incident_type", other_type="Avec") | columns(*SHARES),
    )


def _sum_sentence(several: pd.Series, n_cases: int) -> str:
    if not several["n"]:
        return "Chaque dossier choisi a un seul type : la somme fait 100 %."
    return (
        f"{_with_several(several)} : {number(several['n_types'])} types notés pour {count(n_cases, 'dossier')}, la somme dépasse "
        f"100 % ({percent(several['n_types'] / n_cases)})."
    )


def _with_several(several: pd.Series) -> str:
    return count(several["n"], "dossier a plusieurs types", "dossiers ont plusieurs types")
