"""Fiche d'une école: its cases by type and its relays against its own deadlines, beside its network and level."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics.charts import relays as relay_charts
from analytics.charts import schools as charts
from analytics.domain.french import count, day, hours, number, school_days, typeset
from analytics.domain.vocabulary import INCIDENT_TYPES, RELAYS, SCHOOL_NETWORKS, STEPS, TEACHING_LEVELS
from analytics.measures import incidents, relays, schools
from pages import _data, _widgets

_widgets.title("Fiche d’une école", "Que s’y passe-t-il, et ses relais sont-ils activés dans ses propres délais ?")
snapshot = _data.snapshot()
selection = _widgets.filters(snapshot)
_widgets.context(snapshot, selection, int(snapshot.case_counts(selection)["n"].iloc[0]))

chosen_schools = schools.teaching(snapshot.school_counts(selection), selection.school_levels)
rated = schools.rates(chosen_schools).sort_values(["name", "school_id"])
if rated.empty:
    st.info("Aucune école ne répond à ces filtres.", icon=":material/filter_alt_off:")
    st.stop()
labels = {code: _widgets.school_label(name, code) for name, code in zip(rated["name"], rated["school_id"], strict=True)}
school_id = _widgets.pick("École", "ecole", labels, next(iter(labels)))
school = rated.set_index("school_id").loc[school_id]
own = replace(selection, school_ids=(school_id,))
groups = {"school": "cette école"}
chosen = {"school": own}
for column, vocabulary, words in (
    ("school_network", SCHOOL_NETWORKS, "réseau"),
    ("school_level", TEACHING_LEVELS, "niveau"),
):
    if len(alike := schools.peers(rated, school_id, column)) > 1:
        groups[column] = f"{words} {vocabulary.label(school[column])} ({count(len(alike), 'école')})"
        chosen[column] = replace(selection, school_ids=alike)

weeks_since = (pd.Timestamp(snapshot.as_of) - school["last_week"]).days // 7 if school["n"] else None
repeats = schools.repeats(snapshot.case_counts(own, ["school_id", "report_week"])).iloc[0]
per = "pour 1 000 élèves"
_widgets.indicators(
    [
        _widgets.Indicator(
            "Dossiers",
            number(school["n"]),
            note=f"dont {count(school['n_open'], 'ouvert')}",
            counts="Les dossiers de cette école qui répondent aux filtres.",
            numerator=count(school["n"], "dossier"),
            denominator="sans objet : c’est un nombre",
        ),
        _widgets.Indicator(
            f"Taux prudent {per}",
            number(school["shrunken_rate"], 1),
            note=f"entre {number(school['shrunken_lower'], 1)} et {number(school['shrunken_upper'], 1)} · taux brut "
            f"{number(school['rate'], 1)}",
            counts="Ce que l’on peut croire du taux de l’école : le sien, rapproché de celui de toutes les écoles d’autant plus "
            f"qu’elle est petite. Face aux autres, elle est {charts.FLAG_WORDS.get(school['flag'], 'sans comparaison possible')}.",
            numerator=count(school["n"], "dossier"),
            denominator=count(school["n_pupils"], "élève")
            if pd.notna(school["n_pupils"])
            else "nombre d’élèves inconnu",
        ),
        _widgets.Indicator(
            "Depuis le dernier signalement",
            "–" if weeks_since is None else "cette semaine" if weeks_since == 0 else count(weeks_since, "semaine"),
            note="" if weeks_since is None else f"semaine du {day(school['last_week'])}",
            counts="Le temps entre la semaine du dernier signalement et l’extrait du registre.",
            numerator="sans objet : c’est une durée",
            denominator="sans objet",
        ),
        _widgets.Indicator(
            "Dossiers qui en suivent un autre",
            number(repeats["n"]),
            note="dans les quatre semaines",
            counts="Les dossiers signalés dans les quatre semaines après un autre de cette école.",
            numerator=count(repeats["n"], "dossier"),
            denominator=count(repeats["n_cases"], "dossier"),
        ),
    ],
    snapshot.as_of,
)
if school["n"] == 0:
    st.info(
        typeset(
            "Aucun dossier de cette école ne répond aux filtres. Ne rien signaler n’est pas être à l’abri : un appel suffit "
            "souvent pour savoir si l’on y connaît le service."
        ),
        icon=":material/info:",
    )
    st.stop()

st.header("Ses dossiers par type")
answers = {
    group: incidents.shares(
        snapshot.incident_counts(of_group),
        "incident_type",
        int(snapshot.case_counts(of_group)["n"].iloc[0]),
        list(INCIDENT_TYPES),
    )
    for group, of_group in chosen.items()
}
beside = incidents.compare_groups(answers, "incident_type")
first = answers["school"].iloc[0]
_widgets.chart(
    charts.beside_dots(beside, INCIDENT_TYPES.labels, groups),
    key="types",
    alt=f"Le plus fréquent : {INCIDENT_TYPES.label(first['incident_type'])}, {count(first['n'], 'dossier')} sur "
    f"{number(school['n'])}.",
    read="le rond est la part des dossiers de l’école où ce type est noté, le trait gris ce que le hasard laisse d’incertain. Les "
    "autres marques sont son réseau et son niveau, école comprise. Un dossier peut avoir plusieurs types.",
    act="quand le trait d’un type passe à côté des marques de ses semblables, parlez-en avec l’école. Sinon, l’écart peut venir du hasard.",
    table=beside.assign(
        label=beside["incident_type"].map(INCIDENT_TYPES.labels), group_label=beside["group"].map(groups)
    ),
    columns={
        "label": "Type d’incident",
        "group_label": "Où",
        "n": "Dossiers",
        "n_cases": "Sur",
        "share": "Part",
        "lower": "Bas (95 %)",
        "upper": "Haut (95 %)",
    },
)

st.header("Ses étapes et ses délais")
_widgets.say_closure(snapshot)
judged = {group: snapshot.step_counts("deadline", of_group) for group, of_group in chosen.items()}
limits = schools.deadlines(snapshot.table("school_deadlines"), school_id)
limits["limit"] = [
    hours(in_hours) if pd.notna(in_hours) else school_days(in_days)
    for in_hours, in_days in zip(limits["max_hours"], limits["max_school_days"], strict=True)
]
table = relays.against_deadline(judged["school"]).merge(limits, on="step")
for group in list(chosen)[1:]:
    names = {"incidence": f"share_{group}", "most": f"most_share_{group}"}
    in_time = relays.shares_within(judged[group], (1,)).rename(columns=names)
    table = table.merge(in_time[["step", *names.values()]], on="step", how="left")
n_overdue = int(table["n_overdue"].sum())
n_own = int(limits["is_own"].sum())
st.markdown(
    typeset(
        f"{count(n_own, 'délai')} de l’école, les autres sont ceux du service. **{count(n_overdue, 'étape')}** hors délai dans "
        f"ses dossiers ouverts, au {day(snapshot.as_of)}."
        if n_own
        else f"L’école n’a pas donné de délai : ceux du service servent. **{count(n_overdue, 'étape')}** hors délai dans ses "
        f"dossiers ouverts, au {day(snapshot.as_of)}."
    )
)
of_relays = table[table["step"].isin(RELAYS)]
_widgets.chart(
    relay_charts.deadline_bars(of_relays),
    key="deadlines",
    alt=f"{count(n_overdue, 'étape')} hors délai dans les dossiers ouverts de l’école.",
    read="chaque barre contient les dossiers de l’école où ce relais est à activer, jugés sur le délai qu’elle s’est donné, sinon "
    "sur celui du service. Au tableau, toutes les étapes, avec la part à temps de son réseau et de son niveau.",
    act="appelez d’abord pour ce qui attend hors délai ; puis voyez avec l’école ce qui freine le relais le plus souvent en retard.",
    table=table.assign(
        label=table["step"].map(lambda code: STEPS[code].label),
        whose=table["is_own"].map({True: "l’école", False: "le service"}),
    ),
    columns={
        "label": "Étape",
        "limit": "Délai",
        "whose": "Fixé par",
        "n_cases": "Dossiers",
        "n_undated": "Faites, sans date",
        "share": "À temps",
        **{
            f"share_{group}": f"À temps, {'réseau' if group == 'school_network' else 'niveau'}"
            for group in list(chosen)[1:]
        },
        "n_overdue": "Hors délai, ouverts",
    },
)
if n_overdue:
    waiting = relays.overdue_list(snapshot.overdue(own))
    _widgets.show_table(
        waiting.assign(label=waiting["step"].map(lambda code: STEPS[code].label)),
        {
            "case_id": "Dossier",
            "label": "Étape attendue",
            "report_week": "Signalé la semaine du",
            "waited": "Attend depuis",
            "deadline_words": "Délai",
            "beyond": "Dépassé de",
        },
    )
    st.caption(typeset("Liste exacte, interne : elle ne sort pas du service."))
