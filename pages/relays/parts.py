"""The questions of the page Activation des relais, each: measure, draw, explain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.charts import relays as charts
from analytics.domain.french import chance, count, day, listing, number, percent, typeset
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import INCIDENT_TYPES, RELAYS, SCHOOL_LEVELS, SCHOOL_NETWORKS, STEPS
from analytics.intake import KeyFileError
from analytics.measures import relays
from analytics.store import Snapshot
from analytics.workflows.importing import store_key
from pages import _data, _widgets
from pages.relays.common import SCALES, STEP_LABELS, UNITS, WORDS, counts_of, in_delay, median_band

_TICKS = {"hours": (0, 24, 48, 72, 120, 168), "school_days": (0, 2, 5, 10, 15)}
_FEW_TICKS = {"hours": (0, 48, 120, 168), "school_days": (0, 5, 10, 15)}
_GROUPS: dict[str, tuple[str, Mapping[Any, str] | None]] = {
    "school_level": ("Niveau", SCHOOL_LEVELS.labels),
    "school_network": ("Réseau", SCHOOL_NETWORKS.labels),
    "zone": ("Zone", None),
    "incident_type": ("Type d’incident", INCIDENT_TYPES.labels),
    "danger": ("Menace pour la vie", {True: "menace pour la vie", False: "autres dossiers"}),
    "school_year": ("Année scolaire", None),
}
_OF_SCHOOL = ("school_network", "zone")
_UNKNOWN = ""  # the group of the schools of which the register does not say it


def in_brief(snapshot: Snapshot, selection: Selection, clock: str) -> None:
    """Each relay as a figure, each step as two marks, and what became of them all."""
    counts = counts_of(snapshot, selection, clock)
    words, delays = WORDS[clock], SCALES[clock]
    curves = relays.drawn(counts)
    summary = relays.summary(counts, delays, curves)
    short, long = delays[0] if clock == "hours" else delays[1], delays[-1]
    of_relays = summary[summary["step"].isin(RELAYS)].set_index("step")
    st.header("Les six relais")
    if of_relays[f"within_{short}"].isna().all():
        st.info("Aucun relais à suivre dans ces dossiers, avec ces filtres.", icon=":material/info:")
        return
    in_time = relays.done_within(counts, short)
    _widgets.indicators(
        [_relay_indicator(step, row, in_time[step], short, words) for step, row in of_relays.iterrows()], snapshot.as_of
    )

    st.header("Dans quel délai, étape par étape")
    slowest, fastest = of_relays[f"within_{short}"].idxmin(), of_relays[f"within_{short}"].idxmax()
    within = {
        f"within_{delay}{ending}": f"{words(delay).capitalize()}{header}"
        for delay in delays
        for ending, header in (("", ""), ("_lower", ", bas (95 %)"), ("_upper", ", haut (95 %)"))
    }
    _widgets.chart(
        charts.share_dots(
            relays.shares_within(counts, (short, long), known=curves), {short: words(short), long: words(long)}
        ),
        key="shares",
        alt=f"{words(short).capitalize()} : le relais le plus souvent activé est {STEP_LABELS[fastest]} "
        f"({percent(of_relays.loc[fastest, f'within_{short}'])}), le moins souvent {STEP_LABELS[slowest]} "
        f"({percent(of_relays.loc[slowest, f'within_{short}'])}).",
        read="le point plein est la part des dossiers où l’étape est faite dans le premier délai, le losange dans le second. Le "
        "trait gris dit ce que le hasard laisse d’incertain. Un dossier ouvert compte pour le temps déjà attendu.",
        act="regardez les étapes où les deux marques restent à gauche : elles manquent souvent, ce n’est pas qu’un retard.",
        table=summary.assign(label=summary["step"].map(STEP_LABELS)),
        columns={
            "label": "Étape",
            "n_cases": "Dossiers",
            "n_done": "Faites",
            "median": f"Médiane ({UNITS[clock]})",
            "lower": "Médiane, bas (95 %)",
            "upper": "Médiane, haut (95 %)",
            **within,
        },
    )

    st.header("Ce que deviennent les étapes")
    _widgets.chart(
        charts.outcome_bars(summary),
        key="outcomes",
        alt="Pour chaque étape : combien de dossiers l’ont faite, l’attendent, ont été clôturés sans elle ou ne la demandent pas.",
        read="chaque barre contient tous les dossiers choisis. Seules les trois premières parts comptent dans les délais ; "
        "« sans objet » et « non notée » sont laissées de côté et montrées à part.",
        act="beaucoup d’orange : relancez. Beaucoup de violet : l’étape est oubliée, rappelez à quoi elle sert ; les deux dernières "
        "peuvent encore venir après la clôture. Beaucoup de gris foncé : complétez le registre.",
        table=summary.assign(label=summary["step"].map(STEP_LABELS)),
        columns={
            "label": "Étape",
            "n_total": "Dossiers",
            "n_done": "Faites",
            "n_pending": "En attente",
            "n_closed": "Clôturés sans elle",
            "n_not_applicable": "Sans objet",
            "n_not_recorded": "Non notées",
            "n_time_completed": "Heure complétée",
        },
    )
    st.caption("« Heure complétée » : le registre ne donne que le jour. L’étape compte alors au plus tard, à 16 h.")


def _relay_indicator(
    step: str, row: pd.Series, n_in_time: int, short: int, words: Callable[[float], str]
) -> _widgets.Indicator:
    half = f"la moitié {in_delay(words(row['median']))}" if pd.notna(row["median"]) else "moins de la moitié en tout"
    return _widgets.Indicator(
        label=STEP_LABELS[step],
        value=percent(row[f"within_{short}"]),
        note=f"{in_delay(words(short))} · {half}",
        counts=f"La part des dossiers où ce relais est activé {in_delay(words(short))}. Un dossier ouvert compte pour le temps déjà "
        "attendu : la part peut dépasser un peu ce que donnent ces deux nombres. Un dossier clôturé sans ce relais compte "
        "comme non activé.",
        numerator=f"{count(n_in_time, 'dossier')} où il est activé dans ce délai, {number(row['n_done'])} en tout",
        denominator=f"{count(row['n_cases'], 'dossier')}, dont {number(row['n_pending'])} en attente et "
        f"{count(row['n_closed'], 'clôturé')} sans lui",
        left_out=f"{number(row['n_not_applicable'])} sans objet, {count(row['n_not_recorded'], 'non noté', 'non notés')}",
        uncertainty=f"de {percent(row[f'within_{short}_lower'])} à {percent(row[f'within_{short}_upper'])}{median_band(row, words)}",
    )


def deadlines(snapshot: Snapshot, selection: Selection, clock: str) -> None:
    """Each step against its deadline, and the list of what waits beyond it."""
    st.header("Ce qui attend, hors délai")
    answer = relays.against_deadline(snapshot.step_counts("deadline", selection))
    n_overdue = int(answer["n_overdue"].sum())
    waiting = relays.overdue_list(snapshot.overdue(selection))
    st.markdown(
        f"**{count(n_overdue, 'étape')}** hors délai dans les dossiers ouverts, au {day(snapshot.as_of)}. Les plus anciennes "
        "d’abord. Liste exacte, interne : elle ne sort pas du service."
    )
    if n_overdue:
        _widgets.show_table(
            waiting.assign(
                label=waiting["step"].map(STEP_LABELS), danger=waiting["danger"].map({True: "oui", False: ""})
            ),
            {
                "case_id": "Dossier",
                "name": "École",
                "label": "Étape attendue",
                "report_week": "Signalé la semaine du",
                "waited": "Attend depuis",
                "deadline_words": "Délai",
                "beyond": "Dépassé de",
                "danger": "Danger",
            },
        )
        if len(waiting) < n_overdue:
            st.caption(f"Les {len(waiting)} plus anciennes sur {number(n_overdue)}. Filtrez pour voir les autres.")
    _find_case(snapshot)
    st.header("Chaque étape et son délai")
    relay = answer.set_index("step").loc[list(RELAYS)]
    judged = relay["share"].dropna()
    _widgets.chart(
        charts.deadline_bars(answer),
        key="deadlines",
        alt=f"Le relais le plus souvent à temps est {STEP_LABELS[judged.idxmax()]} ({percent(judged.max())})."
        if len(judged)
        else "Aucun relais à juger dans ces dossiers.",
        read="chaque étape est jugée sur le délai que l’école s’est donné, sinon sur celui du service (page Protocole). Une menace "
        "pour la vie est toujours jugée en heures : un jour d’école compte alors 24 h.",
        act="appelez d’abord pour ce qui est en rouge : ces dossiers sont ouverts et l’étape est encore possible.",
        table=answer.assign(label=answer["step"].map(STEP_LABELS)),
        columns={
            "label": "Étape",
            "n_in_time": "À temps",
            "n_late": "En retard",
            "n_waiting": "Encore dans le délai",
            "n_overdue": "Hors délai",
            "n_closed": "Clôturés sans elle",
            "n_no_deadline": "Sans délai",
            "n_not_applicable": "Sans objet",
            "n_not_recorded": "Non notées",
            "share": "Part à temps",
            "lower": "Bas (95 %)",
            "upper": "Haut (95 %)",
        },
    )


def _find_case(snapshot: Snapshot) -> None:
    """From a case number of the register to its pseudonym, and what it still waits for. The number is not kept."""
    if snapshot.is_demo:
        return
    with st.expander("Retrouver un dossier de votre registre"):
        case_number = st.text_input("Son numéro, tel qu’au registre. Il n’est ni gardé ni affiché ailleurs.")
        if not case_number.strip():
            return
        try:
            case_id = store_key(_data.store()).pseudonym(case_number)
        except KeyFileError as error:
            st.error(typeset(str(error)), icon=":material/error:")
            return
        if not snapshot.holds(case_id):
            st.info("Aucun dossier ne porte ce numéro dans le dernier import.", icon=":material/info:")
            return
        due = relays.overdue_list(snapshot.overdue(case_id=case_id))
        steps = listing([f"{STEP_LABELS[row['step']]} ({row['beyond']})" for _, row in due.iterrows()])
        st.markdown(typeset(f"Ici, il s’appelle **{case_id}**. Hors délai : {steps or 'rien'}."))


def compare(snapshot: Snapshot, selection: Selection, clock: str) -> None:
    """The curve of one step, alone or by group, with the number still followed under the axis."""
    left, right = st.columns(2)
    with left:
        step = _widgets.pick("Étape", "etape", STEP_LABELS, RELAYS[0])
    with right:
        group = _widgets.pick(
            "Comparer par", "par", {"": "Tous ensemble"} | {code: words for code, (words, _) in _GROUPS.items()}, ""
        )
    if group == "danger":
        clock = "hours"
    by = [group] if group else []
    counts = tested = counts_of(snapshot, selection, clock, by, step)
    if group in _OF_SCHOOL:
        counts = counts.fillna({group: _UNKNOWN})
    curves = relays.curves(counts, by)
    st.header(STEP_LABELS[step])
    if curves.empty:
        st.info("Aucun dossier à suivre pour cette étape avec ces filtres.", icon=":material/info:")
        return
    if group == "incident_type":
        st.markdown(
            "Un dossier qui a plusieurs types compte dans plusieurs courbes : on ne les compare pas par un test."
        )
    elif group:
        st.markdown(typeset(chance(relays.comparison(tested, group).p_value)))
        st.caption(
            f"Les groupes de moins de {relays.FEWEST_COMPARED} dossiers, ou non précisés, ne sont pas dans ce test. Plus on fait "
            "de comparaisons, plus il s’en trouve une que le hasard seul a faite."
        )
    labels = (_GROUPS[group][1] or {value: str(value) for value in curves[group].unique()}) if group else {}
    if group in _OF_SCHOOL and (curves[group] == _UNKNOWN).any():
        labels = {**labels, _UNKNOWN: "non précisé"}
    in_panels = len(labels) > charts.MOST_TOGETHER
    if in_panels:
        followed = relays.still_followed(curves, _FEW_TICKS[clock], by)
        everyone = relays.curves(counts_of(snapshot, selection, clock, step=step))
        figure = charts.incidence_panels(curves, everyone, followed, clock, group, labels)
    else:
        followed = relays.still_followed(curves, _TICKS[clock], by)
        figure = charts.incidence_curves(curves, followed, clock, group or None, labels, _service_deadline(step, clock))
    _widgets.chart(
        figure,
        key="curve",
        alt=f"{STEP_LABELS[step]} : part des dossiers où l’étape est faite, selon le délai depuis le signalement.",
        read="la courbe monte chaque fois que l’étape est faite. Plus elle monte tôt, plus on va vite ; là où elle s’arrête, "
        "l’étape n’a pas lieu. Sous l’axe, les dossiers que l’on suit encore à ce moment. "
        + ("En gris, la courbe de tous les dossiers." if in_panels else "En pointillé, le délai du service."),
        act="quand deux courbes s’écartent dès le début, demandez au groupe le plus rapide ce qu’il fait dans les premières heures.",
        table=curves.assign(**({"group": curves[group].map(labels)} if group else {})),
        columns={
            **({"group": _GROUPS[group][0]} if group else {}),
            "delay": "Délai",
            "n_at_risk": "Suivis",
            "n_done": "Faites",
            "incidence": "Part",
            "lower": "Bas (95 %)",
            "upper": "Haut (95 %)",
        },
    )


def _service_deadline(step: str, clock: str) -> float | None:
    deadline = STEPS[step].deadline
    return None if deadline is None else getattr(deadline, clock)
