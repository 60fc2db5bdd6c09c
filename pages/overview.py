"""Vue d'ensemble: one screen that says what is new, what waits and where to look."""

import streamlit as st

from analytics.charts import incidents as charts
from analytics.french import count, day, hours, number, percent
from analytics.measures import incidents, relays
from analytics.school_calendar import calendar
from analytics.vocabulary import INCIDENT_TYPES
from pages import _data, _widgets

_widgets.title("Vue d'ensemble", "Que faut-il savoir ce matin ?")
snapshot = _data.snapshot()
selection = _widgets.filters(snapshot)
statuses = snapshot.case_counts(selection, ["status"]).set_index("status")["n"]
n_cases, n_open = int(statuses.sum()), int(statuses.get("open", 0))
_widgets.context(snapshot, selection, n_cases)

last = snapshot.table("imports").iloc[-1]
danger = snapshot.case_counts(selection, ["danger"]).set_index("danger")["n"]
parents = relays.summary(snapshot.step_counts("hours", selection), (24,)).set_index("step").loc["parents"]
_widgets.indicators(
    [
        _widgets.Indicator(
            "Dossiers",
            number(n_cases),
            note=f"{count(last['n_new'], 'nouveau', 'nouveaux')} au dernier import",
            counts="Les dossiers du registre qui répondent aux filtres.",
            numerator=count(n_cases, "dossier"),
            denominator="sans objet : c'est un nombre",
            left_out=f"{count(last['n_refused'], 'ligne refusée', 'lignes refusées')} au dernier import",
        ),
        _widgets.Indicator(
            "Dossiers ouverts",
            number(n_open),
            note=percent(n_open / n_cases) + " des dossiers",
            counts="Les dossiers sans date de clôture le jour de l'extrait.",
            numerator=count(n_open, "dossier"),
            denominator=count(n_cases, "dossier"),
        ),
        _widgets.Indicator(
            "Menace pour la vie",
            number(danger.get(True, 0)),
            note="menaces ou incitation au suicide",
            counts="Les dossiers où une menace ou une incitation au suicide est notée.",
            numerator=count(danger.get(True, 0), "dossier"),
            denominator=count(n_cases, "dossier"),
        ),
        _widgets.Indicator(
            "Parents contactés en 24 h",
            percent(parents["within_24"]),
            note=f"la moitié en {hours(parents['median'])}",
            counts="La part des dossiers où les parents sont contactés au plus tard 24 h après le signalement.",
            numerator=f"{count(parents['n_done'], 'dossier')} où ils sont contactés, à un moment ou un autre",
            denominator=count(parents["n_cases"], "dossier"),
            left_out=f"{parents['n_not_applicable']} sans objet, {parents['n_not_recorded']} non notés",
        ),
    ],
    snapshot.as_of,
)

counts = snapshot.case_counts(selection, ["school_year", "report_week"])
year = counts["school_year"].max()
weeks = incidents.by_week(counts, calendar(), year, snapshot.as_of)
left, right = st.columns(2)
with left:
    st.subheader(f"Signalements, {year}")
    _widgets.chart(
        charts.weeks(weeks, year, incidents.year_before(calendar(), year)),
        key="weeks",
        alt=f"{count(weeks['n'].sum(), 'signalement')} depuis le {day(weeks['week'].iloc[0])}.",
        read="une barre par semaine ; le trait gris est l'année d'avant, à la même semaine d'école.",
        act="voyez la page Types d'incidents pour savoir ce qui a changé.",
        table=weeks,
        columns={"week": "Semaine du", "n": "Dossiers", "n_before": "Un an plus tôt", "holiday": "Congé"},
    )
with right:
    st.subheader("Ce qui arrive")
    types = incidents.shares(snapshot.incident_counts(selection), "incident_type", n_cases, list(INCIDENT_TYPES))
    _widgets.chart(
        charts.share_bars(types, "incident_type", INCIDENT_TYPES.labels),
        key="types",
        alt=f"Le plus fréquent : {INCIDENT_TYPES.label(types.iloc[0]['incident_type'])}, {percent(types.iloc[0]['share'])}.",
        read="la part des dossiers où ce type est noté ; un dossier peut en avoir plusieurs. En orange, ce qui menace la vie.",
        act="voyez la page Types d'incidents pour le détail par niveau.",
        table=types.assign(label=types["incident_type"].map(INCIDENT_TYPES.labels)),
        columns={"label": "Type d'incident", "n": "Dossiers", "share": "Part"},
    )
