"""Écoles concernées: where cases are reported, and where none ever was."""

import pandas as pd
import streamlit as st

from analytics.charts import schools as charts
from analytics.domain.french import count, number, percent, typeset
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import SCHOOL_NETWORKS, TEACHING_LEVELS
from analytics.measures import schools
from pages import _data, _widgets

_widgets.title("Écoles concernées", "D’où viennent les signalements, compte tenu du nombre d’élèves ?")
snapshot = _data.snapshot()
selection = _widgets.filters(snapshot)
n_cases = int(snapshot.case_counts(selection)["n"].iloc[0])
_widgets.context(snapshot, selection, n_cases)

rated = schools.rates(schools.teaching(snapshot.school_counts(selection), selection.school_levels))
n_schools, n_silent = len(rated), int((rated["n"] == 0).sum())
ever = schools.teaching(
    snapshot.school_counts(Selection(school_networks=selection.school_networks, zones=selection.zones)),
    selection.school_levels,
)
never = ever[ever["n"] == 0].sort_values("name")
tenth = schools.concentration(rated).iloc[0]
repeats = schools.repeats(snapshot.case_counts(selection, ["school_id", "report_week"])).iloc[0]
of_schools = f"{count(n_schools, 'école')} de la feuille Écoles"
left_out = "les écoles des autres réseaux et zones, et celles qui n’enseignent pas les niveaux choisis, quand un filtre est mis"


def _most_concerned(n_top: int) -> str:
    return "l’école qui en a" if n_top == 1 else f"les {number(n_top)} écoles qui en ont"


def against_chance(observed: float, lower: float, upper: float) -> str:
    """Whether a share lies beyond what chance gives."""
    return (
        "plus que le hasard" if observed > upper else "moins que le hasard" if observed < lower else "comme le hasard"
    )


_widgets.indicators(
    [
        _widgets.Indicator(
            "Écoles avec au moins un dossier",
            f"{number(n_schools - n_silent)} sur {number(n_schools)}",
            note=f"{percent((n_schools - n_silent) / n_schools)} des écoles" if n_schools else "",
            counts="Les écoles de la feuille Écoles qui ont au moins un dossier parmi ceux que vous avez choisis.",
            numerator=count(n_schools - n_silent, "école"),
            denominator=of_schools,
            left_out=left_out,
        ),
        _widgets.Indicator(
            "Écoles jamais vues au registre",
            number(len(never)),
            note="Ne rien signaler n’est pas être à l’abri.",
            counts="Les écoles qui n’ont aucun dossier depuis le début du registre, tous types et toutes années. Peu de "
            "signalements peut vouloir dire peu de faits, ou peu de confiance.",
            numerator=count(len(never), "école"),
            denominator=of_schools,
            left_out=left_out,
        ),
        _widgets.Indicator(
            "Dossiers du dixième le plus concerné",
            percent(tenth["share"]),
            note=f"le hasard seul donnerait {percent(tenth['expected'])}",
            counts=f"La part des dossiers dans {_most_concerned(tenth['n_top'])} le plus. Même si chaque élève "
            "courait le même risque, un dixième des écoles en aurait plus que sa part : c’est ce que dit le hasard seul "
            f"({schools.N_DRAWS} tirages, entre {percent(tenth['lower'])} et {percent(tenth['upper'])}).",
            numerator=count(tenth["n_top_cases"], "dossier"),
            denominator=count(tenth["n_cases"], "dossier"),
            left_out=f"{count(tenth['n_left_out'], 'école')} dont le nombre d’élèves manque",
        ),
        _widgets.Indicator(
            "Dossiers qui en suivent un autre",
            percent(repeats["share"]),
            note=f"le hasard seul donnerait {percent(repeats['expected'])}",
            counts="La part des dossiers signalés dans les quatre semaines après un autre de la même école. Le hasard seul : si "
            "les dossiers de chaque école tombaient à n’importe quelle semaine, les semaines chargées comptant plus.",
            numerator=count(repeats["n"], "dossier"),
            denominator=count(repeats["n_cases"], "dossier"),
        ),
    ],
    snapshot.as_of,
)

st.header("Dossiers et taille de l’école")
lines = schools.funnel_lines(rated)
beyond = schools.outliers(rated)
is_beyond = bool(len(beyond)) and beyond["flag"].iloc[0] == "above_998"
finding = (
    "Sans le nombre d’élèves, les écoles ne se comparent pas."
    if lines.empty
    else f"{count(len(beyond), 'école')} au-dessus de la limite à 99,8 %."
    if is_beyond
    else "Aucune école ne sort de l’entonnoir : aucune n’est à part des autres."
)
phi = lines["over_dispersion"].iloc[0] if len(lines) else 1.0
spread = (
    f"Les écoles diffèrent plus que le hasard ne le veut (leurs écarts sont {number(phi**0.5, 1)} fois plus grands) : les limites "
    "sont élargies d’autant, et seules les écoles à part des autres en sortent."
    if phi > 1
    else ""
    if lines.empty
    else "Dans l’ensemble, rien ne montre que les écoles diffèrent plus que le hasard ne le veut."
)
st.markdown(typeset(f"**{finding}** {spread}"))
if n_unknown := int(rated["rate"].isna().sum()):
    st.caption(
        typeset(
            f"{count(n_unknown, 'école')} sans nombre d’élèves : elles comptent partout, sauf dans les taux et l’entonnoir."
            + (" Leurs noms viennent du registre : la feuille Écoles manque." if rated["provisional"].all() else "")
        )
    )
if selection.school_levels:
    st.caption(
        "Seules les écoles qui enseignent ces niveaux, ou qui y ont un dossier, sont comparées. Les taux divisent par tous leurs "
        "élèves, pas par ceux des seuls niveaux choisis."
    )
_widgets.chart(
    charts.funnel(rated, lines),
    key="funnel",
    alt=f"{finding} {spread}",
    read="chaque rond est une école : sa taille vers la droite, ses dossiers pour 1 000 élèves vers le haut, sur la période "
    "choisie. Les traits disent jusqu’où va le hasard : l’entonnoir est large à gauche, car dans une petite école deux dossiers "
    "font déjà un taux élevé. Rond plein : au-delà de 95 % (le hasard seul y met jusqu’à une école sur vingt) ; losange : au-delà de 99,8 %.",
    act="une école dans l’entonnoir n’est pas une crise. Appelez d’abord celles qui en sortent par le haut, puis celles qui "
    "n’ont jamais rien signalé. Pour comparer, prenez le taux prudent : il tient compte de la taille.",
    table=rated.assign(
        network=rated["school_network"].map(SCHOOL_NETWORKS.labels),
        place=rated["flag"].astype("object").map(charts.FLAG_WORDS),
    ).sort_values("name"),
    columns={
        "name": "École",
        "network": "Réseau",
        "zone": "Zone",
        "n_pupils": "Élèves",
        "n": "Dossiers",
        "n_open": "Ouverts",
        "last_week": "Dernier, semaine du",
        "rate": "Pour 1 000 élèves",
        "lower": "Bas (95 %)",
        "upper": "Haut (95 %)",
        "shrunken_rate": "Taux prudent",
        "place": "Entonnoir",
    },
)
if is_beyond:
    for _, row in beyond.head(6).iterrows():
        _widgets.show_link(
            "school",
            f"{row['name']} : {count(row['n'], 'dossier')}, taux prudent {number(row['shrunken_rate'], 1)}",
            _widgets.address(selection, ecole=_widgets.school_label(row["name"], row["school_id"])),
        )

if tenth["n_cases"] and tenth["n_schools"] >= 10:
    st.header("Le dixième des écoles le plus concerné")
    verdict = against_chance(tenth["share"], tenth["lower"], tenth["upper"])
    _widgets.chart(
        charts.concentration_bars(pd.DataFrame([tenth])),
        key="tenth",
        alt=f"{count(tenth['n_top'], 'école a', 'écoles ont')} {percent(tenth['share'])} des dossiers : {verdict} "
        f"({percent(tenth['expected'])}).",
        read="la barre bleue est la part des dossiers dans le dixième des écoles qui en a le plus ; la grise, ce que ce dixième "
        "aurait si chaque élève courait le même risque, avec ce que les tirages laissent d’incertain.",
        act={
            "plus que le hasard": "les dossiers signalés se concentrent plus que le hasard ne le veut : quelques écoles méritent un effort à "
            "part. Une partie de leur avance vient pourtant du hasard, et baissera seule.",
            "comme le hasard": "rien ne montre que les dossiers se concentrent : visez toutes les écoles plutôt que quelques-unes.",
            "moins que le hasard": "les dossiers sont plus étalés que le hasard : visez toutes les écoles plutôt que quelques-unes.",
        }[verdict],
        table=pd.DataFrame([tenth]),
        columns={
            "n_schools": "Écoles",
            "n_top": "Dont le dixième",
            "n_top_cases": "Ses dossiers",
            "n_cases": "Dossiers",
            "share": "Sa part",
        },
    )

st.header("Par réseau et par niveau")
for column, vocabulary, title in (
    ("school_network", SCHOOL_NETWORKS, "Réseau"),
    ("school_level", TEACHING_LEVELS, "Niveau"),
):
    groups = schools.concerned(rated, column)
    _widgets.show_table(
        groups.assign(label=groups[column].map(vocabulary.labels).fillna("Non précisé")),
        {
            "label": title,
            "n_schools": "Écoles",
            "n_concerned": "Avec au moins un dossier",
            "n_silent": "Sans dossier",
            "share": "Part concernée",
            "lower": "Bas (95 %)",
            "upper": "Haut (95 %)",
            "n_cases": "Dossiers",
        },
    )

st.header("Jamais vues au registre")
if never.empty:
    st.markdown(typeset("Chaque école a au moins un dossier depuis le début du registre."))
else:
    st.markdown(
        typeset(
            f"{count(len(never), 'école')} sans aucun dossier depuis le début du registre. Ne rien signaler n’est pas être à "
            "l’abri : un appel suffit souvent pour savoir si l’on connaît le service."
        )
    )
    with st.expander("Voir la liste, par ordre alphabétique"):
        _widgets.show_table(
            never.assign(network=never["school_network"].map(SCHOOL_NETWORKS.labels)),
            {"name": "École", "network": "Réseau", "zone": "Zone", "n_pupils": "Élèves"},
        )
