"""Vue d'ensemble: one screen that says what is new, what waits, what has changed and where to look."""

import streamlit as st

from analytics.charts import incidents as charts
from analytics.domain.french import count, day, number, percent, typeset
from analytics.domain.school_calendar import calendar
from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.measures import incidents
from pages import _data, _widgets
from pages.incidents import parts as _incident_parts
from pages.overview import parts as _overview_parts

_widgets.title("Vue d’ensemble", "")
snapshot = _data.snapshot()
selection = _widgets.filters(snapshot)
n_cases = int(snapshot.case_counts(selection)["n"].iloc[0])
_widgets.context(snapshot, selection, n_cases)
_widgets.say_closure(snapshot)

counts = snapshot.case_counts(selection, ["school_year", "report_week"])
_widgets.indicators(
    [
        _overview_parts.new_cases(snapshot, _data.previous_snapshot(), selection, n_cases),
        _overview_parts.overdue_steps(snapshot, selection),
        _overview_parts.beyond_chance(snapshot, selection, counts),
        _overview_parts.where_to_look(snapshot, selection),
    ],
    snapshot.as_of,
)

year = counts["school_year"].max()
weeks = _incident_parts.weeks_of(snapshot, selection, counts, year)
left, right = st.columns(2)
with left:
    st.markdown(typeset(f"**Signalements par semaine, {year}**"))
    _widgets.chart(
        charts.weeks(weeks, year, incidents.year_before(calendar(), year), height=244),
        key="weeks",
        alt=f"{count(weeks['n'].sum(), 'signalement')} depuis le {day(weeks['week'].iloc[0])}.",
        read="une barre par semaine ; le trait gris est l’année d’avant, à la même semaine d’école ; une barre hachurée est la "
        "semaine en cours ; les bandes grises sont les congés.",
        act="pour savoir ce qui dépasse le hasard, suivez « Au-delà du hasard » plus haut : une semaine haute n’est pas une tendance.",
        table=weeks,
        columns={"week": "Semaine du", "n": "Dossiers", "n_before": "Un an plus tôt", "holiday": "Congé"},
        folded=True,
    )
with right:
    st.markdown(typeset("**Les cinq types les plus fréquents**"))
    types = incidents.shares(snapshot.incident_counts(selection), "incident_type", n_cases, list(INCIDENT_TYPES))
    first = types.iloc[0]
    _widgets.chart(
        charts.share_bars(types.head(5), "incident_type", INCIDENT_TYPES.labels),
        key="types",
        alt=f"Le plus fréquent : {INCIDENT_TYPES.label(first['incident_type'])}, {count(first['n'], 'dossier')} sur "
        f"{number(n_cases)}, soit {percent(first['share'])}.",
        read="la part des dossiers où ce type est noté ; un dossier peut en avoir plusieurs, la somme peut dépasser 100 %. En "
        "orange, ce qui menace la vie.",
        act="voyez la page Types d’incidents pour les autres types et le détail par niveau.",
        table=types.assign(label=types["incident_type"].map(INCIDENT_TYPES.labels)),
        columns={
            "label": "Type d’incident",
            "n": "Dossiers",
            "share": "Part",
            "lower": "Bas (95 %)",
            "upper": "Haut (95 %)",
        },
        folded=True,
    )
