"""Activation des relais: how fast each relay and each step of the protocol is activated."""

import streamlit as st

from analytics.charts import relays as charts
from analytics.french import chance, count, hours, percent, school_days
from analytics.measures import relays
from analytics.vocabulary import RELAYS, SCHOOL_LEVELS, SCHOOL_NETWORKS, STEPS
from pages import _data, _widgets

CLOCKS = {"hours": "En heures", "school_days": "En jours d'école"}
SCALES = {"hours": (24, 120), "school_days": (1, 5)}
TICKS = {"hours": (0, 24, 48, 72, 96, 120, 168, 240), "school_days": (0, 1, 2, 3, 5, 10, 15, 20)}
GROUPS = {
    "all": "Tous ensemble",
    "school_level": "Par niveau",
    "school_network": "Par réseau",
    "danger": "Menace pour la vie ou non",
    "school_year": "Par année scolaire",
}

_widgets.title(
    "Activation des relais",
    "Plus on attend, plus le phénomène peut grandir. En combien de temps chaque relais est-il activé ?",
)
snapshot = _data.snapshot()
selection = _widgets.filters(snapshot)
n_cases = int(snapshot.case_counts(selection)["n"].iloc[0])
_widgets.context(snapshot, selection, n_cases)

clock = _widgets.one_of("Compter", "horloge", CLOCKS)
delay_words = hours if clock == "hours" else school_days
short, long = SCALES[clock]
counts = snapshot.step_counts(clock, selection)
summary = relays.summary(counts, SCALES[clock])
of_relays = summary[summary["step"].isin(RELAYS)].set_index("step")

st.header("Les six relais en bref")
_widgets.indicators(
    [
        _widgets.Indicator(
            label=STEPS[step].label,
            value=percent(row[f"within_{short}"]),
            note=f"en {delay_words(short)} · "
            + (
                f"la moitié en {delay_words(row['median'])}"
                if row["median"] == row["median"]
                else "moins de la moitié activés"
            ),
            counts=f"La part des dossiers où ce relais est activé au plus tard en {delay_words(short)}. Un dossier ouvert "
            "compte pour le temps déjà attendu ; un dossier clôturé sans ce relais compte comme non activé.",
            numerator=f"{count(row['n_done'], 'dossier')} où il est activé, à un moment ou un autre",
            denominator=f"{count(row['n_cases'], 'dossier')}, dont {row['n_pending']} en attente "
            f"et {row['n_closed']} clôturés sans lui",
            left_out=f"{row['n_not_applicable']} sans objet, {row['n_not_recorded']} non notés",
        )
        for step, row in of_relays.iterrows()
    ],
    snapshot.as_of,
)

st.header("Dans quel délai, étape par étape")
shares = relays.shares_within(counts, SCALES[clock])
slowest = of_relays[f"within_{short}"].idxmin()
fastest = of_relays[f"within_{short}"].idxmax()
_widgets.chart(
    charts.share_dots(shares, {short: f"en {delay_words(short)}", long: f"en {delay_words(long)}"}),
    key="shares",
    alt=f"En {delay_words(short)}, le relais le plus souvent activé est {STEPS[fastest].label} "
    f"({percent(of_relays.loc[fastest, f'within_{short}'])}), le moins souvent {STEPS[slowest].label} "
    f"({percent(of_relays.loc[slowest, f'within_{short}'])}).",
    read="le point plein est la part des dossiers où l'étape est faite dans le premier délai, le losange dans le second. Le "
    "trait gris dit ce que le hasard laisse d'incertain. Les dossiers encore ouverts comptent pour le temps déjà attendu.",
    act="regardez les étapes où les deux marques restent à gauche : elles manquent souvent, ce n'est pas qu'un retard.",
    table=summary.assign(label=summary["step"].map(lambda step: STEPS[step].label)),
    columns={
        "label": "Étape",
        "n_cases": "Dossiers",
        "n_done": "Faites",
        "median": "Médiane",
        f"within_{short}": f"En {delay_words(short)}",
        f"within_{long}": f"En {delay_words(long)}",
    },
)

st.header("La courbe d'une étape")
step = st.selectbox(
    "Étape",
    list(STEPS),
    index=list(STEPS).index("cpms"),
    format_func=lambda code: STEPS[code].label,
    key="etape",
    bind="query-params",
)
group = _widgets.one_of("Comparer", "comparer", GROUPS)
by = [] if group == "all" else [group]
words = {
    "school_level": SCHOOL_LEVELS.labels,
    "school_network": SCHOOL_NETWORKS.labels,
    "danger": {True: "menace pour la vie", False: "autres dossiers"},
}
grouped = snapshot.step_counts(clock, selection, by)
curves = relays.curves(grouped[grouped["step"] == step], by)
if curves.empty:
    st.info("Aucun dossier à suivre pour cette étape avec ces filtres.", icon=":material/info:")
else:
    labels = words.get(group) or {value: str(value) for value in (curves[group].unique() if by else ())}
    if by:
        st.markdown(chance(relays.comparison(grouped[grouped["step"] == step], group).p_value))
    _widgets.chart(
        charts.incidence_curves(
            curves, relays.still_followed(curves, TICKS[clock], by), clock, group if by else None, labels, None
        ),
        key="curve",
        alt=f"{STEPS[step].label} : part des dossiers où l'étape est faite, selon le délai depuis le signalement.",
        read="la courbe monte chaque fois que l'étape est faite dans un dossier. Plus elle monte tôt, plus on va vite ; là où elle "
        "s'arrête, l'étape n'a pas lieu. Les nombres sous l'axe sont les dossiers que l'on suit encore à ce moment.",
        act="quand deux courbes s'écartent dès le début, cherchez ce que la plus rapide fait autrement dans les premières heures.",
        table=curves.assign(label=curves["step"].map(lambda code: STEPS[code].label)),
        columns={
            "label": "Étape",
            **dict.fromkeys(by, "Groupe"),
            "delay": "Délai",
            "n_at_risk": "Suivis",
            "incidence": "Part",
        },
    )

st.header("Ce que deviennent les étapes")
outcomes = relays.outcomes(counts)
_widgets.chart(
    charts.outcome_bars(outcomes),
    key="outcomes",
    alt="Pour chaque étape, combien de dossiers l'ont faite, l'attendent, ont été clôturés sans elle, ou ne la demandent pas.",
    read="chaque barre contient tous les dossiers choisis : faite, en attente dans un dossier ouvert, dossier clôturé sans elle, "
    "sans objet, non notée. Seules les trois premières parts comptent dans les délais.",
    act="beaucoup d'orange : relancez. Beaucoup de violet : l'étape est oubliée, rappelez à quoi elle sert. Beaucoup de gris "
    "foncé : le registre n'est pas rempli.",
    table=outcomes.assign(label=outcomes["step"].map(lambda code: STEPS[code].label)),
    columns={
        "label": "Étape",
        "n_done": "Faites",
        "n_pending": "En attente",
        "n_closed": "Clôturés sans elle",
        "n_not_applicable": "Sans objet",
        "n_not_recorded": "Non notées",
        "n_time_completed": "Heure complétée",
    },
)
st.caption("« Heure complétée » : le registre ne donnait que le jour ; l'étape compte au plus tard, à 16 h.")
