"""Two questions of the page Activation des relais: where time is lost, and whether a change is more than chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import streamlit as st

from analytics.charts import relays as charts
from analytics.charts.signals import control_chart
from analytics.domain.french import count, day, hours, number, percent
from analytics.domain.school_calendar import breaks, calendar
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import RELAYS
from analytics.measures import relays, signals
from analytics.store import Snapshot
from pages import _data, _widgets
from pages.relays.common import SCALES, STEP_LABELS, WORDS, counts_of, in_delay, median_band, say_danger_is_apart


def lost_time(snapshot: Snapshot, selection: Selection, clock: str) -> None:
    """From the report to the first relay, from one step to the next, what is skipped and what comes out of order."""
    words, short = WORDS[clock], SCALES[clock][0]
    first = relays.summary(_first_relays(snapshot, selection, clock), (short,))
    answer = relays.order(snapshot.order_counts(selection), snapshot.transition_counts(selection))
    skipped = answer.loc[answer["n_skipped"].idxmax()]
    slowest = answer.loc[answer["median_hours"].idxmax()] if answer["median_hours"].notna().any() else None
    st.header("Les premiers pas")
    cards = [_first_relay_indicator(row, short, words) for _, row in first.iterrows()]
    cards.append(
        _widgets.Indicator(
            "L’étape la plus sautée",
            percent(skipped["share_skipped"]) if skipped["n_skipped"] else "Aucune",
            note=f"« {STEP_LABELS[skipped['step']]} », dans {count(skipped['n_skipped'], 'dossier')}"
            if skipped["n_skipped"]
            else "",
            counts="L’étape qui manque dans le plus de dossiers où une étape suivante du protocole est faite.",
            numerator=f"{count(skipped['n_skipped'], 'dossier')} où elle manque",
            denominator=f"{count(skipped['n_skipped'] + skipped['n_done'], 'dossier')} où elle est faite ou sautée",
            left_out="les dossiers où elle est sans objet ou non notée, ou sans étape suivante faite",
        )
    )
    if slowest is not None:
        cards.append(
            _widgets.Indicator(
                "L’attente la plus longue",
                hours(slowest["median_hours"]),
                note=f"de « {STEP_LABELS[slowest['step']]} » à « {STEP_LABELS[slowest['next_step']]} »",
                counts="La plus longue des attentes médianes entre une étape faite et la suivante du protocole.",
                numerator="la moitié des dossiers ont la suite dans ce délai",
                denominator=count(slowest["n_followed"], "dossier"),
                left_out="les dossiers où l’étape suivante est sans objet ou non notée",
                since="l’étape précédente",
            )
        )
    _widgets.indicators(cards, snapshot.as_of)
    st.header("Étapes sautées, étapes à contretemps")
    _widgets.chart(
        charts.order_bars(answer),
        key="order",
        alt=f"L’étape la plus sautée est {STEP_LABELS[skipped['step']]}, dans {percent(skipped['share_skipped'])} des dossiers.",
        read="une étape est sautée quand elle manque alors qu’une suivante est faite ; elle est à contretemps quand une suivante a "
        "été faite avant elle. Deux étapes du même jour, sans heure, ne sont jamais dites à contretemps.",
        act="l’ordre du protocole est un conseil, pas une faute. Si une étape est souvent sautée, demandez pourquoi avant de rappeler.",
        table=answer.assign(label=answer["step"].map(STEP_LABELS), following=answer["next_step"].map(STEP_LABELS)),
        columns={
            "label": "Étape",
            "n_done": "Faites",
            "n_skipped": "Sautées",
            "share_skipped": "Part sautée",
            "n_overtaken": "À contretemps",
            "share_overtaken": "Part à contretemps",
            "following": "Étape suivante",
            "median_hours": "Heures jusqu’à elle",
        },
    )


def _first_relays(snapshot: Snapshot, selection: Selection, clock: str) -> pd.DataFrame:
    """Counts of the first relay; by school days without the cases that threaten life, as :func:`counts_of`."""
    if clock == "hours":
        return snapshot.first_relay_counts(clock, selection)
    say_danger_is_apart(snapshot, selection)
    return relays.without_danger(snapshot.first_relay_counts(clock, selection, ["danger"]))


def _first_relay_indicator(row: pd.Series, short: int, words: Callable[[float], str]) -> _widgets.Indicator:
    return _widgets.Indicator(
        "Jusqu’au premier relais",
        words(row["median"]),
        note=f"{percent(row[f'within_{short}'])} des dossiers {in_delay(words(short))}",
        counts="Le délai au bout duquel la moitié des dossiers ont au moins un relais activé, quel qu’il soit. Un tiret : moins "
        "de la moitié en ont un.",
        numerator=f"{count(row['n_done'], 'dossier')} avec un relais activé",
        denominator=f"{count(row['n_cases'], 'dossier')} où un relais est demandé",
        left_out=f"{number(row['n_not_applicable'])} où aucun n’est demandé, "
        f"{count(row['n_not_recorded'], 'non noté', 'non notés')}",
        uncertainty=f"de {percent(row[f'within_{short}_lower'])} à {percent(row[f'within_{short}_upper'])}{median_band(row, words)}",
    )


def change_or_chance(snapshot: Snapshot, selection: Selection, clock: str) -> None:
    """Month by month inside limits, against the same weeks of last year, and since the extract before."""
    step = _widgets.pick("Étape", "etape", STEP_LABELS, RELAYS[0])
    counts = snapshot.step_counts("hours", selection, ["report_week"], step)
    points = relays.monthly_median(counts, snapshot.as_of)
    st.header("La médiane en heures, mois par mois")
    if points.empty:
        st.info("Aucun dossier à suivre pour cette étape avec ces filtres.", icon=":material/info:")
    else:
        chart_points = signals.xmr(points, breaks())
        n_signals = int((chart_points["signal"] != "none").sum())
        has_limits = chart_points["centre"].notna().any()
        finding = (
            f"{count(n_signals, 'mois', 'mois')} avec un signal" if has_limits else "trop peu de mois pour des limites"
        )
        _widgets.chart(
            control_chart(chart_points, lambda month: f"{month:%m/%Y}", hours, "médiane, en heures"),
            key="months",
            alt=f"{STEP_LABELS[step]} : {finding}.",
            read="chaque point est le délai au bout duquel la moitié des dossiers du mois ont l’étape. Entre les pointillés, "
            "le hasard suffit ; un losange est un signal. Même quand rien ne change, deux à quatre mois sur cent en portent un. Un "
            "point vide est un mois trop récent pour juger. Un mois sans point a moins de "
            f"{relays.MIN_CASES} dossiers, ou moins de la moitié ont l’étape : ce peut être le plus mauvais. "
            f"Il faut {signals.MIN_POINTS} mois entiers pour tracer les limites.",
            act="ne réagissez pas à un point entre les limites. Devant un losange, cherchez ce qui a changé ce mois-là.",
            table=points,
            columns={"period": "Mois", "n_cases": "Dossiers", "value": "Médiane (h)", "provisional": "Provisoire"},
        )
    _last_year(snapshot, selection, clock)
    _last_extract(snapshot, selection)


def _last_year(snapshot: Snapshot, selection: Selection, clock: str) -> None:
    st.header("Même période, un an plus tôt")
    spans = calendar().same_weeks(snapshot.as_of)
    if spans is None:
        st.info("L’année précédente n’est pas dans le calendrier.", icon=":material/info:")
        return
    delays = SCALES[clock]
    now, before = (
        relays.summary(
            counts_of(snapshot, replace(selection, school_years=(), first_week=first, last_week=last), clock), delays
        )
        for first, last in spans
    )
    if before.empty or now.empty:
        st.info("Le registre ne contient pas les deux années : la comparaison viendra.", icon=":material/info:")
        return
    table = now.merge(before, on="step", suffixes=("", "_before"))
    short = f"within_{delays[1]}"
    _widgets.show_table(
        table.assign(label=table["step"].map(STEP_LABELS)),
        {
            "label": "Étape",
            "n_cases": "Dossiers",
            "n_cases_before": "Un an plus tôt",
            short: f"Part : {WORDS[clock](delays[1])}",
            f"{short}_before": "Un an plus tôt, part",
        },
    )
    n_days, n_before = (calendar().class_days(first, last + timedelta(days=6)) for first, last in spans)
    st.caption(
        f"Semaines entières du {day(spans[0][0])} au {day(spans[0][1])} (lundis), et les mêmes rangs de semaine un an plus tôt : "
        f"{n_days} jours d’école, contre {n_before}. La semaine en cours n’y est pas."
    )


def _last_extract(snapshot: Snapshot, selection: Selection) -> None:
    st.header("Depuis l’extrait précédent")
    previous = _data.previous_snapshot()
    if previous is None:
        st.info("Il n’y a pas d’extrait précédent.", icon=":material/info:")
        return
    now = relays.deadline_status(snapshot.step_counts("deadline", selection))
    before = relays.deadline_status(previous.step_counts("deadline", selection))
    table = now.merge(before, on="step", suffixes=("", "_before"))
    _widgets.show_table(
        table.assign(label=table["step"].map(STEP_LABELS)),
        {
            "label": "Étape",
            # Two extracts of one day are two columns too.
            "n_overdue_before": f"Hors délai avant, au {day(previous.as_of)}",
            "n_overdue": f"Hors délai au {day(snapshot.as_of)}",
            "n_waiting_before": f"Encore dans le délai avant, au {day(previous.as_of)}",
            "n_waiting": f"Encore dans le délai au {day(snapshot.as_of)}",
        },
    )
