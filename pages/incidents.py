"""Types d'incidents: what happens, to whom, where and when."""

import streamlit as st

from analytics.charts import incidents as charts
from analytics.french import count, day, percent
from analytics.measures import incidents
from analytics.school_calendar import calendar
from analytics.vocabulary import CHANNELS, INCIDENT_TYPES, REPORTERS, SCHOOL_LEVELS
from pages import _data, _widgets

_widgets.title("Types d'incidents", "Que se passe-t-il, à quel âge, par quel canal et à quel moment de l'année ?")
snapshot = _data.snapshot()
selection = _widgets.filters(snapshot)
n_cases = int(snapshot.case_counts(selection)["n"].iloc[0])
_widgets.context(snapshot, selection, n_cases)

st.header("Ce qui arrive")
types = incidents.shares(snapshot.incident_counts(selection), "incident_type", n_cases, list(INCIDENT_TYPES))
first = types.iloc[0]
_widgets.chart(
    charts.share_bars(types, "incident_type", INCIDENT_TYPES.labels),
    key="types",
    alt=f"Le plus fréquent : {INCIDENT_TYPES.label(first['incident_type'])}, "
    f"{count(first['n'], 'dossier')} sur {n_cases}, soit {percent(first['share'])}.",
    read="chaque barre est la part des dossiers où ce type est noté ; le trait gris dit ce que le hasard laisse d'incertain. "
    "Un dossier peut avoir plusieurs types : la somme dépasse 100 %. En orange, ce qui menace la vie.",
    act="partez du type le plus fréquent pour choisir le thème d'une animation, et de l'orange pour revoir la procédure d'urgence.",
    table=types.assign(label=types["incident_type"].map(INCIDENT_TYPES.labels)),
    columns={"label": "Type d'incident", "n": "Dossiers", "share": "Part", "lower": "Au moins", "upper": "Au plus"},
)

st.header("Selon le niveau")
by_level = incidents.crossing(
    snapshot.incident_counts(selection, ["school_level"]),
    "incident_type",
    "school_level",
    snapshot.case_counts(selection, ["school_level"]),
)
_widgets.chart(
    charts.crossing_tiles(by_level, INCIDENT_TYPES.labels, SCHOOL_LEVELS.labels, "incident_type", "school_level"),
    key="levels",
    alt="Part de chaque type d'incident parmi les dossiers de chaque niveau ; les valeurs sont dans le tableau.",
    read="chaque case est la part des dossiers de ce niveau où ce type est noté. Plus la case est foncée, plus il est fréquent.",
    act="choisissez avec chaque niveau le thème qui le concerne ; une case foncée sur peu de dossiers peut venir du hasard.",
    table=by_level.assign(
        type=by_level["incident_type"].map(INCIDENT_TYPES.labels),
        level=by_level["school_level"].map(SCHOOL_LEVELS.labels),
    ),
    columns={
        "type": "Type d'incident",
        "level": "Niveau",
        "n": "Dossiers",
        "n_cases": "Dossiers du niveau",
        "share": "Part",
    },
)

st.header("Au fil de l'année scolaire")
counts = snapshot.case_counts(selection, ["school_year", "report_week"])
years = sorted(counts["school_year"].unique(), reverse=True)
year = _widgets.one_of("Année scolaire", "annee", {year: year for year in years})
weeks = incidents.by_week(counts, calendar(), year, snapshot.as_of)
busiest = weeks.loc[weeks["n"].idxmax()]
_widgets.chart(
    charts.weeks(weeks, year, incidents.year_before(calendar(), year)),
    key="weeks",
    alt=f"La semaine la plus chargée est celle du {day(busiest['week'])}, avec {count(busiest['n'], 'signalement')}.",
    read="une barre par semaine de signalement. Le trait gris est l'année d'avant, à la même semaine d'école ; les bandes grises "
    "sont les congés ; une barre hachurée est une semaine qui n'est pas finie.",
    act="prévoyez vos disponibilités pour les semaines qui reviennent chargées d'une année à l'autre, souvent avant un congé.",
    table=weeks,
    columns={"week": "Semaine du", "n": "Dossiers", "n_before": "Un an plus tôt", "holiday": "Congé"},
)

st.header("Par quel canal, et qui signale")
left, right = st.columns(2)
for place, column, vocabulary, read, act in (
    (
        left,
        "channel",
        CHANNELS,
        "chaque dossier compte une fois, selon le canal noté au registre.",
        "adaptez l'animation au canal le plus fréquent ; si « Inconnu » domine, complétez le registre.",
    ),
    (
        right,
        "reporter",
        REPORTERS,
        "chaque dossier compte une fois, selon la personne qui a signalé.",
        "si peu d'élèves ou de témoins signalent, rappelez en classe à qui parler et ce qui se passe ensuite.",
    ),
):
    answer = incidents.shares(snapshot.case_counts(selection, [column]), column, n_cases, list(vocabulary))
    top = answer.iloc[0]
    with place:
        _widgets.chart(
            charts.share_bars(answer, column, vocabulary.labels),
            key=column,
            alt=f"Le plus fréquent : {vocabulary.label(top[column])}, {percent(top['share'])} des dossiers.",
            read=read,
            act=act,
            table=answer.assign(label=answer[column].map(vocabulary.labels)),
            columns={"label": "Valeur", "n": "Dossiers", "share": "Part", "lower": "Au moins", "upper": "Au plus"},
        )
